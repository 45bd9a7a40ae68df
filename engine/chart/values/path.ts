/**
 * Looks up values by a dotted path, as used in conditions and import-values.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/values.go`.
 *
 * @module
 */
import { formatValue, type GoMap, isMap, quote } from "../../lang/golang/mod.ts";

/** A table, or Helm's message why there is none. */
export type TableResult =
  | { readonly table: GoMap; readonly problem?: undefined }
  | { readonly table?: undefined; readonly problem: string };

/** Returns the table at a path; every part of the path must be a table. */
export function findTable(values: GoMap, path: string): TableResult {
  let table = values;
  for (const part of path.split(".")) {
    if (!(part in table)) return { problem: `no table named ${quote(part)} (${formatValue(table)})` };
    const next = table[part];
    if (!isMap(next)) return { problem: `no table named ${quote(part)}` };
    table = next as GoMap;
  }
  return { table };
}

/** Returns the value at a path when it is not a table; else `undefined`. */
export function findValue(values: GoMap, path: string): unknown {
  const dot = path.lastIndexOf(".");
  const table = dot < 0 ? values : findTable(values, path.slice(0, dot)).table;
  const key = path.slice(dot + 1);
  if (table === undefined || !(key in table)) return undefined;
  const value = table[key];
  return isMap(value) ? undefined : value;
}
