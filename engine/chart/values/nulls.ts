/**
 * Nulls of the user that take no default away.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import { type GoMap, isMap } from "../../lang/golang/mod.ts";
import { coalesceValues } from "./coalesce.ts";
import { parseValues } from "./parse.ts";

/** What a text of values needs for a null to be in it. */
const MAYBE_NULL = /null|~|:[ \t\r]*(?:\n|$)/i;

/**
 * Returns the paths, such as `db.port`, that the user set to null and that
 * have a value all the same: Helm 2 takes a null for the end of a default in
 * the chart at the top, and mostly not in subcharts.
 *
 * @param chart As it is rendered.
 * @param config The text of what the user gave.
 */
export function survivingDefaults(chart: Chart, config: string): string[] {
  if (chart.dependencies.length === 0 || !MAYBE_NULL.test(config)) return [];
  try {
    const given = nullPaths(parseValues(config));
    if (given.length === 0) return [];
    const seen = coalesceValues(chart, config, () => {}, "read");
    return given.filter((path) => hasValue(seen, path)).map((path) => path.join("."));
  } catch (error) {
    // What is wrong with the values is said by those who need them.
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
