/**
 * A local path → the chart as it is rendered and stored, for install and upgrade.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go`, `pkg/helm/client.go`.
 *
 * @module
 */
import { checkRequirements, loadChart, missingRequirements } from "../../engine/chart/load/mod.ts";
import { processRequirements } from "../../engine/chart/values/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";
import { logTo } from "./log.ts";
import type { Printer } from "./print.ts";

/**
 * Loads the chart at `path`, makes sure that its requirements are there, and
 * says when it is deprecated. `update` is asked to bring in what is missing.
 */
export async function openChart(path: string, print: Printer, update?: () => Promise<void>): Promise<Chart> {
  let chart = await loadChart(path, { warn: logTo(print) });
  if (chart.metadata.deprecated) print.err("WARNING: This chart is deprecated\n");
  if (update !== undefined && missingRequirements(chart).length > 0) {
    await update();
    chart = await loadChart(path, { warn: logTo(print) });
  }
  checkRequirements(chart);
  return chart;
}

/**
 * Enables subcharts and imports values by the user's config. What Helm 2
 * prints on standard output here goes to standard error when a document
 * (`-o json`, `-o yaml`) is to stand there alone.
 */
export function enabledChart(chart: Chart, config: string, print: Printer, document: boolean): Chart {
  const say = (text: string) => document ? print.err(text) : print.out(text);
  return processRequirements(chart, config, logTo(print), say);
}
