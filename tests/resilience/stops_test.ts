/**
 * An operation is asked to stop at any request of an install, upgrade, rollback
 * or delete. The unfinished state must be recorded, and the next command must
 * complete the release, or its error must say which command does.
 */
import { deepEqual, ok } from "node:assert/strict";
import { hookedSubject, remediesOf, type Subject } from "./_kills.ts";
import { oldSubject } from "./_old_release.ts";
import { hurry, STRIDE } from "./_stage.ts";
import { playStop } from "./_stops.ts";

hurry();

const SUBJECTS: Readonly<Record<string, Subject>> = {
  "hooks before-hook-creation": hookedSubject("before-hook-creation"),
  "hooks that stay": hookedSubject(""),
  "removed API versions": oldSubject(),
};

for (const [what, subject] of Object.entries(SUBJECTS)) {
  subject.victims.forEach((victim, row) =>
    remediesOf(subject).forEach((remedy, column) =>
      (["before", "after"] as const).forEach((moment, turn) =>
        Deno.test({
          name: `${victim.verb} stopped ${moment} any request, then ${remedy}; ${what}`,
          sanitizeOps: false,
          sanitizeResources: false,
          fn: async () => {
            let stops = 0;
            for (let k = 1 + (row + column + turn) % STRIDE;; k += STRIDE) {
              const { killed, wrong, left, remedy: told } = await playStop(subject, victim, k, remedy, moment);
              if (!killed) break;
              stops++;
              deepEqual(wrong, [], `${wrong.join("; ")}; request ${k}; left: ${left}; ${told}`);
              // The stopped operation has ended, so it must not block others.
              ok(!left.includes("PENDING"), `request ${k}; left: ${left}`);
            }
            ok(stops > 0);
          },
        })
      )
    )
  );
}
