/**
 * A process is killed after any request of an install, upgrade, rollback or
 * delete of a chart with hooks. The next command must complete the release, or
 * its error must say which command does. The kill is simulated: the process gets
 * no more answers. `docs/resilience.md` has the outcomes.
 */
import { deepEqual, ok } from "node:assert/strict";
import { hookedSubject, playKill, remediesOf, type Subject } from "./_kills.ts";
import { oldSubject } from "./_old_release.ts";
import { hurry, STRIDE } from "./_stage.ts";

hurry();

const SUBJECTS: Readonly<Record<string, Subject>> = {
  "hooks before-hook-creation": hookedSubject("before-hook-creation"),
  "hooks that stay": hookedSubject(""),
  "removed API versions": oldSubject(),
};

for (const [what, subject] of Object.entries(SUBJECTS)) {
  subject.victims.forEach((victim, row) =>
    remediesOf(subject).forEach((remedy, column) => {
      Deno.test({
        name: `${victim.verb} killed after any request, then ${remedy}; ${what}`,
        sanitizeOps: false,
        sanitizeResources: false,
        fn: async () => {
          let kills = 0;
          for (let k = 1 + (row + column) % STRIDE;; k += STRIDE) {
            const outcome = await playKill(subject, victim, k, remedy);
            if (!outcome.killed) break;
            kills++;
            deepEqual(
              outcome.wrong,
              [],
              `${outcome.wrong.join("; ")}; request ${k}; left: ${outcome.left}; ${outcome.remedy}`,
            );
          }
          ok(kills > 0);
        },
      });
    })
  );
}
