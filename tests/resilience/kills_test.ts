/**
 * Killed after any request of an install, an upgrade, a rollback or a delete
 * of a chart with hooks: the next command brings the release to a good end, or
 * its error says what does. Here a process is killed in thought: none of its
 * requests is answered any more. `docs/resilience.md` has the outcomes.
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
