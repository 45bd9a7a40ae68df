/**
 * Says where a line of output comes from, what a template line writes, and what depends on a value.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { nearest, orList } from "../../base/mod.ts";
import type { Chart } from "../../model/mod.ts";
import { fromBytes } from "../../lang/golang/mod.ts";
import { type Origin, type RenderOptions, traceChart } from "../render/mod.ts";
import { findPath, type ObjectPath, scalarText, shownPath, valueAt } from "./object_path.ts";
import { linesOfPath, matching, type ObjectName, objectsOf, pathsOf, type TracedObject } from "./objects.ts";
import {
  type GivenSource,
  type OtherFacts,
  touches,
  type ValueFact,
  type ValueFinder,
  valueFinder,
} from "./sources.ts";

/** The chart's values and facts. */
export interface WhyOptions extends Pick<RenderOptions, "release" | "capabilities" | "clock" | "random"> {
  /** The user's config as YAML text. */
  readonly config: string;
  /** The parts of the config, in the order in which they were applied. */
  readonly given?: readonly GivenSource[] | undefined;
  /** The chart before its requirements were processed: lines of values.yaml are those of its files. */
  readonly loaded?: Chart | undefined;
}

/** A place in a template. */
export interface TemplatePlace {
  /** Path in the chart tree, such as `templates/a.yaml` or `charts/db/templates/a.yaml`. */
  readonly file: string;
  /** 1-based line. */
  readonly line: number;
  /** The line of the template. */
  readonly text: string;
  /** The named template that the line belongs to; `undefined` in the file itself. */
  readonly define?: string | undefined;
}

/** Where a field of an object comes from. */
export interface FieldOrigin {
  /** `KIND/NAME`. */
  readonly object: string;
  /** The field; empty: the whole object. */
  readonly path: string;
  /** Its text; `undefined` for maps and lists. */
  readonly text: string | undefined;
  /** From the template that is rendered to the innermost named template. */
  readonly places: readonly TemplatePlace[];
  /** Values read to write it. */
  readonly values: readonly ValueFact[];
  /** Values that decided that it is written. */
  readonly conditions: readonly ValueFact[];
}

/** A field that something writes or decides. */
export interface FieldUse {
  /** `KIND/NAME`. */
  readonly object: string;
  /** The field. */
  readonly path: string;
  /** True if it is written because of the value; false if the value is in it. */
  readonly isCondition: boolean;
}

/** A traced chart that answers questions. */
export interface Explained {
  /** Its objects. */
  readonly objects: readonly TracedObject[];
  /** Finds values. */
  readonly finder: ValueFinder;
  /** Returns where a field comes from; an empty path: the whole object. */
  field(name: ObjectName, path: string): FieldOrigin;
  /**
   * Returns the fields that a template line writes.
   *
   * @throws SkegError of kind `not-found` when there is no such template or line.
   */
  templateLine(file: string, line: number): FieldUse[];
  /** Returns the fields that depend on a value, such as `image.tag`. */
  value(path: string): FieldUse[];
  /** True if a written line depends on a value. */
  isRead(path: string): boolean;
}

/** Renders a chart, and returns what answers questions about it. `chart` has its requirements processed. */
export async function explainChart(chart: Chart, options: WhyOptions): Promise<Explained> {
  const { config, given = [], loaded, ...facts } = options;
  const traced = await traceChart(chart, { ...facts, values: config });
  const objects = objectsOf(traced);
  const finder = valueFinder({ chart, loaded }, config, given, otherFacts(chart, options));
  const texts = textsOf(chart);
  let reads: readonly string[] | undefined;
  return {
    objects,
    finder,
    isRead: (path) => (reads ??= readsOf(objects)).some((read) => touches(read, `Values.${path}`)),
    field: (name, path) => fieldOrigin(objects, name, path, chart, texts, finder),
    templateLine: (file, line) => {
      requireLine(file, line, chart, texts);
      return usesOf(
        objects,
        (origin) =>
          origin.line === line && !origin.isTpl && shortName(origin.template, chart) === file ? "value" : undefined,
      );
    },
    value: (path) => {
      const wanted = `Values.${path}`;
      return usesOf(
        objects,
        (origin) =>
          origin.values.some((read) => touches(read, wanted))
            ? "value"
            : origin.conditions.some((read) => touches(read, wanted))
            ? "condition"
            : undefined,
      );
    },
  };
}

/** Returns the paths of all values that written lines depend on. */
function readsOf(objects: readonly TracedObject[]): string[] {
  const origins = objects.flatMap(({ lines }) => lines.flatMap((line) => line.origins));
  return [...new Set(origins.flatMap(({ values, conditions }) => [...values, ...conditions]))];
}

function otherFacts(chart: Chart, { release = {} }: WhyOptions): OtherFacts {
  const facts: Record<string, string> = {
    "Release.Name": release.name ?? "RELEASE-NAME",
    "Release.Namespace": release.namespace ?? "default",
    "Release.Revision": `${release.revision ?? 0}`,
    "Release.IsInstall": `${release.isInstall ?? !release.isUpgrade}`,
    "Release.IsUpgrade": `${release.isUpgrade ?? false}`,
    "Release.Service": release.service ?? "Tiller",
  };
  return (path, template) => {
    if (Object.hasOwn(facts, path)) return { text: facts[path] ?? "", source: "the release" };
    const field = /^Chart\.(\w+)$/.exec(path)?.[1];
    if (field === undefined) return undefined;
    // A template reads the Chart.yaml of its own chart.
    const names = shortName(template, chart).match(/(?<=^|\/)charts\/[^/]+(?=\/)/g)?.map((part) => part.slice(7)) ?? [];
    const owner = names.reduce<Chart | undefined>(
      (current, name) => current?.dependencies.find((child) => child.metadata.name === name),
      chart,
    );
    const key = `${field[0]?.toLowerCase()}${field.slice(1)}`;
    const value = (owner?.metadata as unknown as Record<string, unknown> | undefined)?.[key];
    const file = names.map((name) => `charts/${name}/`).join("");
    return typeof value === "string" ? { text: value, source: `${file}Chart.yaml` } : undefined;
  };
}

/** Returns the lines of every template, by its full name. */
function textsOf(chart: Chart): ReadonlyMap<string, readonly string[]> {
  const texts = new Map<string, readonly string[]>();
  const visit = (current: Chart, path: string): void => {
    for (const file of current.templates) texts.set(`${path}/${file.path}`, fromBytes(file.data).split("\n"));
    for (const child of current.dependencies) visit(child, `${path}/charts/${child.metadata.name}`);
  };
  visit(chart, chart.metadata.name);
  return texts;
}

/** Fails for a template or a line that the chart does not have. */
function requireLine(file: string, line: number, chart: Chart, texts: ReadonlyMap<string, readonly string[]>): void {
  const lines = texts.get(`${chart.metadata.name}/${file}`);
  if (lines === undefined) {
    const names = [...texts.keys()].map((name) => shortName(name, chart));
    throw new SkegError("not-found", `the chart has no template ${file}`, { hint: choiceOf(file, names, "it has") });
  }
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  if (line >= 1 && line <= count) return;
  throw new SkegError("not-found", `${file} has no line ${line}`, {
    hint: count === 0 ? "it is empty" : `it has lines 1 to ${count}`,
  });
}

const SHOWN_MAX = 10;

/** Returns the names that a mistyped one may mean, and the first ones there are, one a line. */
function choiceOf(typed: string, names: readonly string[], lead: string): string {
  const all = [...new Set(names)];
  if (all.length === 0) return `${lead} none`;
  const near = nearest(typed, all);
  // Mostly the release's name is missing in front: objects of the same kind are meant.
  const kind = /^(?!templates\/|charts\/)[^/]+\//.exec(typed)?.[0].toLowerCase();
  const ofKind = kind === undefined ? [] : all.filter((name) => name.toLowerCase().startsWith(kind));
  const meant = near.length > 0 ? near : ofKind.slice(0, 3);
  const rest = all.length - SHOWN_MAX;
  return [
    ...meant.length === 0 ? [] : [`did you mean ${orList(meant)}?`],
    `${lead}:`,
    ...all.slice(0, SHOWN_MAX).map((name) => `  ${name}`),
    ...rest > 0 ? [`  and ${rest} more`] : [],
  ].join("\n");
}

/** Returns a template's name without the top chart's. */
export function shortName(template: string, chart: Chart): string {
  const { name } = chart.metadata;
  return template.startsWith(`${name}/`) ? template.slice(name.length + 1) : template;
}

function fieldOrigin(
  objects: readonly TracedObject[],
  name: ObjectName,
  path: string,
  chart: Chart,
  texts: ReadonlyMap<string, readonly string[]>,
  finder: ValueFinder,
): FieldOrigin {
  const object = oneObject(objects, name);
  const found = findPath(object.value, path);
  const { from, to } = linesOfPath(object, found);
  const all = object.lines.slice(from, to).flatMap(({ origins }) => origins);
  const first = object.lines[from]?.origins ?? [];
  // Inner places come first in a trace; people read from the outside.
  const places = unique(
    first.toReversed().map((origin) => placeOf(origin, chart, texts)),
    ({ file, line }) => `${file}:${line}`,
  );
  const facts = (paths: readonly string[]) => [...new Set(paths)].map((read) => finder.fact(read, object.template));
  return {
    object: `${object.kind}/${object.name}`,
    path: shownPath(object.value, found),
    text: scalarText(valueAt(object.value, found)),
    places: places.sort((left, right) => Number(left.define !== undefined) - Number(right.define !== undefined)),
    values: facts(all.flatMap(({ values }) => values)),
    conditions: facts(first.flatMap(({ conditions }) => conditions)),
  };
}

function oneObject(objects: readonly TracedObject[], name: ObjectName): TracedObject {
  const found = matching(objects, name);
  const [first, second] = found;
  const shown = `${name.kind}/${name.name}`;
  if (first !== undefined && second === undefined) return first;
  const names = (found.length > 0 ? found : objects).map((each) => `${each.kind}/${each.name}`);
  if (first === undefined) {
    throw new SkegError("not-found", `the chart does not render ${shown}`, {
      hint: `${choiceOf(shown, names, "it renders")}\n--missing ${shown} says why one is missing`,
    });
  }
  throw new SkegError("not-found", `the chart renders ${found.length} objects ${shown}`, {
    hint: choiceOf("", names, "name one of them"),
  });
}

function placeOf(
  { template, line, isTpl }: Origin,
  chart: Chart,
  texts: ReadonlyMap<string, readonly string[]>,
): TemplatePlace {
  const lines = texts.get(template) ?? [];
  const text = isTpl ? "(in a text given to tpl)" : (lines[line - 1] ?? "").trim();
  const define = isTpl ? undefined : defineAt(lines, line);
  return { file: shortName(template, chart), line, text, define };
}

/** Returns the name of the `define` that a line is inside of. */
function defineAt(lines: readonly string[], line: number): string | undefined {
  for (let at = line - 1; at >= 0; at--) {
    const name = /\{\{-?\s*(?:define|block)\s+"([^"]+)"/.exec(lines[at] ?? "")?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

function unique<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** Returns the fields on lines with an origin that matters, without fields that only contain such fields. */
function usesOf(
  objects: readonly TracedObject[],
  kindOf: (origin: Origin) => "value" | "condition" | undefined,
): FieldUse[] {
  return objects.flatMap((object) => {
    const kinds = object.lines.map(({ origins }) => {
      const found = origins.map(kindOf);
      return found.includes("value") ? "value" : found.includes("condition") ? "condition" : undefined;
    });
    return innermost(object, kinds).map(({ path, kind }) => ({
      object: `${object.kind}/${object.name}`,
      path: shownPath(object.value, path),
      isCondition: kind === "condition",
    }));
  });
}

function innermost(
  object: TracedObject,
  kinds: readonly ("value" | "condition" | undefined)[],
): { path: ObjectPath; kind: "value" | "condition" }[] {
  const found: { path: ObjectPath; kind: "value" | "condition"; from: number }[] = [];
  for (const path of pathsOf(object.value)) {
    const { from, to } = linesOfPath(object, path);
    const isLeaf = scalarText(valueAt(object.value, path)) !== undefined;
    // A text of several lines has one path for all of them.
    const kind = isLeaf ? kinds.slice(from, to).find((each) => each !== undefined) : kinds[from];
    if (kind === undefined) continue;
    const last = found.at(-1);
    // The item of a list and its first field are on one line: the field says more.
    if (last !== undefined && last.from === from && last.path.every((step, at) => step === path[at])) found.pop();
    found.push({ path, kind, from });
  }
  return found;
}
