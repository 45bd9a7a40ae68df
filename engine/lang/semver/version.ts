/**
 * Version numbers as Helm 2 reads them: text in, a {@linkcode Version} out, and
 * the order among them.
 *
 * Laxer than the semver standard: a leading `v`, missing parts and leading
 * zeros are accepted. Answers to Masterminds/semver 1.5.0.
 *
 * @module
 */

import { SkegError } from "../../../errors.ts";

/** A parsed version; immutable. */
export interface Version {
  /** First number; Go's int64. */
  readonly major: bigint;
  /** Second number, 0 when the text had none. */
  readonly minor: bigint;
  /** Third number, 0 when the text had none. */
  readonly patch: bigint;
  /** The text after the `-`; empty for a release. */
  readonly prerelease: string;
  /** The text after the `+`; empty if there is none. */
  readonly metadata: string;
  /** The text as it was given. */
  readonly original: string;
}

const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const VERSION = new RegExp(
  `^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${IDENTIFIERS}))?(?:\\+(${IDENTIFIERS}))?$`,
);
const WHOLE_IDENTIFIERS = new RegExp(`^${IDENTIFIERS}$`);
const MAX_INT64 = (1n << 63n) - 1n;
const MAX_UINT64 = (1n << 64n) - 1n;

/**
 * Reads a version.
 *
 * @throws {SkegError} Kind `semver`, with the words of the Go library.
 *
 * @example Missing parts are zeros
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(formatVersion(parseVersion("v1.2-rc.1")), "1.2.0-rc.1");
 * ```
 */
export function parseVersion(text: string): Version {
  const match = VERSION.exec(text);
  if (match === null) throw new SkegError("semver", "Invalid Semantic Version");
  return {
    major: parseSegment(match[1] ?? "0"),
    minor: parseSegment(match[2] ?? "0"),
    patch: parseSegment(match[3] ?? "0"),
    prerelease: match[4] ?? "",
    metadata: match[5] ?? "",
    original: text,
  };
}

function parseSegment(digits: string): bigint {
  // Twenty digits always overflow unless they begin with zeros, which are cheap to drop.
  const significant = digits.replace(/^0+(?=[0-9])/, "");
  const value = significant.length > 19 ? MAX_INT64 + 1n : BigInt(significant);
  if (value > MAX_INT64) {
    throw new SkegError(
      "semver",
      `Error parsing version segment: strconv.ParseInt: parsing "${digits}": value out of range`,
    );
  }
  return value;
}

/** Writes a version in full: three numbers, the prerelease and the metadata, without a leading `v`. */
export function formatVersion(version: Version): string {
  const { major, minor, patch, prerelease, metadata } = version;
  return `${major}.${minor}.${patch}` + (prerelease === "" ? "" : `-${prerelease}`) +
    (metadata === "" ? "" : `+${metadata}`);
}

/**
 * Orders two versions: negative when `a` is lower, positive when it is higher.
 *
 * A release is higher than its prereleases; metadata does not count.
 *
 * @example A prerelease is lower than its release
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(compareVersions(parseVersion("1.0.0-rc.1"), parseVersion("1.0.0")), -1);
 * ```
 */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  return compareNumbers(a.major, b.major) || compareNumbers(a.minor, b.minor) || compareNumbers(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease);
}

function compareNumbers(a: bigint, b: bigint): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparePrereleases(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  const left = a.split(".");
  const right = b.split(".");
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const order = comparePrereleaseParts(left[index] ?? "", right[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

function comparePrereleaseParts(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === "") return -1;
  if (b === "") return 1;
  const left = parseUint64(a);
  const right = parseUint64(b);
  if (left === undefined && right === undefined) return a > b ? 1 : -1;
  if (right === undefined) return -1;
  if (left === undefined) return 1;
  // Helm 2: parts that differ only in leading zeros are never equal; the first one is lower.
  return left > right ? 1 : -1;
}

/** A part too large for Go's uint64 counts as a word. */
function parseUint64(text: string): bigint | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const significant = text.replace(/^0+(?=[0-9])/, "");
  if (significant.length > 20) return undefined;
  const value = BigInt(significant);
  return value > MAX_UINT64 ? undefined : value;
}

/** Which number of a version is raised. */
export type VersionPart = "major" | "minor" | "patch";

/**
 * Returns the next version.
 *
 * The numbers after the raised one become 0; prerelease and metadata go. The
 * next patch of a prerelease is its release.
 */
export function incrementVersion(version: Version, part: VersionPart): Version {
  const { major, minor, patch } = version;
  const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
  const numbers = part === "major"
    ? { major: wrap(major + 1n), minor: 0n, patch: 0n }
    : part === "minor"
    ? { major, minor: wrap(minor + 1n), patch: 0n }
    : { major, minor, patch: version.prerelease === "" ? wrap(patch + 1n) : patch };
  return withOriginal({ ...numbers, prerelease: "", metadata: "", original: version.original });
}

/** Returns the version with another prerelease; an empty text removes it. */
export function withPrerelease(version: Version, prerelease: string): Version {
  if (prerelease !== "" && !WHOLE_IDENTIFIERS.test(prerelease)) {
    throw new SkegError("semver", "Invalid Prerelease string");
  }
  return withOriginal({ ...version, prerelease });
}

/** Returns the version with other metadata; an empty text removes it. */
export function withMetadata(version: Version, metadata: string): Version {
  if (metadata !== "" && !WHOLE_IDENTIFIERS.test(metadata)) {
    throw new SkegError("semver", "Invalid Metadata string");
  }
  return withOriginal({ ...version, metadata });
}

/** A leading `v` of the original text is kept. */
function withOriginal(version: Version): Version {
  const prefix = version.original.startsWith("v") ? "v" : "";
  return { ...version, original: prefix + formatVersion(version) };
}
