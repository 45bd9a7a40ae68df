/**
 * Adds up the lines, branches and values of each chart and subchart that tests reached.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Chart } from "../engine/model/mod.ts";
import { fromBytes, isMap } from "../engine/lang/golang/mod.ts";
import {
  type FileCoverage,
  type FuncTable,
  leavesNeverRead,
  readsWithoutValue,
  type ValueRead,
} from "../engine/lang/template/mod.ts";
import { loadRequirements } from "../engine/chart/load/mod.ts";
import type { JobConfig } from "../engine/chart/suite/mod.ts";
import { ChartCoverage } from "../engine/chart/render/mod.ts";
import { coalesceValues, parseValues, processRequirements } from "../engine/chart/values/mod.ts";

/** A part of a whole. */
export interface Share {
  /** The number that was reached. */
  readonly hit: number;
  /** The number of all. */
  readonly total: number;
}

/** The coverage of one template file. */
export interface CoveredTemplate {
  /** Relative to its chart, such as `templates/service.yaml`. */
  readonly path: string;
  /** From the current folder, for editors and services; a file of an archive has the path that unpacking would give. */
  readonly file: string;
  /** The text of the template. */
  readonly text: string;
  /** False if no test rendered it to a document; partials have none, and count as true. */
  readonly hasDocument: boolean;
  /** Lines that ran. */
  readonly lines: Share;
  /** Ways of branches that were taken. */
  readonly branches: Share;
  /** All counts. */
  readonly counts: FileCoverage;
}

/** A value that tests set and no template reads. */
export interface UnusedSetting {
  /** As the top chart's values have it, such as `image.tga`. */
  readonly path: string;
  /** The suites that set it. */
  readonly suites: readonly string[];
}

/** The coverage of one chart or subchart. */
export interface CoveredChart {
  /** Its name, or for subcharts `web/charts/db`. */
  readonly name: string;
  /** True if it counts in totals: the charts that were named, and subcharts of which suites ran. */
  readonly isCounted: boolean;
  /** In the order of their names. */
  readonly templates: readonly CoveredTemplate[];
  /** Values of its values.yaml that no template reads. A map without any read is one entry. */
  readonly unread: readonly string[];
  /** Values that its templates read, and that values.yaml does not have. */
  readonly missing: readonly string[];
  /** Values that tests set and no template reads, if values.yaml does not have them either; of the top chart only. */
  readonly unused: readonly UnusedSetting[];
}

/** Adds the shares of templates. */
export function totalOf(templates: readonly CoveredTemplate[], of: "lines" | "branches"): Share {
  return templates.reduce(
    (sum, each) => ({ hit: sum.hit + each[of].hit, total: sum.total + each[of].total }),
    { hit: 0, total: 0 },
  );
}

/** Returns the templates that count in totals. */
export function countedTemplates(charts: readonly CoveredChart[]): CoveredTemplate[] {
  return charts.filter(({ isCounted }) => isCounted).flatMap(({ templates }) => templates);
}

/** Returns a share in percent, rounded down, so that 100 means all; 100 for a share of nothing. */
export function percentOf({ hit, total }: Share): number {
  return total === 0 ? 100 : Math.floor(hit * 100 / total);
}

/** Collects the coverage of one chart while its suites run. */
export class CoverageCollector {
  /** For the renders of the chart. */
  readonly counters: ChartCoverage;
  readonly #documents = new Set<string>();
  readonly #routes = new Set<string>();
  /** One config of each shape, and the suites that gave such ones: which values are read does not depend on what they are. */
  readonly #configs = new Map<string, { readonly text: string; readonly suites: Set<string> }>();

  /**
   * Makes a collector without counts.
   *
   * @param functions The functions of the templates; absent: those of Helm 2.
   */
  constructor(functions?: FuncTable) {
    this.counters = new ChartCoverage(functions);
  }

  /** Notes that a suite runs. */
  suite(route: string): void {
    this.#routes.add(route);
  }

  /** Notes the config of a test. */
  config({ text, values }: JobConfig, suite: string): void {
    const shape = shapeOf(values);
    const known = this.#configs.get(shape);
    if (known === undefined) this.#configs.set(shape, { text, suites: new Set([suite]) });
    else known.suites.add(suite);
  }

  /** Notes the rendered files of a test. */
  rendered(files: ReadonlyMap<string, string>): void {
    for (const [name, text] of files) if (!this.#documents.has(name) && text.trim() !== "") this.#documents.add(name);
  }

  /**
   * Returns the coverage of the chart and its subcharts.
   *
   * @param chart As it was loaded.
   * @param path Its folder, as it is shown.
   */
  report(chart: Chart, path: string): CoveredChart[] {
    const { whole, defaults } = this.#planAll(chart);
    const { files, values } = this.counters.result();
    const byName = mergedFiles(files, whole);
    const used = usedByRequirements(whole);
    const unused = this.#unused(defaults, values, used);
    return routesOf(whole).map(({ route, base, chart: part }) => {
      const templates = part.templates.flatMap((file): CoveredTemplate[] => {
        const counts = byName.get(`${route}/${file.path}`);
        return counts === undefined ? [] : [this.#template(counts, file.path, fromBytes(file.data), { route, path })];
      });
      const isTop = base.length === 1;
      return {
        name: route,
        isCounted: isTop || this.#routes.has(route),
        templates: templates.sort((a, b) => a.path < b.path ? -1 : 1),
        unread: unreadValues(part, base, values, used),
        missing: missingValues(part, base, defaults, values),
        unused: isTop ? unused : [],
      };
    });
  }

  /**
   * Plans the templates that no suite chose, too. Returns the chart with all its subcharts under their final names, and the
   * default values of all of them.
   */
  #planAll(chart: Chart): { whole: Chart; defaults: unknown } {
    try {
      const processed = processRequirements(chart, "");
      const whole = withDisabled(processed, chart);
      if (chart.metadata.engine !== "eta") this.counters.plan(whole);
      return { whole, defaults: coalesceValues(processed, "", () => {}) };
    } catch (error) {
      // A chart that cannot be parsed has failed tests already.
      if (!(error instanceof SkegError)) throw error;
      return { whole: chart, defaults: coalesceValues(chart, "", () => {}) };
    }
  }

  #template(
    counts: FileCoverage,
    path: string,
    text: string,
    chart: { route: string; path: string },
  ): CoveredTemplate {
    const below = chart.route.slice(chart.route.split("/")[0]?.length);
    const ways = counts.branches.flatMap((branch) => branch.ways);
    const isPartial = path.slice(path.lastIndexOf("/") + 1).startsWith("_") || path.endsWith(".tpl");
    return {
      path,
      file: `${chart.path}${below}/${path}`.replace(/^\//, chart.path.startsWith("/") ? "/" : ""),
      text,
      hasDocument: isPartial || this.#documents.has(`${chart.route}/${path}`),
      lines: { hit: counts.lines.filter(({ hits }) => hits > 0).length, total: counts.lines.length },
      branches: { hit: ways.filter(({ hits }) => hits > 0).length, total: ways.length },
      counts,
    };
  }

  #unused(defaults: unknown, reads: readonly ValueRead[], used: readonly string[][]): UnusedSetting[] {
    const found = new Map<string, Set<string>>();
    for (const { text, suites } of this.#configs.values()) {
      for (const path of leavesNeverRead(parseValues(text), reads)) {
        const names = path.slice(1);
        if (used.some((prefix) => startsWith(names, prefix)) || hasPath(defaults, names)) continue;
        const shown = pathText(names);
        const known = found.get(shown) ?? new Set();
        found.set(shown, known);
        for (const suite of suites) known.add(suite);
      }
    }
    return [...found].sort(([a], [b]) => a < b ? -1 : 1).map(([path, suites]) => ({
      path,
      suites: [...suites].sort(),
    }));
  }
}

/** Returns the keys of a tree of values as text. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shapeOf).join()}]`;
  if (!isMap(value)) return "";
  return `{${Object.keys(value).map((key) => `${JSON.stringify(key)}:${shapeOf(value[key])}`).join()}}`;
}

/**
 * Adds subcharts that the defaults disable, unless an alias gives them another name. Each chart gets the values of its own file
 * back: processing adds those of subcharts.
 */
function withDisabled(processed: Chart, chart: Chart): Chart {
  const names = new Set(processed.dependencies.map(({ metadata }) => metadata.name));
  const aliases = (loadRequirements(chart)?.dependencies ?? []).filter(({ alias }) => alias !== "");
  const originalOf = (child: Chart): Chart => {
    const own = child.metadata.name;
    const name = aliases.find(({ alias }) => alias === own)?.name ?? own;
    return chart.dependencies.find(({ metadata }) => metadata.name === name) ?? child;
  };
  const isLeftOut = ({ metadata: { name } }: Chart) =>
    !names.has(name) && !aliases.some((entry) => entry.name === name);
  const dependencies = [
    ...processed.dependencies.map((child) => withDisabled(child, originalOf(child))),
    ...chart.dependencies.filter(isLeftOut),
  ];
  return { ...processed, values: chart.values, dependencies };
}

interface ChartPlace {
  /** `web`, or `web/charts/db`. */
  readonly route: string;
  /** The path of its values as the top chart sees them. */
  readonly base: readonly string[];
  readonly chart: Chart;
}

function routesOf(chart: Chart, route = chart.metadata.name, base: readonly string[] = ["Values"]): ChartPlace[] {
  const below = chart.dependencies.flatMap((child) =>
    routesOf(child, `${route}/charts/${child.metadata.name}`, [...base, child.metadata.name])
  );
  return [{ route, base, chart }, ...below];
}

/**
 * Returns the counts by file. A suite with chosen templates loads other `.tpl` files under a name that begins with `_`:
 * their counts belong to the file.
 */
function mergedFiles(files: readonly FileCoverage[], chart: Chart): Map<string, FileCoverage> {
  const names = new Set(
    routesOf(chart).flatMap(({ route, chart: { templates } }) => templates.map(({ path }) => `${route}/${path}`)),
  );
  const merged = new Map<string, FileCoverage>();
  for (const file of files) {
    const plain = file.name.replace(/\/_([^/]*)$/, "/$1");
    const name = names.has(file.name) ? file.name : plain;
    const known = merged.get(name);
    merged.set(name, known === undefined ? file : sumOf(known, file));
  }
  return merged;
}

/** Adds the counts of one file that was compiled in two ways. */
function sumOf(first: FileCoverage, second: FileCoverage): FileCoverage {
  const [whole, part] = first.lines.length >= second.lines.length ? [first, second] : [second, first];
  const lines = new Map(part.lines.map(({ line, hits }) => [line, hits]));
  const keyOf = ({ line, column, kind }: { line: number; column: number; kind: string }) => `${line}:${column}:${kind}`;
  const branches = new Map(part.branches.map((branch) => [keyOf(branch), branch]));
  const calls = new Map(part.calls.map((call) => [keyOf(call), call.hits]));
  const defines = new Map(part.defines.map(({ name, line, hits }) => [`${line}:${name}`, hits]));
  return {
    ...whole,
    renders: whole.renders + part.renders,
    lines: whole.lines.map(({ line, hits }) => ({ line, hits: hits + (lines.get(line) ?? 0) })),
    branches: whole.branches.map((branch) => ({
      ...branch,
      ways: branch.ways.map(({ name, hits }, at) => ({
        name,
        hits: hits + (branches.get(keyOf(branch))?.ways[at]?.hits ?? 0),
      })),
    })),
    defines: whole.defines.map((each) => ({
      ...each,
      hits: each.hits + (defines.get(`${each.line}:${each.name}`) ?? 0),
    })),
    calls: whole.calls.map((call) => ({ ...call, hits: call.hits + (calls.get(keyOf(call)) ?? 0) })),
  };
}

/**
 * Returns the paths of values that no template has to read: conditions, tags, imported values, and values of subcharts that are
 * not in the folder.
 */
function usedByRequirements(chart: Chart, base: readonly string[] = []): string[][] {
  const own = (loadRequirements(chart)?.dependencies ?? []).flatMap((entry) => {
    const child = [...base, entry.alias === "" ? entry.name : entry.alias];
    const isThere = chart.dependencies.some(({ metadata: { name } }) => name === child.at(-1));
    return [
      ...isThere ? [] : [child],
      ...entry.condition.split(",").map((path) => [...base, ...path.trim().split(".")]),
      ...entry.tags.map((tag) => ["tags", tag]),
      ...entry.importValues.map((value) =>
        isMap(value) ? [...child, ...`${value["child"] ?? ""}`.split(".")] : [...child, "exports", `${value}`]
      ),
    ];
  });
  const below = chart.dependencies.flatMap((child) => usedByRequirements(child, [...base, child.metadata.name]));
  return [...own, ...below];
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((name, at) => path[at] === name);
}

function hasPath(values: unknown, path: readonly string[]): boolean {
  let value = values;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return false;
    value = (value as Record<string, unknown>)[name];
  }
  return true;
}

/** Returns the chart's own defaults that no template reads. */
function unreadValues(
  chart: Chart,
  base: readonly string[],
  reads: readonly ValueRead[],
  used: readonly string[][],
): string[] {
  if (chart.values === undefined) return [];
  const values = parseValues(chart.values.raw);
  const isUsed = (path: readonly string[]) =>
    used.some((prefix) => startsWith(path.slice(1), prefix)) ||
    // Globals of a subchart are those of the top chart.
    path[base.length] === "global" && leavesNeverRead(null, reads, ["Values", ...path.slice(base.length)]).length === 0;
  const unread = new Set(
    leavesNeverRead(values, reads, base).filter((path) => !isUsed(path)).map((path) => path.join("\0")),
  );
  return collapsed(values, base, unread).map((path) => pathText(path.slice(base.length)));
}

/** Joins the leaves of maps that are unread as a whole. */
function collapsed(value: unknown, path: readonly string[], unread: ReadonlySet<string>): string[][] {
  const parts = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return parts.flatMap(([name, part]) => {
    const inner = [...path, name];
    return isUnread(part, inner, unread) ? [inner] : collapsed(part, inner, unread);
  });
}

function isUnread(value: unknown, path: readonly string[], unread: ReadonlySet<string>): boolean {
  const parts = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (parts.length === 0) return unread.has(path.join("\0"));
  return parts.every(([name, part]) => isUnread(part, [...path, name], unread));
}

function missingValues(
  chart: Chart,
  base: readonly string[],
  defaults: unknown,
  reads: readonly ValueRead[],
): string[] {
  const children = new Set(chart.dependencies.map(({ metadata }) => metadata.name));
  let own: unknown = defaults;
  for (const name of base.slice(1)) own = isMap(own) ? own[name] : undefined;
  const missing = readsWithoutValue(own ?? {}, reads, base).map((path) => path.slice(base.length))
    .filter(([first = ""]) => first !== "" && first !== "global" && !children.has(first))
    .filter((path) => !isInOpenContainer(own, path));
  // A value that is missing has no parts either: the outer path says it.
  const outer = missing.filter((path) =>
    !missing.some((other) => other.length < path.length && startsWith(path, other))
  );
  return [...new Set(outer.map(pathText))].sort();
}

/** True for a part of a list or of an empty map of the defaults: users fill these with what they like. */
function isInOpenContainer(values: unknown, path: readonly string[]): boolean {
  let value = values;
  for (const name of path) {
    if (Array.isArray(value)) return true;
    if (typeof value !== "object" || value === null) return false;
    if (!Object.hasOwn(value, name)) return value !== values && Object.keys(value).length === 0;
    value = (value as Record<string, unknown>)[name];
  }
  return false;
}

/** Writes a path of values: `image.tag`, `hosts[0]`, `annotations["a.b"]`. */
function pathText(path: readonly string[]): string {
  return path.map((name, at) => {
    if (at > 0 && /^\d+$/.test(name)) return `[${name}]`;
    if (!/^[\w-]+$/.test(name)) return `[${JSON.stringify(name)}]`;
    return at === 0 ? name : `.${name}`;
  }).join("");
}
