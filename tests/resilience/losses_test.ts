/**
 * An answer is lost at any request of an install, upgrade, rollback or delete:
 * the operation must have the same result as without the loss. The tables in
 * `docs/resilience.md` have the outcomes; `tests/e2e` does the same over real
 * connections.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { hookedSubject, type Subject } from "./_kills.ts";
import { playLoss } from "./_losses.ts";
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
    (["closed", "repeated"] as const).forEach((how, column) => {
      Deno.test({
        name: `${victim.verb}: any answer lost, ${how}; ${what}`,
        sanitizeOps: false,
        sanitizeResources: false,
        fn: async () => {
          const calm = await playLoss(subject, victim, how, () => false);
          let losses = 0;
          for (let k = 1 + (row + column) % STRIDE;; k += STRIDE) {
            const { lost, wrong, records } = await playLoss(subject, victim, how, (request) => request === k);
            if (!lost) break;
            losses++;
            deepEqual(wrong, [], `${wrong.join("; ")}; answer ${k}`);
            equal(records, calm.records, `answer ${k}`);
          }
          ok(losses > 0);
        },
      });
      Deno.test({
        name: `${victim.verb}: every second or third answer lost, ${how}; ${what}`,
        sanitizeOps: false,
        sanitizeResources: false,
        fn: async () => {
          const calm = await playLoss(subject, victim, how, () => false);
          for (const every of [2, 3]) {
            const { wrong, records } = await playLoss(subject, victim, how, (request) => request % every === 0);
            deepEqual([wrong, records], [[], calm.records], `every answer of ${every}`);
          }
        },
      });
    })
  );
}
