import { equal, throws } from "node:assert/strict";
import { isCurrentRange, satisfiesCurrent } from "./mod.ts";

const CASES: readonly (readonly [constraint: string, version: string, isIn: boolean])[] = [
  [">=1.2 <2", "1.9.0", true],
  [">=1.2 <2", "2.0.0", false],
  [">=1.2, <2", "1.9.0", true],
  [">=1.14-0", "v1.16.3-gke.1", true],
  [">=1.14.0", "v1.16.3-gke.1", false],
  // One part that names a pre-release opens the whole list.
  [">=1.14-0 <1.20", "v1.16.3-gke.1", true],
  [">1", "1.5.0", false],
  [">1", "2.0.0", true],
  [">1.2", "1.2.9", false],
  [">1.2", "1.3.0", true],
  ["<=1.2", "1.2.9", true],
  ["<=1", "1.9.9", true],
  ["^0", "0.9.0", true],
  ["^0.2", "0.2.9", true],
  ["^0.2", "0.3.0", false],
  ["^0.0.3", "0.1.3", false],
  ["^*", "7.0.0", false],
  ["~1", "1.9.0", true],
  ["~1.2.3", "1.3.0", false],
  ["*", "3.4.5", true],
  ["*-0", "3.4.5-rc.1", true],
  ["!=1.2.x", "1.2.3", false],
  ["!=1.2.x", "1.3.3", true],
  ["!=1.2.3", "1.2.3-rc.1", false],
  ["1.2 - 1.4", "1.4.9", true],
  ["1.2 - 1.4", "1.5.0", false],
  ["<1.2 || >=1.4", "1.4.0", true],
];

Deno.test("satisfiesCurrent() compares as semver 3.5 does", () => {
  const wrong = CASES.filter(([constraint, version, isIn]) => satisfiesCurrent(constraint, version) !== isIn);
  equal(JSON.stringify(wrong), "[]");
});

Deno.test("satisfiesCurrent() refuses what semver 3.5 refuses, and isCurrentRange() is false then", () => {
  for (const constraint of ["", "newest", ">= 1.2 , , <3", ">=1.2 < "]) {
    throws(() => satisfiesCurrent(constraint, "1.2.3"), /improper constraint/);
    equal(isCurrentRange(constraint, "1.2.3"), false);
  }
});
