/**
 * Requirements, all of it: which subcharts take part, and imported values.
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
 * Returns the chart as it is rendered and stored: disabled subcharts gone,
 * aliases in place, imported values among the defaults. The given chart stays
 * as it is.
 *
 * @param config The text of what the user gave.
 * @param warn Is told what Helm 2 logs.
 * @param print Is told what Helm 2 writes to standard output here.
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
