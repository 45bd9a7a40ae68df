/**
 * `dependency list`: the requirements of a chart, and their state.
 *
 * Source: Helm 2.17.0, `cmd/helm/dependency.go`.
 *
 * @module
 */
import { resolve } from "node:path";
import { maskAddress } from "../../engine/base/mod.ts";
import { loadChart, loadRequirements } from "../../engine/chart/load/mod.ts";
import { dependencyStatus, strayCharts } from "../../engine/chart/repo/mod.ts";
import { defineCommand } from "../_lib/command.ts";
import { logTo } from "../_lib/log.ts";
import { tableFor } from "../_lib/screen_table.ts";

const WIDTH_MAX = 80;

/** `dependency list`. */
export const command = defineCommand({
  usage: "[flags] CHART",
  completes: { sources: ["file"] },
  long: `
Lists the charts in the requirements.yaml of a chart, and the state of each:
present (as an archive, or unpacked), missing, or not the requested one.

Files in charts/ that are not requirements are listed below. CHART is a folder or an
archive; without it, the current folder.`,
  example: `  helm dependency list ./web`,
  flags: {},
  run: async ({ args, print }) => {
    const path = resolve(args[0] ?? ".");
    const requirements = loadRequirements(await loadChart(path, { warn: logTo(print) }));
    if (requirements === undefined) return print.out(`WARNING: no requirements at ${path}/charts\n`);
    const { dependencies = [] } = requirements;
    const rows: string[][] = [["NAME", "VERSION", "REPOSITORY", "STATUS"]];
    for (const requirement of dependencies) {
      const { name, version, repository } = requirement;
      // Helm 2 shows passwords and tokens.
      rows.push([name, version, maskAddress(repository), await dependencyStatus(path, requirement)]);
    }
    print.out(`${tableFor(print, rows, { limit: WIDTH_MAX })}\n\n`);
    for (const stray of await strayCharts(path, dependencies)) {
      const fault = stray.isChart ? "is not in requirements.yaml" : "is not a chart";
      print.out(`WARNING: ${JSON.stringify(stray.path)} ${fault}.\n`);
    }
  },
});
