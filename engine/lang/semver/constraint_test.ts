import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import { isCompatibleRange } from "./compatible.ts";
import { parseConstraint } from "./constraint.ts";
import { parseVersion } from "./version.ts";

const numRuns = fuzzRuns(200);

function check(constraint: string, version: string): boolean {
  return parseConstraint(constraint).check(parseVersion(version));
}

Deno.test("parseConstraint() takes a missing patch for zero and a missing minor for a wildcard", () => {
  equal(check("1.2", "1.2.9"), false);
  equal(check("1.2.x", "1.2.9"), true);
  equal(check("1", "1.9.0"), true);
});

Deno.test("parseConstraint() keeps the quirks of the Go library", () => {
  equal(check("^0.2.3", "0.9.9"), true);
  equal(check("<2", "2.5.0"), true);
  equal(check("<=1", "1.9.0"), true);
  equal(check("~0.0.0", "5.0.0"), true);
  equal(check("^*", "1.0.0"), false);
  equal(check("!=1.2.3", "1.2.3-a"), true);
  equal(check("!=1.x", "2.0.0-a"), false);
});

Deno.test("a prerelease satisfies only parts that have one", () => {
  equal(check(">=1.9", "1.14.0-eks.1"), false);
  equal(check(">=1.9-0", "1.14.0-eks.1"), true);
  equal(check(">=1.9-0, <2", "1.14.0-eks.1"), false);
});

Deno.test("a dash between blanks is a range, also when the text occurs twice", () => {
  equal(check("1.2 - 1.4", "1.4.0"), true);
  equal(check("1.2 - 1.4", "1.4.1"), false);
  equal(check("1.0 - 1.1 || 2.0 - 2.1", "2.0.5"), true);
});

Deno.test("parseConstraint() refuses what is no constraint with Go's words", () => {
  for (const text of ["", ">1 <2", "==1", "1 -2", "> ", "newest", "1.2.3.4"]) {
    throws(() => parseConstraint(text), { kind: "semver", message: `improper constraint: ${text}` });
  }
  throws(() => parseConstraint(">1||"), { kind: "semver", message: "improper constraint: " });
  throws(() => parseConstraint("1|2"), { kind: "semver", message: "constraint Parser Error" });
});

Deno.test("validate() says what is wrong, prereleases once", () => {
  const refusals = (constraint: string, version: string): string[] =>
    parseConstraint(constraint).validate(parseVersion(version));
  deepEqual(refusals(">=2, <1.0", "1.5.0"), ["1.5.0 is less than 2", "1.5.0 is greater than or equal to 1.0"]);
  deepEqual(refusals("1.x", "2.0"), ["2.0.0 does not have same major and minor version as 1.x"]);
  deepEqual(refusals(">=1, <2", "1.5-a"), [
    "1.5.0-a is a prerelease version and the constraint is only looking for release versions",
  ]);
  deepEqual(refusals("^1 || ^2", "2.1"), []);
});

Deno.test("validate() and check() agree on releases", () => {
  const number = fc.constantFrom("0", "1", "2", "x", "*", "10");
  const range = fc.record({
    operator: fc.constantFrom("", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"),
    numbers: fc.array(number, { minLength: 1, maxLength: 3 }),
    rest: fc.constantFrom("", "", "-0", "-rc.1", "+b"),
  }).map(({ operator, numbers, rest }) => `${operator} ${numbers.join(".")}${rest}`);
  const constraint = fc.array(range, { minLength: 1, maxLength: 3 }).chain((parts) =>
    fc.constantFrom(parts.join(", "), parts.join(" || "))
  );
  // On prereleases they do not: `validate` never lets one pass a `!=` without a prerelease.
  const version = fc.tuple(fc.nat(3), fc.nat(11), fc.nat(3)).map((numbers) => numbers.join("."));
  fc.assert(
    fc.property(constraint, version, (given, text) => {
      const parsed = parseConstraint(given);
      equal(parsed.validate(parseVersion(text)).length === 0, parsed.check(parseVersion(text)));
    }),
    { numRuns },
  );
});

Deno.test("parseConstraint() answers any text with a constraint or an error of kind semver", () => {
  const letters = fc.constantFrom(..."0129vxX*.-+|, <>=!~^a\t\n");
  const anything = fc.oneof(fc.string(), fc.string({ unit: letters, maxLength: 60 }));
  fc.assert(
    fc.property(anything, (text) => {
      try {
        parseConstraint(text).check(parseVersion("1.2.3"));
      } catch (error) {
        equal(error instanceof SkegError && error.kind, "semver");
      }
    }),
    { numRuns },
  );
});

Deno.test("parseConstraint() takes no more than a moment for long nonsense", () => {
  for (const piece of ["1", " ", "1.", "-a", "1 - ", "x|", ">=", "||,"]) {
    const before = performance.now();
    try {
      parseConstraint(piece.repeat(5000) + "\0");
    } catch (error) {
      equal(error instanceof SkegError && error.kind, "semver");
    }
    equal(performance.now() - before < 2000, true, piece);
  }
});

Deno.test("isCompatibleRange() says no when either side cannot be read", () => {
  equal(isCompatibleRange(">=1.9.0", "1.14.10"), true);
  equal(isCompatibleRange("newest", "1.14.10"), false);
  equal(isCompatibleRange(">=1.9.0", "newest"), false);
});

Deno.test("parseConstraint() refuses what is longer than any constraint, before it looks for ranges", () => {
  throws(() => parseConstraint("1.0.0 - 2.0.0 ||".repeat(10_000)), {
    kind: "semver",
    message: "improper constraint: 1.0.0 - 2.0.0 ||1.0.0 - 2.0.0 ||1.0.0 - … is longer than 4096 characters",
  });
});
