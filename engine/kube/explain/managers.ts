/**
 * Who wrote a field, from `metadata.managedFields`.
 *
 * Source: Kubernetes, `structured-merge-diff`, the format `FieldsV1`.
 *
 * @module
 */
import { isCreator } from "../../base/mod.ts";
import { isObject, type JsonObject, type KubeObject } from "../mod.ts";
import type { FieldPath, PathPart } from "./paths.ts";

/** A manager of a field. */
export interface FieldManager {
  /** Such as `kubectl-edit`. */
  readonly name: string;
  /** When it last wrote to the object, in RFC 3339; empty if the server does not say. */
  readonly at: string;
  /** `Apply` or `Update`. */
  readonly operation: string;
}

/** Returns the managers of a field or of fields below it, the latest first. `status` is left out. */
export function managersOf(object: KubeObject, path: FieldPath): FieldManager[] {
  return entriesOf(object).filter(({ fieldsV1 }) => isObject(fieldsV1) && owns(fieldsV1, path)).map((
    { manager, time, operation },
  ) => ({
    name: String(manager ?? ""),
    at: typeof time === "string" ? time : "",
    operation: String(operation ?? ""),
  })).sort((a, b) => a.at < b.at ? 1 : a.at > b.at ? -1 : 0);
}

/** Returns the entries of all managers but those of `status`. */
function entriesOf({ metadata }: KubeObject): JsonObject[] {
  const entries = metadata?.["managedFields"];
  if (!Array.isArray(entries)) return [];
  return entries.filter((entry): entry is JsonObject => isObject(entry) && entry.subresource !== "status");
}

/** Tells the fields of other managers from those of the programs that manage releases. */
export interface ForeignFields {
  /** True if another manager has written the field, or something below it. */
  has(path: FieldPath): boolean;
  /** Returns the manager that keeps a field: it owns the field, and no program that manages releases does. */
  keeper(path: FieldPath): FieldManager | undefined;
}

/** Managers under whose names releases are installed and upgraded. Helm 3 and 4 may have had the release in between. */
const RELEASE_MANAGERS: ReadonlySet<string> = new Set(["skeg", "tiller", "helm"]);

/**
 * Returns the foreign fields of a live object. Not foreign are the fields of Helm, Tiller and skeg, and of the manager with
 * most fields: that one created the object, and the server's defaults are under its name.
 */
export function foreignFields(live: KubeObject): ForeignFields {
  const creator = creatorOf(live);
  const isForeign = ({ name }: FieldManager): boolean =>
    name !== creator && !RELEASE_MANAGERS.has(name) && !isCreator(name);
  const names = entriesOf(live).map(({ manager }) => ({ name: String(manager ?? ""), at: "", operation: "" }));
  if (!names.some(isForeign)) return { has: () => false, keeper: () => undefined };
  return {
    has: (path) => managersOf(live, path).some(isForeign),
    keeper: (path) => {
      const managers = managersOf(live, path);
      return managers.every(isForeign) ? managers[0] : undefined;
    },
  };
}

/** Returns the manager of most of the object's fields, which is the client that created it. */
function creatorOf(live: KubeObject): string | undefined {
  const size = ({ fieldsV1 }: JsonObject): number => {
    const { "f:status": _, ...fields } = isObject(fieldsV1) ? fieldsV1 : {};
    return JSON.stringify(fields).length;
  };
  const [first] = entriesOf(live).toSorted((a, b) => size(b) - size(a));
  return first === undefined ? undefined : String(first.manager ?? "");
}

/** True if a tree of fields has the path. */
function owns(fields: JsonObject, path: FieldPath): boolean {
  let found: JsonObject = fields;
  for (const part of path) {
    const key = Object.keys(found).find((name) => isPart(name, part));
    if (key === undefined) return false;
    const next = found[key];
    // An empty set of fields: the manager owns all that is below.
    if (!isObject(next) || Object.keys(next).length === 0) return true;
    found = next;
  }
  return true;
}

/** True if a name of the tree is this part of a path: `f:field`, `k:{"name":"web"}`, `v:"text"` or `i:0`. */
function isPart(name: string, part: PathPart): boolean {
  if (typeof part === "string") return name === `f:${part}`;
  if (typeof part === "number") return name === `i:${part}`;
  if (part.key === "") return name === `v:${JSON.stringify(part.value)}`;
  if (!name.startsWith("k:")) return false;
  try {
    const keys: unknown = JSON.parse(name.slice(2));
    if (!isObject(keys)) return false;
    const values = part.value.split("/");
    return part.key.split("/").every((key, at) => String(keys[key] ?? "") === values[at]) ||
      part.key in keys && String(keys[part.key]) === part.value;
  } catch {
    return false;
  }
}
