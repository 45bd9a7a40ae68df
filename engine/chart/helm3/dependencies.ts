/**
 * Selects the enabled subcharts and imports values, by Helm 3's rules.
 *
 * Source: Helm 3.22.0, `pkg/chartutil/dependencies.go` (`ProcessDependenciesWithMerge`).
 *
 * @module
 */
import type { GoMap } from "../../lang/golang/mod.ts";
import { isMap, newMap } from "../../lang/golang/mod.ts";
import { isCurrentRange } from "../../lang/semver/mod.ts";
import type { Requirement } from "../load/mod.ts";
import { copyValues, findTable, findValue, type Warn } from "../values/mod.ts";
import { addTable, coalesceHelm3 } from "./coalesce.ts";
import { type ChartTree, withChildren } from "./tree.ts";

/** Returns the tree that Helm 3 renders with the user's values. */
export function processDependencies(tree: ChartTree, given: GoMap, warn: Warn): ChartTree {
  return importValues(enable(tree, given, "", warn), warn);
}

function isMatch({ name, version }: Requirement, { chart }: ChartTree): boolean {
  return chart.metadata.name === name && isCurrentRange(version, chart.metadata.version ?? "");
}

const nameOf = ({ alias, name }: Requirement): string => alias === "" ? name : alias;

/** A chart without a list keeps all its subcharts, and theirs. */
function enable(tree: ChartTree, given: GoMap, prefix: string, warn: Warn): ChartTree {
  const { requirements, children } = tree;
  if (requirements === undefined) return tree;
  const unlisted = children.filter((child) => !requirements.some((entry) => isMatch(entry, child)));
  const listed = requirements.flatMap((entry) => {
    const found = children.find((child) => isMatch(entry, child));
    return found === undefined ? [] : [renamed(found, entry.alias)];
  });
  const named = requirements.map((entry) => ({ ...entry, name: nameOf(entry) }));
  const candidate = withChildren({ ...tree, requirements: named }, [...unlisted, ...listed]);
  const values = coalesceHelm3(candidate, given, "coalesce", warn);
  const disabled = new Set(named.filter((entry) => !isEnabled(entry, values, prefix, warn)).map(({ name }) => name));
  const kept = candidate.children.filter(({ chart }) => !disabled.has(chart.metadata.name))
    .map((child) => enable(child, values, `${prefix}${child.chart.metadata.name}.`, warn));
  return withChildren({ ...candidate, requirements: named.filter(({ name }) => !disabled.has(name)) }, kept);
}

function renamed(tree: ChartTree, alias: string): ChartTree {
  if (alias === "") return tree;
  return { ...tree, chart: { ...tree.chart, metadata: { ...tree.chart.metadata, name: alias } } };
}

/** Conditions override tags. */
function isEnabled(entry: Requirement, values: GoMap, prefix: string, warn: Warn): boolean {
  return byCondition(entry, values, prefix, warn) ?? byTags(entry, values, warn);
}

/** One tag that is true enables; without one, a tag that is false disables. */
function byTags({ tags, name }: Requirement, values: GoMap, warn: Warn): boolean {
  const table = values.tags;
  if (!isMap(table)) return true;
  const known = tags.flatMap((tag) => tag in table ? [table[tag]] : []);
  if (known.some((value) => typeof value !== "boolean")) warn(`Warning: Tag of chart ${name} returned non-bool value`);
  return known.includes(true) || !known.includes(false);
}

function byCondition({ condition, name }: Requirement, values: GoMap, prefix: string, warn: Warn): boolean | undefined {
  for (const path of condition.trim().split(",")) {
    if (path === "") continue;
    const value = findValue(values, `${prefix}${path}`);
    if (typeof value === "boolean") return value;
    if (value !== undefined) warn(`Warning: Condition path '${path}' for chart ${name} returned non-bool value`);
  }
  return undefined;
}

function importValues(tree: ChartTree, warn: Warn): ChartTree {
  const children = tree.children.map((child) => importValues(child, warn));
  const current = withChildren(tree, children);
  if (current.requirements === undefined) return current;
  const values = coalesceHelm3(current, newMap(), "merge", warn);
  let imports = newMap();
  for (const { name, importValues: items } of current.requirements) {
    for (const item of items) {
      const path = pathsOf(item);
      if (path === undefined) continue;
      const { table, problem } = findTable(values, `${name}.${path.child}`);
      if (table === undefined) warn(`Warning: ImportValues missing table: ${problem}`);
      else imports = addTable(imports, nested(path.parent, copyValues(table)), "", "merge", warn);
    }
  }
  return { ...current, values: addTable(copyValues(values), imports, "", "merge", warn) };
}

function pathsOf(item: unknown): { readonly child: string; readonly parent: string } | undefined {
  if (typeof item === "string") return { child: `exports.${item}`, parent: "." };
  return isMap(item) ? { child: `${item.child}`, parent: `${item.parent}` } : undefined;
}

function nested(path: string, table: GoMap): GoMap {
  if (path === ".") return table;
  return path.split(".").reduceRight((inner, key) => Object.assign(newMap(), { [key]: inner }), table);
}
