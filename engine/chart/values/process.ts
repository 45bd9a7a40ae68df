/**
 * Processes requirements: selects the enabled subcharts and imports values.
 *
 * Source: Helm 2.17.0, `pkg/renderutil/render.go`.
 *
 * @module
 */
import type { Chart } from "../../model/mod.ts";
import type { Warn } from "./coalesce.ts";
import { enableSubcharts } from "./enable.ts";
import { importValues } from "./import.ts";
import { survivingDefaults } from "./nulls.ts";

/**
 * Returns the chart as it is rendered and stored: disabled subcharts removed,
 * aliases applied, imported values added to the defaults. The given chart is
 * not changed.
 *
 * @param config The text of the user's config.
 * @param warn Called with lines that Helm 2 logs.
 * @param print Called with text that Helm 2 writes to standard output here.
 * @throws kind `chart`, `values` or `yaml`, with Helm's message.
 */
export function processRequirements(
  chart: Chart,
  config: string,
  warn: Warn = () => {},
  print: (text: string) => void = () => {},
): Chart {
  const processed = importValues(enableSubcharts(chart, config, { warn, print }), warn);
  for (const path of survivingDefaults(processed, config)) {
    warn(`Note: '${path}' was set to null, and keeps the default of its subchart.`);
  }
  return processed;
}
