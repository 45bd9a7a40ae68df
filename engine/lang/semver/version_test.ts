import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";

const numRuns = fuzzRuns(200);
import {
  compareVersions,
  formatVersion,
  incrementVersion,
  parseVersion,
  withMetadata,
  withPrerelease,
} from "./version.ts";

const part = fc.oneof(fc.nat(30).map(String), fc.constantFrom("alpha", "rc", "0a", "-", "01"));
const version = fc.record({
  prefix: fc.constantFrom("", "v"),
  numbers: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
  prerelease: fc.array(part, { maxLength: 3 }),
  metadata: fc.array(part, { maxLength: 2 }),
}).map(({ prefix, numbers, prerelease, metadata }) =>
  prefix + numbers.join(".") + (prerelease.length > 0 ? "-" + prerelease.join(".") : "") +
  (metadata.length > 0 ? "+" + metadata.join(".") : "")
);

Deno.test("parseVersion() pads missing parts with zeros and forgets a leading v", () => {
  equal(formatVersion(parseVersion("v1")), "1.0.0");
  equal(formatVersion(parseVersion("01.2-rc.1+b")), "1.2.0-rc.1+b");
});

Deno.test("parseVersion() refuses what is no version with Go's words", () => {
  for (const text of ["", "V1", "1.", "1.2.3.4", " 1", "1\n", "1.2.3-", "1.2.3-é"]) {
    throws(() => parseVersion(text), { kind: "semver", message: "Invalid Semantic Version" });
  }
  throws(() => parseVersion("1.99999999999999999999"), {
    kind: "semver",
    message: 'Error parsing version segment: strconv.ParseInt: parsing "99999999999999999999": value out of range',
  });
  equal(parseVersion("9223372036854775807").major, 9223372036854775807n);
});

Deno.test("compareVersions() orders prereleases below their release, numbers below words", () => {
  const sorted = [
    "1.0.0-1",
    "1.0.0-2",
    "1.0.0-10",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-beta",
    "1.0.0",
    "1.0.1",
    "1.10",
  ];
  const shuffled = [...sorted].reverse();
  deepEqual(shuffled.sort((a, b) => compareVersions(parseVersion(a), parseVersion(b))), sorted);
  equal(compareVersions(parseVersion("1.0.0+a"), parseVersion("1.0.0+b")), 0);
});

Deno.test("compareVersions() never finds parts equal that differ in leading zeros", () => {
  equal(compareVersions(parseVersion("1.0.0-01"), parseVersion("1.0.0-1")), -1);
  equal(compareVersions(parseVersion("1.0.0-1"), parseVersion("1.0.0-01")), -1);
});

Deno.test("parseVersion() reads back what formatVersion() writes", () => {
  fc.assert(
    fc.property(version, (text) => {
      const parsed = parseVersion(text);
      equal(compareVersions(parsed, parseVersion(formatVersion(parsed))), 0);
      equal(formatVersion(parseVersion(formatVersion(parsed))), formatVersion(parsed));
    }),
    { numRuns },
  );
});

Deno.test("parseVersion() answers any text with a version or an error of kind semver", () => {
  const anything = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."v0129.-+ax*| ") }));
  fc.assert(
    fc.property(anything, (text) => {
      try {
        parseVersion(text);
      } catch (error) {
        equal(error instanceof SkegError && error.kind, "semver");
      }
    }),
    { numRuns },
  );
});

Deno.test("incrementVersion() makes the patch after a prerelease its release, and keeps the v", () => {
  equal(formatVersion(incrementVersion(parseVersion("1.2.3-rc.1+b"), "patch")), "1.2.3");
  equal(incrementVersion(parseVersion("v1.2.3"), "patch").original, "v1.2.4");
  equal(formatVersion(incrementVersion(parseVersion("1.2.3"), "minor")), "1.3.0");
  equal(formatVersion(incrementVersion(parseVersion("1.2.3"), "major")), "2.0.0");
});

Deno.test("withPrerelease() and withMetadata() refuse text that is none", () => {
  const one = parseVersion("1.2.3");
  equal(formatVersion(withPrerelease(one, "rc.1")), "1.2.3-rc.1");
  equal(formatVersion(withMetadata(one, "b")), "1.2.3+b");
  throws(() => withPrerelease(one, "a b"), { kind: "semver", message: "Invalid Prerelease string" });
  throws(() => withMetadata(one, "+"), { kind: "semver", message: "Invalid Metadata string" });
});
