/**
 * Where a value comes from: a flag, a file of the user, or the defaults of a chart.
 *
 * @module
 */
import type { Chart } from "../../model/mod.ts";
import { isMap } from "../../lang/golang/mod.ts";
import { yamlLines } from "../../lang/yaml/mod.ts";
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

/** Makes a finder for a chart with its requirements processed, and the user's config. */
export function valueFinder(
  chart: Chart,
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
      return { path, text, source: value === undefined ? "" : sourceOf(chart, path, given) };
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

function sourceOf(chart: Chart, path: string, given: readonly GivenSource[]): string {
  for (const source of given.toReversed()) {
    const found = walk(source.values, path);
    if (found === undefined) continue;
    const line = source.text === undefined ? undefined : yamlLines(source.text)(found.keys);
    const name = typeof source.name === "string" ? source.name : source.name(path);
    return line === undefined ? name : `${name}:${line}`;
  }
  return defaultSource(chart, path, "") ?? "";
}

/** Finds a path in the defaults of a chart, then in those of the subchart that it belongs to. */
function defaultSource(chart: Chart, path: string, where: string): string | undefined {
  const raw = chart.values?.raw ?? "";
  const found = walk(parseValues(raw), path);
  if (found !== undefined) {
    const line = yamlLines(raw)(found.keys);
    const file = `${where}values.yaml`;
    // Imported values are added to the defaults, in another order than in the file.
    return `${file}${line === undefined ? "" : `:${line}`} of the chart`;
  }
  for (const child of chart.dependencies) {
    const { name } = child.metadata;
    const inner = path.startsWith(`${name}.`) ? path.slice(name.length + 1) : undefined;
    const below = inner === undefined ? undefined : defaultSource(child, inner, `${where}charts/${name}/`);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** True if a path is another one, or is inside it, or around it. */
export function touches(read: string, wanted: string): boolean {
  return read === wanted || read.startsWith(`${wanted}.`) || wanted.startsWith(`${read}.`);
}

/** Returns the value at a path, whose keys may have dots; `undefined` when there is none. */
export function valueIn(values: unknown, path: string): unknown {
  return isMap(values) ? walk(values, path)?.value : undefined;
}
