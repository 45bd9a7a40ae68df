/**
 * Charts and values of scripts: found, loaded, merged.
 *
 * @module
 */
import { toYaml } from "../engine/lang/yaml/mod.ts";
import type { Chart } from "../engine/model/mod.ts";
import type { CallOptions } from "./call_options.ts";
import type { Caller } from "./caller.ts";
import { enabledChart, openChart } from "./prepare_chart.ts";
import { readValues } from "./read_values.ts";
import type { ChartPlaceOptions, ValuesOptions } from "./skeg_options.ts";

/** Options of operations that take a chart. */
export type ChartOptions = CallOptions & ValuesOptions & ChartPlaceOptions;

/** A chart as it is rendered and stored, and the user's values as text. */
export interface PreparedChart {
  readonly chart: Chart;
  readonly config: string;
}

/** Returns a chart, loaded, and the user's values; with `allSubcharts`, before subcharts are enabled or disabled. */
export async function prepareChart(
  chart: string | Chart,
  given: ChartOptions,
  caller: Caller,
  allSubcharts: boolean,
): Promise<PreparedChart> {
  const config = await configOf(given, caller);
  const loaded = await openChart(typeof chart === "string" ? await chartPath(chart, given, caller) : chart, {
    log: caller.tell.log,
  });
  return { chart: allSubcharts ? loaded : enabledChart(loaded, config, caller.tell), config };
}

/** Returns the local path of a chart; other names are resolved and downloaded. */
export async function chartPath(chart: string, given: ChartOptions, caller: Caller): Promise<string> {
  const { version = "", repo = "", access, keyring = "", verifyStrict = false } = given;
  const { locateChart } = await import("./find_chart.ts");
  const isVerified = keyring !== "";
  return await locateChart(chart, {
    version,
    devel: false,
    repo,
    access,
    verify: isVerified,
    verifyStrict: isVerified && verifyStrict,
    keyring,
  }, caller);
}

/** Merges all values into one YAML text. `values` given as text and alone is returned unchanged. */
async function configOf(given: ChartOptions, caller: Caller): Promise<string> {
  const { values, files = [], set = [], setString = [], setFile = [], access } = given;
  const alone = [files, set, setString, setFile].every(({ length }) => length === 0);
  if (typeof values === "string" && alone) return values;
  const first = values === undefined
    ? []
    : [{ name: "values", content: typeof values === "string" ? values : toYaml(values) }];
  return await readValues({ files: [...first, ...files], set, setString, setFile, access }, caller);
}
