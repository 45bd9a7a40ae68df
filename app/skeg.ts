/**
 * The operations as a library, for scripts.
 *
 * Each group of operations has a file of its own. Code for clusters is loaded by the first operation that needs one.
 *
 * @module
 */
import { skegChanges } from "./skeg_changes.ts";
import { skegCharts } from "./skeg_charts.ts";
import { skegLooks } from "./skeg_looks.ts";
import { skegMigrate } from "./skeg_migrate.ts";
import type { Skeg, SkegOptions } from "./skeg_options.ts";
import { skegDiff, skegPlans } from "./skeg_plans.ts";
import { skegRecords } from "./skeg_records.ts";
import { skegRepairs } from "./skeg_repair.ts";
import { skegRights } from "./skeg_rights.ts";
import { SkegSession } from "./skeg_session.ts";
import { skegTransfer } from "./skeg_transfer.ts";

/**
 * Returns the operations on one cluster, or on the sandbox. Opens nothing
 * yet; `close()` when done.
 *
 * @example Install into a sandbox
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { chartFromFiles } from "../mod.ts";
 *
 * const chart = chartFromFiles({
 *   "Chart.yaml": "name: hello\nversion: 1.0.0\n",
 *   "templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
 * });
 * const skeg = createSkeg({ sandbox: ":memory:" });
 * const release = await skeg.install(chart, { name: "web" });
 * equal(release.info.status.code, "DEPLOYED");
 * await skeg.close();
 * ```
 */
export function createSkeg(options: SkegOptions = {}): Skeg {
  const session = new SkegSession(options);
  return {
    ...skegChanges(session),
    ...skegRecords(session),
    ...skegDiff(session),
    ...skegLooks(session),
    ...skegCharts(session),
    ...skegTransfer(session),
    plan: skegPlans(session),
    rights: skegRights(session),
    repair: skegRepairs(session),
    migrate: skegMigrate(session),
    close: () => session.close(),
  };
}
