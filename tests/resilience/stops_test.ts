/**
 * Asked to stop at any request of an install, an upgrade, a rollback or a
 * delete: what is on its way is recorded, and the next command brings the
 * release to a good end, or its error says what does.
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
              // An operation that was asked to stop has ended: it does not keep others out.
              ok(!left.includes("PENDING"), `request ${k}; left: ${left}`);
            }
            ok(stops > 0);
          },
        })
      )
    )
  );
}
