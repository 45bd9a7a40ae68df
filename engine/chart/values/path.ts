/**
 * Values by a dotted path, as conditions and import-values name them.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/values.go`.
 *
 * @module
 */
import { formatValue, type GoMap, isMap, quote } from "../../lang/golang/mod.ts";

/** A table, or in Helm's words why there is none. */
export type TableResult =
  | { readonly table: GoMap; readonly problem?: undefined }
  | { readonly table?: undefined; readonly problem: string };

/** Looks up a table; every part of the path must be one. */
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

/** Looks up a value that is no table; `undefined` when there is none. */
export function findValue(values: GoMap, path: string): unknown {
  const dot = path.lastIndexOf(".");
  const table = dot < 0 ? values : findTable(values, path.slice(0, dot)).table;
  const key = path.slice(dot + 1);
  if (table === undefined || !(key in table)) return undefined;
  const value = table[key];
  return isMap(value) ? undefined : value;
}
