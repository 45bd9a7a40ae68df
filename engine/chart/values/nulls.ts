/**
 * Finds nulls in the user's values that do not remove a default.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import { type GoMap, isMap } from "../../lang/golang/mod.ts";
import { coalesceValues } from "./coalesce.ts";
import { parseValues } from "./parse.ts";

/** Quick check: a text of values without a match contains no null. */
const MAYBE_NULL = /null|~|:[ \t\r]*(?:\n|$)/i;

/**
 * Returns the paths, such as `db.port`, that the user set to null but that still
 * have a value. In Helm 2 a null removes a default of the top chart, but mostly
 * not a default of a subchart.
 *
 * @param chart The chart in the form that is rendered.
 * @param config The text of the user's config.
 */
export function survivingDefaults(chart: Chart, config: string): string[] {
  if (chart.dependencies.length === 0 || !MAYBE_NULL.test(config)) return [];
  try {
    const values = parseValues(config);
    const given = nullPaths(values);
    if (given.length === 0) return [];
    const seen = coalesceValues(chart, values, () => {}, "read");
    return given.filter((path) => hasValue(seen, path)).map((path) => path.join("."));
  } catch (error) {
    // Rendering reports errors in the values; this check need not.
    if (error instanceof SkegError) return [];
    throw error;
  }
}

function nullPaths(values: GoMap, prefix: readonly string[] = []): string[][] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = [...prefix, key];
    return value === null ? [path] : isMap(value) ? nullPaths(value as GoMap, path) : [];
  });
}

function hasValue(values: GoMap, path: readonly string[]): boolean {
  let value: unknown = values;
  for (const key of path) {
    if (!isMap(value) || !(key in (value as GoMap))) return false;
    value = (value as GoMap)[key];
  }
  return value !== null && value !== undefined;
}
