/**
 * Computes the values of each chart of a tree: the user's config over the
 * chart's defaults, passed down to the subcharts.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/values.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart, Config, Values } from "../../model/mod.ts";
import { formatValue, type GoMap, isMap, newMap, NIL_MAP, nilMap, quote, sprintf } from "../../lang/golang/mod.ts";
import { copyValues, parseValues, VALUES_TYPE } from "./parse.ts";

/** Called with each line that Helm 2 logs, without the timestamp, which the command adds. */
export type Warn = (text: string) => void;

/** How the caller uses coalesced values. `read`: they share parts with other results. `change`: they do not. */
export type ValuesUse = "read" | "change";

/** Key of the values that are passed to every subchart. */
const GLOBAL = "global";

/**
 * Returns the complete `.Values` of a chart: config over defaults, with one
 * table for each subchart.
 *
 * @param config The user's config or its text; not changed. With `undefined` the top chart's own defaults are left out.
 * @param use With `read`, the caller must not change the result.
 * @throws kind `values` or `yaml`, with Helm's message; kind `chart` for input that crashes Helm 2.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const chart = { metadata: { name: "web" }, templates: [], dependencies: [], files: [], values: { raw: "a: 1\nb: 2" } };
 * equal(coalesceValues(chart, "a: 3").a, 3);
 * ```
 */
export function coalesceValues(
  chart: Chart,
  config: Values | string | undefined,
  warn: Warn = () => {},
  use: ValuesUse = "change",
): Values {
  const given = config === undefined ? newMap() : readConfig(config);
  const result = config === undefined ? coalesceSubcharts(chart, given, warn, use) : coalesce(chart, given, warn, use);
  return Object.assign(newMap(VALUES_TYPE), result);
}

function readConfig(config: Values | string): GoMap {
  return typeof config === "string" ? parseValues(config, VALUES_TYPE) : copyValues(config);
}

/** Merges a chart's defaults under `over`, then coalesces its subcharts. May change `over`. */
function coalesce(chart: Chart, over: GoMap, warn: Warn, use: ValuesUse): GoMap {
  const raw = chart.values?.raw ?? "";
  // Helm 2: without defaults nothing is merged, so the user's nulls stay.
  const own = raw === "" ? over : mergeTables(over, readDefaults(chart, use), chart.metadata.name, warn);
  return coalesceSubcharts(chart, own, warn, use);
}

/**
 * Cache of parsed defaults by their Config, because one run coalesces the same
 * chart several times. A caller that changes the result gets a copy. The first
 * such caller gets the parsed map itself, which then leaves the cache.
 */
const parsed = new WeakMap<Config, GoMap | "given away">();

function readDefaults(chart: Chart, use: ValuesUse): GoMap {
  const { values } = chart;
  if (values === undefined) return newMap();
  const known = parsed.get(values);
  if (known !== undefined && known !== "given away") return use === "change" ? copyValues(known) : known;
  try {
    const fresh = parseValues(values.raw, VALUES_TYPE);
    const isKept = use === "read" || known === "given away";
    parsed.set(values, isKept ? fresh : "given away");
    return isKept && use === "change" ? copyValues(fresh) : fresh;
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    const text = `Error: Reading chart '${chart.metadata.name}' default values (${values.raw}): ${error.message}`;
    throw new SkegError("values", text, { cause: error });
  }
}

function coalesceSubcharts(chart: Chart, values: GoMap, warn: Warn, use: ValuesUse): GoMap {
  if (values[NIL_MAP] && chart.dependencies.length > 0) {
    // Helm 2 crashes here: there is no table that could hold the subcharts' tables.
    const { name } = chart.metadata;
    throw new SkegError(
      "chart",
      `values of chart ${quote(name)}: "${GLOBAL}" is not a table, which its subcharts need`,
    );
  }
  for (const subchart of chart.dependencies) {
    const { name } = subchart.metadata;
    const section = name in values ? values[name] : newMap();
    if (!isMap(section)) {
      throw new SkegError("values", sprintf("type mismatch on %s: %t", name, section));
    }
    const withGlobals = pushGlobals(section as GoMap, values, chart.metadata.name, name, warn);
    values[name] = coalesce(subchart, withGlobals, warn, use);
  }
  return values;
}

/** Returns a subchart's section with the parent's globals in it. */
function pushGlobals(section: GoMap, parent: GoMap, chart: string, subchart: string, warn: Warn): GoMap {
  const own = GLOBAL in section ? section[GLOBAL] : newMap();
  // Helm 2: when `global` is not a table, the subchart loses its whole section.
  const lost = (): void => {
    if (Object.keys(section).some((key) => key !== GLOBAL)) {
      warn(`Note: because of that, all values that were set for subchart '${subchart}' are lost.`);
    }
  };
  if (!isMap(own)) {
    warn(`Warning: Skipping globals for chart '${chart}' because destination '${GLOBAL}' is not a table.`);
    lost();
    return nilMap();
  }
  const theirs = GLOBAL in parent ? parent[GLOBAL] : newMap();
  if (!isMap(theirs)) {
    warn(`Warning: skipping globals for chart '${chart}' because source '${GLOBAL}' is not a table.`);
    lost();
    return Object.assign(newMap(), own);
  }
  const result = Object.assign(newMap(), section);
  result[GLOBAL] = mergeTables(theirs as GoMap, own as GoMap, chart, warn);
  return result;
}

/**
 * Returns a new map with `base` merged under `over`: values of `over` win, and
 * its nulls remove keys. The result shares parts with both.
 *
 * @param chart Name of the chart, for warnings.
 */
export function mergeTables(over: GoMap, base: GoMap, chart: string, warn: Warn): GoMap {
  const merged = newMap();
  for (const key of Object.keys(base)) {
    const value = base[key];
    if (!(key in over)) merged[key] = value;
    else if (over[key] !== null) merged[key] = mergeValue(key, over[key], value, chart, warn);
  }
  for (const key of Object.keys(over)) {
    const value = over[key];
    if (value !== null && !(key in merged)) merged[key] = value;
  }
  return merged;
}

function mergeValue(key: string, over: unknown, base: unknown, chart: string, warn: Warn): unknown {
  if (isMap(over) && isMap(base)) return mergeTables(over as GoMap, base as GoMap, chart, warn);
  const intro = `Warning: Merging destination map for chart '${chart}'.`;
  if (isMap(base)) {
    warn(`${intro} Overwriting table item '${key}', with non table value: ${formatValue(over)}`);
  } else if (isMap(over)) {
    const why = `as it has a non-table value of: ${formatValue(base)}`;
    warn(`${intro} The destination item '${key}' is a table and ignoring the source '${key}' ${why}`);
  }
  return over;
}
