/**
 * Turns a chart into the chart that is rendered and stored.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go`, `pkg/helm/client.go`.
 *
 * @module
 */
import { checkRequirements, loadChart, missingRequirements } from "../engine/chart/load/mod.ts";
import { processRequirements } from "../engine/chart/values/mod.ts";
import type { Chart } from "../engine/model/mod.ts";

/** Options of {@linkcode openChart}. */
export interface OpenChartOptions {
  /** Receives log lines of loading a chart. */
  readonly log: (text: string) => void;
  /** Downloads missing requirements; absent: a chart that lacks some is refused. */
  readonly update?: (() => Promise<void>) | undefined;
  /** Called when the chart is deprecated. */
  readonly onDeprecated?: (() => void) | undefined;
}

/**
 * Loads a chart and makes sure that its requirements are present.
 *
 * @param chart A local path, or a chart that is loaded.
 * @throws SkegError of kind `chart` or `io`, in Helm's words.
 */
export async function openChart(chart: string | Chart, options: OpenChartOptions): Promise<Chart> {
  const { log, update, onDeprecated } = options;
  const load = async (): Promise<Chart> => typeof chart === "string" ? await loadChart(chart, { warn: log }) : chart;
  let loaded = await load();
  if (loaded.metadata.deprecated) onDeprecated?.();
  if (update !== undefined && missingRequirements(loaded).length > 0) {
    await update();
    loaded = await load();
  }
  checkRequirements(loaded);
  return loaded;
}

/**
 * Enables subcharts and imports values, according to the user's config.
 *
 * @param say Receives the lines that Helm 2 prints on standard output here.
 */
export function enabledChart(
  chart: Chart,
  config: string,
  tell: { readonly log: (text: string) => void; readonly say: (text: string) => void },
): Chart {
  return processRequirements(chart, config, tell.log, tell.say);
}
