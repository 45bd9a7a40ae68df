/**
 * `import-values`: copies tables from subcharts into a chart's values.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/requirements.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart, Values } from "../../model/mod.ts";
import { loadRequirements, type Requirement } from "../load/mod.ts";
import { type GoMap, isMap, newMap, quote } from "../../lang/golang/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";
import { coalesceValues, mergeTables, type Warn } from "./coalesce.ts";
import { findTable } from "./path.ts";

/**
 * Returns the chart with imported values added to its defaults and to those of
 * its subcharts, deepest first. Only charts with a requirements.yaml change:
 * their defaults become the coalesced values of the whole tree below, as YAML.
 *
 * Helm 2: only defaults are imported, not the user's config, and they override
 * the chart's own defaults.
 *
 * @throws kind `chart` when an entry is neither a string nor a map with `child` and `parent`.
 */
export function importValues(chart: Chart, warn: Warn): Chart {
  // From the last subchart to the first, so that warnings have Helm 2's order.
  const dependencies = chart.dependencies.toReversed()
    .map((subchart) => subchart.dependencies.length > 0 ? importValues(subchart, warn) : subchart)
    .toReversed();
  const current: Chart = { ...chart, dependencies };
  try {
    const entries = loadRequirements(current);
    if (entries === undefined) return current;
    return withImports(current, entries.dependencies ?? [], warn);
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "internal" || error instanceof BadImport) throw error;
    // Helm 2 ignores errors here and leaves the chart unchanged.
    warn(`Note: import-values of chart '${chart.metadata.name}' are not used: ${error.message}`);
    return current;
  }
}

/** An entry that crashes Helm 2. */
class BadImport extends SkegError {}

function withImports(chart: Chart, entries: readonly Requirement[], warn: Warn): Chart {
  const { name } = chart.metadata;
  const values: Values = coalesceValues(chart, "", warn, "read");
  const names = new Set(chart.dependencies.map((subchart) => subchart.metadata.name));
  let imports = newMap();
  for (const entry of entries) {
    const source = names.has(entry.alias) ? entry.alias : entry.name;
    if (!names.has(source)) continue;
    for (const item of entry.importValues) {
      const { child, parent } = readItem(item, entry.name);
      const found = findTable(values, `${source}.${child}`);
      if (found.table === undefined) warn(`Warning: ImportValues missing table: ${found.problem}`);
      else imports = mergeTables(imports, nest(parent, found.table), name, warn);
    }
  }
  return { ...chart, values: { raw: encodeYaml(mergeTables(imports, values, name, warn)) } };
}

/** Returns an entry's source path (`child`) and target path (`parent`). */
function readItem(item: unknown, requirement: string): { child: string; parent: string } {
  if (typeof item === "string") return { child: `exports.${item}`, parent: "." };
  if (!isMap(item)) return { child: "", parent: "" };
  const { child, parent } = item;
  if (typeof child === "string" && typeof parent === "string") return { child, parent };
  const missing = typeof child === "string" ? "parent" : "child";
  throw new BadImport("chart", `import-values of dependency ${quote(requirement)}: ${missing} must be a string`);
}

/** Returns a map with `table` at a path; `.` is the top. */
function nest(path: string, table: GoMap): GoMap {
  if (path === ".") return table;
  return path.split(".").reduceRight((inner, key) => Object.assign(newMap(), { [key]: inner }), table);
}
