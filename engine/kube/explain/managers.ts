/**
 * Who wrote a field, from `metadata.managedFields`.
 *
 * Source: Kubernetes, `structured-merge-diff`, the format `FieldsV1`.
 *
 * @module
 */
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
  const entries = object.metadata?.["managedFields"];
  if (!Array.isArray(entries)) return [];
  return entries.filter((entry): entry is JsonObject =>
    isObject(entry) && entry.subresource !== "status" && isObject(entry.fieldsV1) && owns(entry.fieldsV1, path)
  ).map(({ manager, time, operation }) => ({
    name: String(manager ?? ""),
    at: typeof time === "string" ? time : "",
    operation: String(operation ?? ""),
  })).sort((a, b) => a.at < b.at ? 1 : a.at > b.at ? -1 : 0);
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
