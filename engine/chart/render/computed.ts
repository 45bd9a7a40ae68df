/**
 * Computed values: the values that a chart's templates see, as YAML text.
 *
 * @module
 */
import type { Chart, Config } from "../../model/mod.ts";
import { coalesceValues } from "../values/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";

/**
 * Returns the user's values over the chart's defaults, as Helm prints them
 * under COMPUTED VALUES.
 */
export function computedValues(chart: Chart, config: Config | undefined, warn: (text: string) => void): string {
  return encodeYaml(coalesceValues(chart, config?.raw, warn, "read"));
}
