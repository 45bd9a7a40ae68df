/**
 * Selects the enabled subcharts of a chart and their names: requirements with
 * their aliases, tags and conditions.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/requirements.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart, Values } from "../../model/mod.ts";
import { loadRequirements, type Requirement } from "../load/mod.ts";
import { type GoMap, isMap, quote, trimSpace } from "../../lang/golang/mod.ts";
import { isCompatibleRange } from "../../lang/semver/mod.ts";
import { coalesceValues, type Warn } from "./coalesce.ts";
import { findValue } from "./path.ts";

/** Receivers of messages. */
export interface Reporter {
  /** Called with lines that Helm 2 logs. */
  readonly warn: Warn;
  /** Called with text that Helm 2 writes to standard output. */
  readonly print: (text: string) => void;
}

const ALIAS = /^[a-zA-Z0-9_-]+$/;

/**
 * Returns the chart with only its enabled subcharts at every level, and with
 * aliases applied. A chart without requirements.yaml ends the descent.
 *
 * @param config The user's config.
 * @throws kind `values`, `chart` or `yaml`, with Helm's message, for errors in the top chart.
 */
export function enableSubcharts(chart: Chart, config: Values | string, reporter: Reporter): Chart {
  const result = enable(chart, config, reporter, "");
  if (result.error !== undefined) throw result.error;
  return result.chart;
}

/** A chart with its list applied as far as possible, and the error that stopped it. */
interface Enabled {
  readonly chart: Chart;
  readonly error?: SkegError | undefined;
}

/** @param prefix Path of the chart below the top chart, with a dot at its end; for conditions. */
function enable(chart: Chart, config: Values | string, reporter: Reporter, prefix: string): Enabled {
  const entries = entriesOf(chart, reporter.warn);
  if (entries === undefined) return { chart };
  let candidate = chart;
  let values: Values;
  try {
    candidate = { ...chart, dependencies: withAliases(chart, entries, reporter) };
    values = coalesceValues(candidate, config, reporter.warn, "read");
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return { chart: candidate, error };
  }
  const disabled = disabledNames(entries, values, prefix, reporter.warn);
  const dependencies = candidate.dependencies.filter((subchart) => !disabled.has(subchart.metadata.name))
    .map((subchart) => enableBelow(subchart, values, reporter, prefix));
  return { chart: { ...candidate, dependencies } };
}

/** Returns the entries of a chart's list; `undefined` when it has no list or, as in Helm 2, an unreadable one. */
function entriesOf(chart: Chart, warn: Warn): readonly Requirement[] | undefined {
  try {
    const requirements = loadRequirements(chart);
    return requirements && (requirements.dependencies ?? []);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    warn(`Note: requirements.yaml of chart '${chart.metadata.name}' is not used: ${error.message}`);
    return undefined;
  }
}

/** Enables subcharts of a subchart. Helm 2 ignores errors here and keeps the changes made before them. */
function enableBelow(subchart: Chart, values: Values, reporter: Reporter, prefix: string): Chart {
  const { name } = subchart.metadata;
  const { chart, error } = enable(subchart, values, reporter, `${prefix}${name}.`);
  if (error !== undefined) {
    reporter.warn(`Note: requirements.yaml of chart '${name}' is not fully used: ${error.message}`);
  }
  return chart;
}

/** Returns the subcharts without an entry, then for each entry its subchart, under its alias. */
function withAliases(chart: Chart, entries: readonly Requirement[], reporter: Reporter): Chart[] {
  const unlisted = chart.dependencies.filter((subchart) => !entries.some((entry) => isMatch(entry, subchart)));
  const listed: Chart[] = [];
  for (const entry of entries) {
    const found = findSubchart(chart.dependencies, entry, reporter);
    if (found !== undefined) listed.push(found);
    if (entry.alias !== "" && !ALIAS.test(entry.alias)) {
      throw new SkegError("chart", `illegal alias name in ${quote(entry.name)}`);
    }
    if (found === undefined) noteMismatch(chart, entry, reporter.warn);
  }
  return [...unlisted, ...listed];
}

function isMatch(entry: Requirement, subchart: Chart): boolean {
  const { name, version } = subchart.metadata;
  return name === entry.name && isCompatibleRange(entry.version, version ?? "");
}

function findSubchart(subcharts: readonly Chart[], entry: Requirement, reporter: Reporter): Chart | undefined {
  for (const subchart of subcharts) {
    if (!isMatch(entry, subchart)) continue;
    if (entry.alias === "") return subchart;
    if (ALIAS.test(entry.alias)) return { ...subchart, metadata: { ...subchart.metadata, name: entry.alias } };
    reporter.print(`Invalid alias in dependency ${quote(entry.name)}. Skipping.`);
  }
  return undefined;
}

/** Warns about a version mismatch. Helm 2: a subchart outside of its entry's range is still used, under its own name. */
function noteMismatch(chart: Chart, entry: Requirement, warn: Warn): void {
  const found = chart.dependencies.find((subchart) => subchart.metadata.name === entry.name);
  if (found === undefined) return;
  const range = entry.version === "" ? "has no version" : `asks for version ${quote(entry.version)}`;
  const fate = entry.alias === "" ? "it is used all the same" : `it is used as '${entry.name}', without its alias`;
  warn(
    `Note: requirements.yaml of chart '${chart.metadata.name}' ${range} for '${entry.name}', ` +
      `which is at version ${quote(found.metadata.version ?? "")}; ${fate}`,
  );
}

/** Returns the name in effect: the alias, or else the chart's name. */
function entryName(entry: Requirement): string {
  return entry.alias === "" ? entry.name : entry.alias;
}

/** Returns the names that tags and conditions disable. Conditions override tags. */
function disabledNames(entries: readonly Requirement[], values: GoMap, prefix: string, warn: Warn): Set<string> {
  const names = new Set<string>();
  const byTag = new Map<Requirement, boolean | undefined>();
  for (const entry of entries) byTag.set(entry, tagVerdict(entry, values, warn));
  for (const entry of entries) {
    const verdict = conditionVerdict(entry, values, prefix, warn) ?? byTag.get(entry) ?? true;
    if (!verdict) names.add(entryName(entry));
  }
  return names;
}

/** Returns true when any of an entry's tags is true, false when none is true and some are false, else `undefined`. */
function tagVerdict(entry: Requirement, values: GoMap, warn: Warn): boolean | undefined {
  const { tags } = values;
  if (!isMap(tags)) return undefined;
  let verdict: boolean | undefined;
  for (const tag of entry.tags) {
    if (!(tag in tags)) continue;
    const value = tags[tag];
    if (typeof value === "boolean") verdict = verdict === true || value;
    else warn(`Warning: Tag '${tag}' for chart ${entryName(entry)} returned non-bool value`);
  }
  return verdict;
}

/** Returns the boolean at the first path of an entry's condition that has a value; `undefined` when none has. */
function conditionVerdict(entry: Requirement, values: GoMap, prefix: string, warn: Warn): boolean | undefined {
  const condition = trimSpace(entry.condition);
  // Helm 2: the list is trimmed as a whole, its parts are not.
  for (const path of condition.split(",")) {
    if (path === "") continue;
    const value = findValue(values, `${prefix}${path}`);
    if (value === undefined) continue;
    if (typeof value === "boolean") return value;
    warn(`Warning: Condition path '${path}' for chart ${entryName(entry)} returned non-bool value`);
    if (value !== null) return undefined;
  }
  return undefined;
}
