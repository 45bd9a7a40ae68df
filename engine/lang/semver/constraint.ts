/**
 * Version constraints as Helm 2 reads them, such as `>=1.9-0, <2.0.0 || ^3`.
 *
 * Text in, a {@linkcode Constraint} out, which checks versions and explains a
 * refusal. Answers to Masterminds/semver 1.5.0, quirks included.
 *
 * @module
 */

import { SkegError } from "../../../errors.ts";
import { compareVersions, formatVersion, parseVersion, type Version } from "./version.ts";

/** A parsed constraint. */
export interface Constraint {
  /** True if the version satisfies the constraint. */
  check(version: Version): boolean;
  /** Returns one sentence for each part that refuses the version; empty when it satisfies the constraint. */
  validate(version: Version): string[];
}

/** Finding ranges takes time with the square of the length; people write tens of characters. */
const LENGTH_MAX = 4096;

/** One comparison: an operator and a version that may hold wildcards. */
interface Part {
  readonly accepts: (version: Version, part: Part) => boolean;
  /** The reason why a version is refused; the message has it between the two versions. */
  readonly refusal: string;
  readonly version: Version;
  /** The version as written. */
  readonly original: string;
  /** Some number is a wildcard, or the minor number is missing. */
  readonly dirty: boolean;
  /** The minor number is a wildcard or missing. */
  readonly minorDirty: boolean;
  /** The patch number is a wildcard. */
  readonly patchDirty: boolean;
}

// Go's \s; JavaScript's holds more.
const SPACE = "[\\t\\n\\f\\r ]";
// The bar is a legal character of a number here, as in the Go library; no such number can be read.
const NUMBER = "[0-9|xX*]+";
const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const RANGE_VERSION = `v?(${NUMBER})(\\.${NUMBER})?(\\.${NUMBER})?(-${IDENTIFIERS})?(?:\\+${IDENTIFIERS})?`;
const WHOLE_VERSION = new RegExp(`^${RANGE_VERSION}$`);
const OPERATOR = /^(?:!=|>=|=>|<=|=<|~>|[=><~^])?/;
const LEADING_SPACE = new RegExp(`^${SPACE}+`);
const DASH = new RegExp(`${SPACE}-${SPACE}`);
const DASH_RANGE = new RegExp(
  `${SPACE}*(${RANGE_VERSION})${SPACE}+-${SPACE}+(${RANGE_VERSION})${SPACE}*`,
  "g",
);

/**
 * Reads a constraint.
 *
 * @throws {SkegError} Kind `semver`, with the words of the Go library.
 *
 * @example A partial version is a wildcard only where its minor number is missing
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { parseVersion } from "./version.ts";
 *
 * equal(parseConstraint("^1.2").check(parseVersion("1.9.0")), true);
 * equal(parseConstraint("1.2").check(parseVersion("1.2.9")), false);
 * ```
 */
export function parseConstraint(text: string): Constraint {
  if (text.length > LENGTH_MAX) {
    throw new SkegError("semver", `improper constraint: ${text.slice(0, 40)}… is longer than ${LENGTH_MAX} characters`);
  }
  const alternatives = rewriteDashRanges(text).split("||").map((all) => all.split(",").map(parsePart));
  return {
    check: (version) => alternatives.some((parts) => parts.every((part) => part.accepts(version, part))),
    validate: (version) => explain(alternatives, version),
  };
}

/** `A - B` with blanks around the dash means `>= A, <= B`. */
function rewriteDashRanges(text: string): string {
  if (!DASH.test(text)) return text;
  let rewritten = text;
  for (const match of text.matchAll(DASH_RANGE)) {
    const replacement = `>= ${match[1]}, <= ${match[6]}`;
    // Helm 2: the first place with the same text is replaced, not the place that matched.
    const at = rewritten.indexOf(match[0]);
    if (at >= 0) rewritten = rewritten.slice(0, at) + replacement + rewritten.slice(at + match[0].length);
  }
  return rewritten;
}

function parsePart(text: string): Part {
  const trimmed = trimSpace(text);
  const sign = OPERATOR.exec(trimmed)?.[0] ?? "";
  const original = trimmed.slice(sign.length).replace(LEADING_SPACE, "");
  const match = WHOLE_VERSION.exec(original);
  const operator = OPERATORS[sign];
  if (match === null || operator === undefined) throw new SkegError("semver", `improper constraint: ${text}`);
  const [, major = "", minor = "", patch = "", prerelease = ""] = match;
  const majorDirty = isWildcard(major);
  const minorDirty = !majorDirty && (minor === "" || isWildcard(minor.slice(1)));
  const patchDirty = !majorDirty && !minorDirty && isWildcard(patch.slice(1));
  const dirty = majorDirty || minorDirty || patchDirty;
  return {
    accepts: operator.accepts,
    refusal: dirty && operator.accepts === acceptsSame ? TILDE_REFUSAL : operator.refusal,
    version: parseRangeVersion(
      majorDirty
        ? "0.0.0"
        : minorDirty
        ? `${major}.0.0${prerelease}`
        : patchDirty
        ? `${major}${minor}.0${prerelease}`
        : original,
    ),
    original,
    dirty,
    minorDirty,
    patchDirty,
  };
}

function trimSpace(text: string): string {
  const blank = (index: number): boolean => "\t\n\f\r ".includes(text.charAt(index));
  let start = 0;
  let end = text.length;
  while (start < end && blank(start)) start++;
  while (end > start && blank(end - 1)) end--;
  return text.slice(start, end);
}

function isWildcard(number: string): boolean {
  return number === "x" || number === "X" || number === "*";
}

function parseRangeVersion(text: string): Version {
  try {
    return parseVersion(text);
  } catch (cause) {
    throw new SkegError("semver", "constraint Parser Error", { cause });
  }
}

function explain(alternatives: readonly (readonly Part[])[], version: Version): string[] {
  const refusals: string[] = [];
  let prereleaseTold = false;
  for (const parts of alternatives) {
    const before = refusals.length;
    let refused = false;
    for (const part of parts) {
      if (refusesPrerelease(version, part)) {
        refused = true;
        if (prereleaseTold) continue;
        prereleaseTold = true;
        refusals.push(
          `${formatVersion(version)} is a prerelease version and the constraint is only looking for release versions`,
        );
      } else if (!part.accepts(version, part)) {
        refusals.push(`${formatVersion(version)} ${part.refusal} ${part.original}`);
      }
    }
    if (!refused && refusals.length === before) return [];
  }
  return refusals;
}

/** A part without a prerelease is never satisfied by a version with one. */
function refusesPrerelease(version: Version, part: Part): boolean {
  return version.prerelease !== "" && part.version.prerelease === "";
}

function acceptsOther(version: Version, part: Part): boolean {
  if (!part.dirty) return compareVersions(version, part.version) !== 0;
  if (refusesPrerelease(version, part)) return false;
  return version.major !== part.version.major || (!part.minorDirty && version.minor !== part.version.minor);
}

function acceptsGreater(version: Version, part: Part): boolean {
  return !refusesPrerelease(version, part) && compareVersions(version, part.version) > 0;
}

function acceptsAtLeast(version: Version, part: Part): boolean {
  return !refusesPrerelease(version, part) && compareVersions(version, part.version) >= 0;
}

function acceptsLess(version: Version, part: Part): boolean {
  if (refusesPrerelease(version, part)) return false;
  return part.dirty ? isWithinWildcard(version, part) : compareVersions(version, part.version) < 0;
}

function acceptsAtMost(version: Version, part: Part): boolean {
  if (refusesPrerelease(version, part)) return false;
  return part.dirty ? isWithinWildcard(version, part) : compareVersions(version, part.version) <= 0;
}

// Helm 2: with a wildcard, `<` means the same as `<=`: `<2` accepts 2.5.0.
function isWithinWildcard(version: Version, part: Part): boolean {
  return version.major <= part.version.major && (part.minorDirty || version.minor <= part.version.minor);
}

function acceptsTilde(version: Version, part: Part): boolean {
  if (refusesPrerelease(version, part) || compareVersions(version, part.version) < 0) return false;
  const { major, minor, patch } = part.version;
  // Helm 2: a `~` of zeros accepts everything.
  if (major === 0n && minor === 0n && patch === 0n && !part.minorDirty && !part.patchDirty) return true;
  return version.major === major && (part.minorDirty || version.minor === minor);
}

function acceptsSame(version: Version, part: Part): boolean {
  if (part.dirty) return acceptsTilde(version, part);
  return !refusesPrerelease(version, part) && compareVersions(version, part.version) === 0;
}

// Helm 2: zero is a major number like any other: `^0.2.3` accepts 0.9.0.
function acceptsCaret(version: Version, part: Part): boolean {
  return !refusesPrerelease(version, part) && compareVersions(version, part.version) >= 0 &&
    version.major === part.version.major;
}

interface Operator {
  readonly accepts: Part["accepts"];
  readonly refusal: string;
}

const TILDE_REFUSAL = "does not have same major and minor version as";
const SAME: Operator = { accepts: acceptsSame, refusal: "is not equal to" };
const AT_LEAST: Operator = { accepts: acceptsAtLeast, refusal: "is less than" };
const AT_MOST: Operator = { accepts: acceptsAtMost, refusal: "is greater than" };
const TILDE: Operator = { accepts: acceptsTilde, refusal: TILDE_REFUSAL };
const OPERATORS: Readonly<Record<string, Operator | undefined>> = {
  "": SAME,
  "=": SAME,
  "!=": { accepts: acceptsOther, refusal: "is equal to" },
  ">": { accepts: acceptsGreater, refusal: "is less than or equal to" },
  "<": { accepts: acceptsLess, refusal: "is greater than or equal to" },
  ">=": AT_LEAST,
  "=>": AT_LEAST,
  "<=": AT_MOST,
  "=<": AT_MOST,
  "~": TILDE,
  "~>": TILDE,
  "^": { accepts: acceptsCaret, refusal: "does not have same major version as" },
};
