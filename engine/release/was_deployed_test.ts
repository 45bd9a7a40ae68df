import { deepEqual, equal } from "node:assert/strict";
import type { StatusCode } from "../model/mod.ts";
import { someRelease } from "../../tests/_lib/releases.ts";
import { changedSomething, hasRun, isInForce, sinceLastRun, statusMark } from "./was_deployed.ts";

function revision(status: StatusCode, description = "Install complete", number = 1) {
  const release = someRelease({ revision: number, status });
  return { ...release, info: { ...release.info, description } };
}

Deno.test("isInForce() and hasRun() go by status and description", () => {
  const cases: [StatusCode, string, boolean, boolean][] = [
    ["DEPLOYED", "Upgrade complete", true, true],
    ["DEPLOYED", 'Upgrade "web" failed: x', true, true],
    ["SUPERSEDED", "Upgrade complete", false, true],
    ["SUPERSEDED", "what the user said", false, true],
    ["SUPERSEDED", 'Upgrade "web" failed: x', false, false],
    ["SUPERSEDED", 'Release "web" failed post-install: x', false, false],
    ["SUPERSEDED", 'Release replace "web" failed: x', false, false],
    ["SUPERSEDED", "Preparing upgrade", false, false],
    ["SUPERSEDED", "Rollback to 3", false, false],
    ["FAILED", "Upgrade complete", false, false],
    ["DELETING", "Deletion in progress (or silently failed)", false, false],
    ["DELETING", "Deletion in progress (or silently failed); it was DEPLOYED", true, true],
    ["DELETING", "Deletion failed: x; it was FAILED", false, false],
    ["DELETED", "Deletion complete", false, false],
  ];
  for (const [status, description, inForce, run] of cases) {
    const release = revision(status, description);
    deepEqual([isInForce(release), hasRun(release)], [inForce, run], `${status} ${description}`);
  }
});

Deno.test("statusMark() outlives a second attempt to delete", () => {
  equal(statusMark(revision("DEPLOYED")), "; it was DEPLOYED");
  equal(statusMark(revision("DELETING", "Deletion failed: x; it was FAILED")), "; it was FAILED");
  equal(statusMark(revision("DELETING", "Deletion in progress (or silently failed)")), "");
});

Deno.test("sinceLastRun() begins with the revision that ran last, and after one that was deleted", () => {
  const since = (...states: [StatusCode, string][]) =>
    sinceLastRun(states.map(([status, text], index) => revision(status, text, index + 1))).map(({ revision }) =>
      revision
    );
  const failed = 'Rollback "web" failed: x';
  deepEqual(since(["SUPERSEDED", "a"], ["SUPERSEDED", "b"], ["SUPERSEDED", failed], ["FAILED", failed]), [2, 3, 4]);
  deepEqual(since(["FAILED", 'Release "web" failed: x'], ["FAILED", failed]), [1, 2]);
  deepEqual(since(["DELETED", "Deletion complete"], ["FAILED", failed]), [2]);
  deepEqual(since(), []);
});

Deno.test("changedSomething() is false for a revision that says so", () => {
  equal(changedSomething(revision("FAILED", 'Upgrade "web" failed: x; nothing was changed')), false);
  equal(changedSomething(revision("FAILED", 'Upgrade "web" failed: x')), true);
});
