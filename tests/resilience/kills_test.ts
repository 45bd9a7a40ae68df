/**
 * Killed after any request of an install, an upgrade, a rollback or a delete
 * of a chart with hooks: the next command brings the release to a good end, or
 * its error says what does. Here a process is killed in thought: none of its
 * requests is answered any more. `docs/resilience.md` has the outcomes.
 */
import { deepEqual, ok } from "node:assert/strict";
import { playKill, REMEDIES, VICTIMS } from "./_kills.ts";
import { hurry, STRIDE } from "./_stage.ts";

hurry();

VICTIMS.forEach((victim, row) =>
  Object.keys(REMEDIES).forEach((remedy, column) => {
    for (const policy of ["before-hook-creation", ""]) {
      Deno.test({
        name: `${victim.verb} killed after any request, then ${remedy}; hooks ${policy || "that stay"}`,
        sanitizeOps: false,
        sanitizeResources: false,
        fn: async () => {
          let kills = 0;
          for (let k = 1 + (row + column) % STRIDE;; k += STRIDE) {
            const outcome = await playKill(victim, k, remedy, policy);
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
    }
  })
);
