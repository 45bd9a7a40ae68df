/**
 * Version constraints as Helm 3 reads them. Helm 2's differ: there a blank does not join two parts, and the rules for
 * pre-releases and wildcards are others.
 *
 * Source: Masterminds/semver 3.5.0, `constraints.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { compareVersions, parseVersion, type Version } from "./version.ts";

/** One comparison: an operator and a version that may have wildcards. */
interface Part {
  readonly operator: string;
  readonly version: Version;
  /** A number is a wildcard or missing. */
  readonly dirty: boolean;
  /** The minor number is the first of these. */
  readonly minorDirty: boolean;
  /** The patch number is the only one of these. */
  readonly patchDirty: boolean;
}

/** True if the version satisfies the part. Both are of the same sort: the check for pre-releases came before. */
type Test = (version: Version, part: Part) => boolean;

const LENGTH_MAX = 512;
const SPACE = "[\\t\\n\\f\\r ]*";
const OPERATORS = "=||!=|>|<|>=|=>|<=|=<|~|~>|\\^";
const NUMBER = "[0-9|xX*]+";
const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const VERSION = `v?${NUMBER}(?:\\.${NUMBER})?(?:\\.${NUMBER})?(?:-${IDENTIFIERS})?(?:\\+${IDENTIFIERS})?`;
const PART = new RegExp(
  `^${SPACE}(${OPERATORS})${SPACE}(v?(${NUMBER})(\\.${NUMBER})?(\\.${NUMBER})?(-${IDENTIFIERS})?(?:\\+${IDENTIFIERS})?)${SPACE}$`,
);
const ONE = `(?:${OPERATORS})${SPACE}(?:${VERSION})`;
const VALID = new RegExp(`^${SPACE}${ONE}${SPACE}(?:(?:[\\t\\n\\f\\r ]|,${SPACE})${ONE}${SPACE})*$`);
const RANGE = new RegExp(`${SPACE}(${VERSION})[\\t\\n\\f\\r ]+-[\\t\\n\\f\\r ]+(${VERSION})${SPACE}`, "g");
/** Go takes the longest operator of an alternation only if it comes first; the blanks after it decide here. */
const EACH = new RegExp(`(?:!=|>=|=>|<=|=<|~>|[=><~^])?${SPACE}(?:${VERSION})`, "g");

/**
 * True if `version` satisfies `constraint`, as Helm 3 compares them.
 *
 * @throws SkegError of kind `semver` if one of them cannot be read.
 *
 * @example A blank joins two parts
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(satisfiesCurrent(">=1.2 <2", "1.9.0"), true);
 * equal(satisfiesCurrent(">=1.2 <2", "2.0.0"), false);
 * ```
 */
export function satisfiesCurrent(constraint: string, version: string): boolean {
  if (constraint.length > LENGTH_MAX) {
    throw new SkegError(
      "semver",
      `improper constraint: ${constraint.slice(0, 40)}… is longer than ${LENGTH_MAX} characters`,
    );
  }
  const alternatives = constraint.replace(RANGE, ">= $1, <= $2").split("||").map(partsOf);
  const asked = parseVersion(version);
  return alternatives.some((parts) => accepts(asked, parts));
}

/** As {@linkcode satisfiesCurrent}; false if one of them cannot be read. */
export function isCurrentRange(constraint: string, version: string): boolean {
  try {
    return satisfiesCurrent(constraint, version);
  } catch (error) {
    if (error instanceof SkegError) return false;
    throw error;
  }
}

function partsOf(text: string): Part[] {
  if (!VALID.test(text)) throw new SkegError("semver", `improper constraint: ${text}`);
  return (text.match(EACH) ?? [text]).map(partOf);
}

const isWild = (text: string | undefined): boolean =>
  text === undefined || ["", "x", "X", "*"].includes(text.replace(/^\./, ""));

function partOf(text: string): Part {
  const match = PART.exec(text);
  if (match === null) throw new SkegError("semver", `improper constraint: ${text}`);
  const [, operator = "", whole = "", major = "", minor, patch, pre = ""] = match;
  const [noMajor, noMinor, noPatch] = [isWild(major), isWild(minor), isWild(patch)];
  const written = noMajor
    ? `0.0.0${pre}`
    : noMinor
    ? `${major}.0.0${pre}`
    : noPatch
    ? `${major}${minor}.0${pre}`
    : whole;
  return {
    operator,
    version: versionOf(written),
    dirty: noMajor || noMinor || noPatch,
    minorDirty: !noMajor && noMinor,
    patchDirty: !noMajor && !noMinor && noPatch,
  };
}

function versionOf(text: string): Version {
  try {
    return parseVersion(text);
  } catch (cause) {
    throw new SkegError("semver", "constraint Parser Error", { cause });
  }
}

/** A pre-release satisfies only lists of which a part names one. */
function accepts(version: Version, parts: readonly Part[]): boolean {
  if (version.prerelease !== "" && parts.every((part) => part.version.prerelease === "")) return false;
  return parts.every((part) => (TESTS[part.operator] as Test)(version, part));
}

const isEqual: Test = (version, part) => compareVersions(version, part.version) === 0;
const isLess: Test = (version, part) => compareVersions(version, part.version) < 0;

const differs: Test = (version, part) => {
  const { version: named, dirty, minorDirty, patchDirty } = part;
  if (!dirty) return !isEqual(version, part);
  if (named.major !== version.major) return true;
  if (minorDirty) return false;
  if (named.minor !== version.minor) return true;
  if (!patchDirty) return named.patch !== version.patch || !isEqual(version, part);
  return (version.prerelease !== "" || named.prerelease !== "") && version.prerelease !== named.prerelease;
};

const isGreater: Test = (version, part) => {
  const { version: named, dirty, minorDirty, patchDirty } = part;
  if (dirty && version.major !== named.major) return version.major > named.major;
  if (dirty && minorDirty) return false;
  if (dirty && patchDirty) return version.minor > named.minor;
  return compareVersions(version, named) > 0;
};

const isLessOrEqual: Test = (version, part) => {
  const { version: named, dirty, minorDirty } = part;
  if (!dirty) return compareVersions(version, named) <= 0;
  return version.major < named.major ||
    version.major === named.major && (version.minor <= named.minor || minorDirty);
};

const isNear: Test = (version, part) => {
  const { version: named, minorDirty, patchDirty } = part;
  if (isLess(version, part)) return false;
  const isAny = named.major === 0n && named.minor === 0n && named.patch === 0n && !minorDirty && !patchDirty;
  return isAny || version.major === named.major && (version.minor === named.minor || minorDirty);
};

const isCompatible: Test = (version, part) => {
  const { version: named, minorDirty, patchDirty } = part;
  if (isLess(version, part)) return false;
  if (named.major > 0n || minorDirty) return version.major === named.major;
  if (version.major > 0n) return false;
  if (named.minor > 0n || patchDirty) return version.minor === named.minor;
  return version.minor === 0n && named.patch === version.patch;
};

const isEqualOrNear: Test = (version, part) => part.dirty ? isNear(version, part) : isEqual(version, part);

const TESTS: Readonly<Record<string, Test>> = {
  "": isEqualOrNear,
  "=": isEqualOrNear,
  "!=": differs,
  ">": isGreater,
  "<": isLess,
  ">=": (version, part) => !isLess(version, part),
  "=>": (version, part) => !isLess(version, part),
  "<=": isLessOrEqual,
  "=<": isLessOrEqual,
  "~": isNear,
  "~>": isNear,
  "^": isCompatible,
};
