/**
 * Values as Helm 3 computes them: a null of the user takes a default away, in subcharts too.
 *
 * Source: Helm 3.22.0, `pkg/chartutil/coalesce.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { formatValue, type GoMap, isMap, newMap, sprintf } from "../../lang/golang/mod.ts";
import { copyValues, type Warn } from "../values/mod.ts";
import type { ChartTree } from "./tree.ts";

const GLOBAL = "global";

/** How nulls are treated: `coalesce` removes keys that are set to null, `merge` keeps the nulls for a later pass. */
export type NullsUse = "coalesce" | "merge";

/** Returns the values of a chart and its subcharts; `given` is not changed. */
export function coalesceHelm3(tree: ChartTree, given: GoMap, use: NullsUse, warn: Warn): GoMap {
  return coalesce(tree, copyValues(given), "", use, warn);
}

const joined = (prefix: string, name: string): string => prefix === "" ? name : `${prefix}.${name}`;

function coalesce(tree: ChartTree, into: GoMap, prefix: string, use: NullsUse, warn: Warn): GoMap {
  addDefaults(tree, into, prefix, use, warn);
  for (const child of tree.children) {
    const { name } = child.chart.metadata;
    if (!(name in into)) into[name] = newMap();
    const section = into[name];
    if (!isMap(section)) throw new SkegError("values", sprintf("type mismatch on %s: %t", name, section));
    const below = joined(prefix, tree.chart.metadata.name);
    pushGlobals(section as GoMap, into, below, warn);
    into[name] = coalesce(child, section as GoMap, below, use, warn);
  }
  return into;
}

/** Adds a chart's own defaults below the values that were set. */
function addDefaults(tree: ChartTree, into: GoMap, prefix: string, use: NullsUse, warn: Warn): void {
  const path = joined(prefix, tree.chart.metadata.name);
  const defaults = copyValues(tree.values);
  for (const key of Object.keys(defaults)) {
    const value = defaults[key];
    if (!(key in into)) {
      into[key] = value;
      continue;
    }
    const set = into[key];
    if (set === null && use === "coalesce") delete into[key];
    else if (isMap(set)) {
      if (!isMap(value)) {
        if (value !== null) warn(`warning: skipped value for ${path}.${key}: Not a table.`);
        continue;
      }
      const isChild = tree.children.some(({ chart }) => chart.metadata.name === key);
      addTable(set as GoMap, value as GoMap, joined(path, key), isChild ? "merge" : use, warn);
    }
  }
}

/** Copies the globals of a parent into a subchart's section. */
function pushGlobals(section: GoMap, parent: GoMap, prefix: string, warn: Warn): void {
  const own = GLOBAL in section ? section[GLOBAL] : newMap();
  const theirs = GLOBAL in parent ? parent[GLOBAL] : newMap();
  if (!isMap(own)) return warn(`warning: skipping globals because destination ${GLOBAL} is not a table.`);
  if (!isMap(theirs)) return warn(`warning: skipping globals because source ${GLOBAL} is not a table.`);
  for (const key of Object.keys(theirs)) {
    const value = theirs[key];
    if (!isMap(value)) {
      if (isMap(own[key])) warn(`key ${key} is table. Skipping`);
      else own[key] = value;
      continue;
    }
    const copy = Object.assign(newMap(), value);
    if (!(key in own)) own[key] = copy;
    else if (!isMap(own[key])) warn(`Conflict: cannot merge map onto non-map for "${key}". Skipping.`);
    else {
      addTable(copy, own[key] as GoMap, joined(prefix, key), "merge", warn);
      own[key] = copy;
    }
  }
  section[GLOBAL] = own;
}

/** Adds a table's entries below those of another, which is changed, and returned. */
export function addTable(into: GoMap, from: GoMap, prefix: string, use: NullsUse, warn: Warn): GoMap {
  const defaults = Object.assign(newMap(), from);
  const hadValue = new Set(Object.keys(from).filter((key) => from[key] !== null));
  for (const key of Object.keys(into)) if (into[key] === null) defaults[key] = null;
  for (const key of Object.keys(defaults)) {
    const [value, set] = [defaults[key], into[key]];
    const path = joined(prefix, key);
    if (key in into && use === "coalesce" && set === null && hadValue.has(key)) delete into[key];
    else if (!(key in into)) into[key] = value;
    else if (isMap(value)) {
      if (isMap(set)) addTable(set as GoMap, value as GoMap, path, use, warn);
      else warn(`warning: cannot overwrite table with non table for ${path} (${formatValue(value)})`);
    } else if (isMap(set) && value !== null) {
      warn(`warning: destination for ${path} is a table. Ignoring non-table value (${formatValue(value)})`);
    }
  }
  return into;
}
