/**
 * Where a value comes from: a flag, a file of the user, or the defaults of a chart.
 *
 * @module
 */
import type { Chart } from "../../model/mod.ts";
import { isMap } from "../../lang/golang/mod.ts";
import { encodeYaml, yamlLines } from "../../lang/yaml/mod.ts";
import { coalesceValues, parseValues } from "../values/mod.ts";
import { scalarText } from "./object_path.ts";

/** Values that the user gave in one way. */
export interface GivenSource {
  /** Its name in answers, such as `--set` or `site.yaml`, or a function that names it for a path. */
  readonly name: string | ((path: string) => string);
  /** The values. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The text of a file, to find lines. */
  readonly text?: string | undefined;
}

/** A value that templates read. */
export interface ValueFact {
  /** As templates of the top chart write it, such as `image.tag`, or `Release.Name` for other facts. */
  readonly path: string;
  /** Its text; `undefined` when it is not set, or a map or list. */
  readonly text: string | undefined;
  /** Where it comes from; empty when it is not set. */
  readonly source: string;
}

/** Finds values and where they come from. */
export interface ValueFinder {
  /** Returns facts about a path that a template read; `template` is the full name of the rendered file. */
  fact(read: string, template: string): ValueFact;
  /** Returns the value at a path below `.Values`. */
  at(path: string): unknown;
}

/** Facts besides values, such as `Release.Name`, as text. */
export type OtherFacts = (
  path: string,
  template: string,
) => { readonly text: string; readonly source: string } | undefined;

/** A chart with its requirements processed, and the same chart as its files are. */
interface Charts {
  readonly chart: Chart;
  /** `undefined`: not known, as for the chart of a record. */
  readonly loaded: Chart | undefined;
}

/**
 * Makes a finder for a chart with its requirements processed, and the user's config.
 *
 * @param loaded The chart before its requirements were processed, whose lines are those of its files.
 */
export function valueFinder(
  { chart, loaded }: Charts,
  config: string,
  given: readonly GivenSource[],
  other: OtherFacts,
): ValueFinder {
  const values = coalesceValues(chart, config, () => {}, "read");
  const at = (path: string) => walk(values, path)?.value;
  return {
    at,
    fact: (read, template) => {
      if (!read.startsWith("Values.")) {
        const fact = other(read, template);
        return { path: read, text: fact?.text, source: fact?.source ?? "" };
      }
      const path = read.slice("Values.".length);
      const value = at(path);
      const text = value === undefined ? undefined : scalarText(value);
      return { path, text, source: value === undefined ? "" : sourceOf({ chart, loaded }, path, given, value) };
    },
  };
}

/** Returns a value and its keys; a key may have dots. */
function walk(values: unknown, path: string): { value: unknown; keys: (string | number)[] } | undefined {
  if (path === "") return { value: values, keys: [] };
  if (typeof values !== "object" || values === null) return undefined;
  const parts = path.split(".");
  for (let length = 1; length <= parts.length; length++) {
    const key = parts.slice(0, length).join(".");
    if (!Object.hasOwn(values, key)) continue;
    const found = walk((values as Record<string, unknown>)[key], parts.slice(length).join("."));
    if (found !== undefined) {
      return { value: found.value, keys: [Array.isArray(values) ? Number(key) : key, ...found.keys] };
    }
  }
  return undefined;
}

function sourceOf(charts: Charts, path: string, given: readonly GivenSource[], used: unknown): string {
  for (const source of given.toReversed()) {
    const found = walk(source.values, path);
    if (found === undefined) continue;
    const line = source.text === undefined ? undefined : yamlLines(source.text)(found.keys);
    const name = typeof source.name === "string" ? source.name : source.name(path);
    return line === undefined ? name : `${name}:${line}`;
  }
  return defaultSource(charts, path, used);
}

/** Returns the source of a default: the values.yaml that has it, or the imports of requirements.yaml. */
function defaultSource({ chart, loaded }: Charts, path: string, used: unknown): string {
  // The globals of the chart at the top are those of its subcharts, too.
  const global = /\.(global\..+)$/.exec(path)?.[1];
  const found = (global === undefined ? undefined : inFiles(chart, loaded, global, "")) ??
    inFiles(chart, loaded, path, "");
  if (loaded === undefined) return found?.source ?? "";
  const isImported = found === undefined ? global === undefined : scalarText(found.value) !== scalarText(used);
  return isImported ? "import-values of requirements.yaml" : found?.source ?? "";
}

/** Finds a path in the defaults of a chart, then in those of the subchart that it belongs to. */
function inFiles(
  chart: Chart,
  loaded: Chart | undefined,
  path: string,
  where: string,
): { readonly value: unknown; readonly source: string } | undefined {
  const raw = (loaded ?? chart).values?.raw ?? "";
  const values = parseValues(raw);
  const found = walk(values, path);
  if (found !== undefined) {
    // Processed requirements leave values.yaml in another order: its lines are not those of the file.
    const hasLines = loaded !== undefined || !hasRequirements(chart) || raw !== encodeYaml(values);
    const line = hasLines ? yamlLines(raw)(found.keys) : undefined;
    const source = `${where}values.yaml${line === undefined ? "" : `:${line}`} of the chart`;
    return { value: found.value, source };
  }
  for (const child of chart.dependencies) {
    const { name } = child.metadata;
    if (!path.startsWith(`${name}.`)) continue;
    const file = loaded?.dependencies.find(({ metadata }) => metadata.name === name);
    const below = inFiles(child, file, path.slice(name.length + 1), `${where}charts/${name}/`);
    if (below !== undefined) return below;
  }
  return undefined;
}

const hasRequirements = (chart: Chart): boolean => chart.files.some(({ path }) => path === "requirements.yaml");

/** True if a path is another one, or is inside it, or around it. */
export function touches(read: string, wanted: string): boolean {
  return read === wanted || read.startsWith(`${wanted}.`) || wanted.startsWith(`${read}.`);
}

/** Returns the value at a path, whose keys may have dots; `undefined` when there is none. */
export function valueIn(values: unknown, path: string): unknown {
  return isMap(values) ? walk(values, path)?.value : undefined;
}
