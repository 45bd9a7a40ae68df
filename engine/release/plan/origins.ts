/**
 * Finds the template lines that wrote a field, and the values that they read.
 *
 * @module
 */
import type { TracedLine } from "../../chart/render/mod.ts";
import { isObject } from "../../kube/mod.ts";
import type { ChangeOrigin, FieldPath, FindOrigins } from "../../kube/explain/mod.ts";
import type { ManifestObject } from "./manifest_objects.ts";
import { documentObjects } from "./manifest_objects.ts";
import { locate } from "./locate.ts";

/** Traced lines by template. */
type Traced = Readonly<Record<string, readonly TracedLine[]>>;

/** True if a value differs between the two sides; the path is as templates write it, such as `Values.image.tag`. */
export type IsChangedValue = (path: string) => boolean;

/** Returns a function that tells if a value differs. */
export function changedValues(old: unknown, target: unknown): IsChangedValue {
  return (path) => {
    const [first, ...parts] = path.split(".");
    if (first !== "Values" || parts.length === 0) return false;
    return textOf(reach(old, parts)) !== textOf(reach(target, parts));
  };
}

function reach(values: unknown, parts: readonly string[]): unknown {
  return parts.reduce((value, part) => isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined, values);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => typeof inner === "bigint" ? String(inner) : inner) ?? "";
}

/**
 * Returns a function that finds the origins of an object's fields.
 *
 * @param made The object as the manifest has it.
 */
export function originsIn(
  traced: Traced,
  made: ManifestObject,
  namespace: string,
  isChanged: IsChangedValue,
): FindOrigins {
  const document = documentOf(traced[made.path] ?? [], made, namespace);
  if (document === undefined) return () => [];
  const texts = document.map(({ text }) => text);
  return (path) => {
    const { start, end } = locate(texts, positionsOf(path, made.object));
    return originOf(document.slice(start, end), made.path, isChanged);
  };
}

/** Returns the lines of the document in which an object stands. */
function documentOf(
  lines: readonly TracedLine[],
  { id }: ManifestObject,
  namespace: string,
): readonly TracedLine[] | undefined {
  let start = 0;
  for (let at = 0; at <= lines.length; at++) {
    if (at < lines.length && !lines[at]?.text.startsWith("---")) continue;
    const document = lines.slice(start, at);
    const objects = documentObjects(document.map(({ text }) => text).join("\n"), "", namespace);
    const isIt = objects.some((one) =>
      one.id.kind === id.kind && one.id.name === id.name && one.id.namespace === id.namespace
    );
    if (isIt) return document;
    start = at + 1;
  }
  return undefined;
}

/** Returns the path with positions instead of keys. */
function positionsOf(path: FieldPath, object: unknown): (string | number)[] {
  const parts: (string | number)[] = [];
  let value: unknown = object;
  for (const part of path) {
    const step = typeof part !== "object"
      ? part
      : (Array.isArray(value) ? value : []).findIndex((item) =>
        part.key === ""
          ? String(item) === part.value
          : isObject(item) && part.key.split("/").map((key) => item[key] ?? "TCP").join("/") === part.value
      );
    parts.push(step);
    value = Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[String(step)] : undefined;
  }
  return parts;
}

function originOf(lines: readonly TracedLine[], path: string, isChanged: IsChangedValue): ChangeOrigin[] {
  const origins = lines.flatMap((line) => line.origins);
  const values = [...new Set(origins.flatMap((origin) => [...origin.values, ...origin.conditions]))].filter(isChanged)
    .map((value) => value.replace(/^Values\./, ""));
  // The file's own line is more useful than that of a helper which many files include.
  const place = lines[0]?.origins.findLast((origin) => origin.template === path && !origin.isTpl);
  if (place === undefined && values.length === 0) return [];
  return [{
    template: belowChart(path),
    ...place === undefined ? {} : { line: place.line },
    ...values.length === 0 ? {} : { values },
  }];
}

/** Returns a template's path without the name of the top chart. */
export function belowChart(path: string): string {
  return path.slice(path.indexOf("/") + 1);
}
