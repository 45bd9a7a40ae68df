/**
 * Phrases for the changes from one revision to the next.
 *
 * @module
 */
import { isObject } from "../../engine/base/mod.ts";
import { parseValues } from "../../engine/chart/values/mod.ts";
import { KubeManifest } from "../../engine/kube/mod.ts";
import type { Release } from "../../engine/model/mod.ts";

/** The changes of a revision. */
export interface RevisionChanges {
  /** Such as `values image.tag; 1 object`. */
  readonly phrase: string;
  /** Paths of user values that differ, as `--set` takes them. */
  readonly values: readonly string[];
  /** Objects that differ, such as `Deployment/web`. */
  readonly objects: readonly string[];
}

/** More names of values are not listed. */
const NAMES_MAX = 2;

/** Returns the changes of a revision since the one before; `undefined` before: it is the first, or that one is gone. */
export function revisionChanges(before: Release | undefined, release: Release): RevisionChanges {
  if (before === undefined) {
    return { phrase: release.revision === 1 ? "installed" : "the revision before is gone", values: [], objects: [] };
  }
  const values = changedLeaves(valuesOf(before), valuesOf(release));
  const objects = changedObjects(before, release);
  const parts = [chartPart(before, release), valuesPart(values), objectsPart(objects)].filter((part) => part !== "");
  return { phrase: parts.join("; ") || "no change", values, objects };
}

function chartPart({ chart: before }: Release, { chart: after }: Release): string {
  const [old, now] = [before?.metadata, after?.metadata];
  if (old?.name !== now?.name) return `chart ${old?.name ?? "none"} -> ${now?.name ?? "none"}`;
  return old?.version === now?.version ? "" : `chart ${old?.version ?? "-"} -> ${now?.version ?? "-"}`;
}

function valuesPart(values: readonly string[]): string {
  if (values.length === 0) return "";
  return values.length <= NAMES_MAX ? `values ${values.join(", ")}` : `${values.length} values`;
}

function objectsPart(objects: readonly string[]): string {
  const [first = ""] = objects;
  return objects.length <= 1 ? first : `${objects.length} objects`;
}

function valuesOf({ config }: Release): unknown {
  try {
    return parseValues(config?.raw ?? "");
  } catch {
    return {};
  }
}

/** Returns the paths of leaves that differ. A list is one leaf. */
function changedLeaves(before: unknown, after: unknown, path = ""): string[] {
  const keys = [before, after].flatMap((side) => isObject(side) ? Object.keys(side) : []);
  const isMap = [before, after].every((side) => side === undefined || isObject(side)) && keys.length > 0;
  if (!isMap) return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
  return [...new Set(keys)].flatMap((key) => {
    const [old, now] = [before, after].map((side) => isObject(side) ? side[key] : undefined);
    return changedLeaves(old, now, path === "" ? pathKey(key) : `${path}.${pathKey(key)}`);
  });
}

/** Returns a key as `--set` takes it. */
export function pathKey(key: string): string {
  return key.replaceAll(/[\\.,=[\]{}]/g, "\\$&");
}

/** Returns the objects whose documents differ. Documents of equal text are not decoded. */
function changedObjects(before: Release, after: Release): string[] {
  const [old, now] = [new KubeManifest(before.manifest), new KubeManifest(after.manifest)];
  const [oldTexts, newTexts] = [old, now].map(({ documents }) => new Set(documents.map(({ text }) => text.trim())));
  const changed = [
    ...now.documents.filter(({ text }) => oldTexts?.has(text.trim()) !== true),
    ...old.documents.filter(({ text }) => newTexts?.has(text.trim()) !== true),
  ];
  return [...new Set(changed.flatMap((document) => nameOf(document)))];
}

function nameOf(document: { readonly data: unknown }): string[] {
  try {
    const { data } = document;
    if (!isObject(data) || typeof data.kind !== "string") return [];
    const name = isObject(data.metadata) ? data.metadata.name : undefined;
    return [`${data.kind}/${typeof name === "string" ? name : ""}`];
  } catch {
    return ["a document that cannot be read"];
  }
}
