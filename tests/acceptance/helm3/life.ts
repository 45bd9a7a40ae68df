/**
 * Migrated releases of every sort under the real Helm 3 and Helm 4, on a real control plane: list, history, get, status, test,
 * upgrade, rollback and uninstall; then back to a real Tiller.
 *
 *   deno run -A tests/acceptance/helm3/life.ts --kubeconfig FILE --programs DIR [--only NAME] [--quick] [--program COMMAND]
 *
 * `--kubeconfig` names a control plane with controllers that may be written to, `--programs` a folder with `helm2`, `tiller`,
 * `helm3`, `helm4` and `kubectl`. `--quick` makes 60 revisions in place of 1,000. Ends with `N passed, N failed`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { openLab, say, tally } from "./_lab.ts";
import type { Stories } from "./_stories.ts";
import { accountStories } from "./_account.ts";
import { backStories } from "./_back.ts";
import { faultStories } from "./_faults.ts";
import { heldStories } from "./_held.ts";
import { sortStories } from "./_sorts.ts";
import { sqlStories } from "./_sql.ts";

const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: "string" },
    programs: { type: "string" },
    only: { type: "string", default: "" },
    program: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
  },
});
const { kubeconfig, programs } = flags;
if (kubeconfig === undefined || programs === undefined) throw new Error("--kubeconfig and --programs are needed");

const lab = await openLab(kubeconfig, programs, flags.program);
const { check, passed, failed } = tally();
const stories: Stories = {
  ...sortStories(lab, { kubeconfig, revisions: flags.quick ? 60 : 1000 }),
  ...backStories(lab, kubeconfig),
  ...heldStories(lab),
  ...faultStories(lab, kubeconfig),
  ...sqlStories(lab, kubeconfig),
  ...accountStories(lab, kubeconfig),
};
try {
  for (const [name, play] of Object.entries(stories)) {
    if (!name.includes(flags.only)) continue;
    const began = performance.now();
    const before = failed();
    try {
      await play((what, problem) => check(`${name}: ${what}`, problem));
    } catch (error) {
      check(name, error instanceof Error ? error.stack ?? error.message : String(error));
    }
    say(`${failed() === before ? "ok  " : "FAIL"} ${name} (${Math.round((performance.now() - began) / 1000)} s)`);
  }
} finally {
  await lab.end();
}
say(`${passed()} passed, ${failed()} failed`);
Deno.exit(failed() === 0 && passed() > 0 ? 0 : 1);
