/**
 * `dependency list`: the requirements of a chart, and their state.
 *
 * Source: Helm 2.17.0, `cmd/helm/dependency.go`.
 *
 * @module
 */
import { resolve } from "node:path";
import { maskAddress } from "../../engine/base/mod.ts";
import { loadChart, loadRequirements, type Requirement } from "../../engine/chart/load/mod.ts";
import { dependencyStatus, strayCharts } from "../../engine/chart/repo/mod.ts";
import { defineCommand } from "../_lib/command.ts";
import { DOCUMENT_FLAG, type DocumentFormat, documentFormat, printDocument } from "../_lib/document.ts";
import { logTo } from "../_lib/log.ts";
import type { Printer } from "../_lib/print.ts";
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
  example: `  helm dependency list ./web
  helm dependency list ./web --output json`,
  flags: DOCUMENT_FLAG,
  run: async ({ args, flags, print }) => {
    const format = documentFormat(flags.output);
    const path = resolve(args[0] ?? ".");
    const requirements = loadRequirements(await loadChart(path, { warn: logTo(print) }));
    if (format !== undefined) return await printList(path, requirements?.dependencies ?? [], format, print);
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

/** Prints the list as a document; what Helm warns about is part of it. */
async function printList(
  path: string,
  requirements: readonly Requirement[],
  format: DocumentFormat,
  print: Printer,
): Promise<void> {
  const dependencies = await Promise.all(requirements.map(async (requirement) => ({
    name: requirement.name,
    version: requirement.version,
    repository: maskAddress(requirement.repository),
    status: await dependencyStatus(path, requirement),
  })));
  const strays = await strayCharts(path, requirements);
  printDocument(
    "Dependencies",
    {
      chart: path,
      dependencies,
      strays: strays.map((stray) => ({ path: stray.path, isChart: stray.isChart })),
    },
    format,
    print,
  );
}
