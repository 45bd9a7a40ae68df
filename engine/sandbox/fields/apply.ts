/**
 * Server-side apply: a client sends the fields it wants, the server remembers which manager applied
 * which field, and refuses when another manager owns a field and wants another value.
 *
 * Source: `sigs.k8s.io/structured-merge-diff/v6/merge/update.go` and
 * `apimachinery/pkg/util/managedfields/internal`.
 *
 * @module
 */
import { canonical, type Json, mapOf } from "../json.ts";
import { ApiError } from "../status.ts";
import { fieldsOf } from "./compare.ts";
import { idOf, type Manager, readManagers, writeManagers } from "./managers.ts";
import { merge, removeFields } from "./merge.ts";
import { difference, type FieldSet, intersection, isEmptySet, pathsOf, union, without, withStructs } from "./set.ts";
import type { Shape } from "./shape.ts";
import { bare, noteUpdate, stripMeta, takeAway, type Taken, takenFrom, type Versions, type Writer } from "./track.ts";

/** The manager that applies, and its options. */
export interface Applier extends Writer {
  /** True to take the fields in conflict from their managers. */
  readonly force: boolean;
}

/** The manager of the fields that were there before the first apply, on objects without managers. */
const BEFORE_APPLY = "before-first-apply";

/** Returns the object without the fields of `set`. */
function prune(object: Json, set: FieldSet, shape: Shape): Json {
  return mapOf(removeFields(object, set, shape));
}

/**
 * Removes what the manager applied last and does not apply now, unless another manager owns it. Fields
 * without a manager stay too: the server set them.
 *
 * @param merged The live object with the applied one merged in, in the version of the request.
 */
function dropUnapplied(
  merged: Json,
  last: Manager | undefined,
  managers: ReadonlyMap<string, Manager>,
  versions: Versions,
): Json {
  const version = last?.apiVersion ?? "";
  const shape = versions.shape(version);
  if (last === undefined || shape === undefined || isEmptySet(last.fields)) return merged;
  const all = versions.convert(merged, versions.apiVersion, version);
  let pruned = prune(all, withStructs(last.fields, shape), shape);
  const owned = new Map<string, FieldSet>();
  for (const { apiVersion, fields } of managers.values()) {
    owned.set(apiVersion, union(owned.get(apiVersion) ?? {}, fields));
  }
  // The version of the last apply comes first: a conversion may need fields that were pruned.
  for (const apiVersion of [version, ...[...owned.keys()].filter((each) => each !== version)]) {
    const form = versions.shape(apiVersion);
    const fields = owned.get(apiVersion);
    if (form === undefined || fields === undefined) continue;
    const [whole, rest] = [all, pruned].map((object) => versions.convert(object, version, apiVersion)) as [Json, Json];
    const wholeSet = withStructs(fieldsOf(whole, form), form);
    const keep = union(withStructs(fieldsOf(rest, form), form), withStructs(fields, form));
    pruned = versions.convert(prune(whole, difference(wholeSet, keep), form), apiVersion, version);
  }
  const left = withStructs(fieldsOf(pruned, shape), shape);
  const gone = difference(withStructs(fieldsOf(all, shape), shape), left);
  const dropped = prune(all, intersection(gone, withStructs(last.fields, shape)), shape);
  return versions.convert(dropped, version, versions.apiVersion);
}

/** Returns a path as the server writes it in messages: `.spec.ports[port=80,protocol="TCP"].name`. */
function pathText(path: readonly string[]): string {
  return path.map((step) => {
    const text = step.slice(2);
    if (step.startsWith("f:")) return `.${text}`;
    if (step.startsWith("v:")) return `[=${text}]`;
    const fields = Object.entries(mapOf(JSON.parse(text)));
    return `[${fields.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}]`;
  }).join("");
}

/** Returns a manager as the server names it in messages. */
function managerText({ name, subresource, operation, apiVersion }: Manager): string {
  const text = JSON.stringify(name) + (subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === "Update" ? `${text} using ${apiVersion}` : text;
}

/**
 * Returns the refusal of an apply. The message lists the fields for each manager; clients read them
 * from the causes, one for each field.
 */
function refuse(conflicts: readonly Taken[]): ApiError {
  const found = conflicts.map(({ id, manager, changed }) => ({
    id,
    text: managerText(manager),
    paths: pathsOf(changed).map(pathText),
  })).sort((a, b) => a.id < b.id ? -1 : 1);
  const causes = found.flatMap(({ text, paths }) =>
    paths.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${text}`, field }))
  );
  const [only] = causes;
  const message = causes.length === 1
    ? `Apply failed with 1 conflict: ${only?.message}: ${only?.field}`
    : `Apply failed with ${causes.length} conflicts: ` +
      found.map(({ text, paths }) => [`conflicts with ${text}:`, ...paths.map((path) => `- ${path}`)].join("\n"))
        .join("\n");
  return new ApiError(409, "Conflict", message, { causes });
}

/**
 * Returns the live object with the applied one merged in, and with its managers brought up to date.
 *
 * @param live In the version of the request; for an object that does not exist the empty one.
 * @throws ApiError when another manager wants otherwise and `force` is not set.
 */
export function applyObject(live: Json, applied: Json, versions: Versions, applier: Applier): Json {
  const shape = versions.shape(versions.apiVersion);
  const managers = readManagers(mapOf(live["metadata"])["managedFields"]) ?? new Map<string, Manager>();
  const before = bare(live);
  if (shape === undefined) return live;
  if (managers.size === 0) {
    const first = { name: BEFORE_APPLY, subresource: applier.subresource, time: applier.time };
    noteUpdate(managers, versions.empty, before, versions, first);
  }
  const identity = {
    name: applier.name,
    operation: "Apply" as const,
    apiVersion: versions.apiVersion,
    subresource: applier.subresource,
  };
  const id = idOf(identity);
  const last = managers.get(id);
  const fields = without(fieldsOf(applied, shape), versions.reset(versions.apiVersion));
  // The time of the last apply stays while an apply changes nothing.
  managers.set(id, { ...identity, time: last?.time, fields });
  const merged = dropUnapplied(mapOf(merge(before, applied, shape)), last, managers, versions);
  const { taken } = takenFrom(managers, before, merged, versions, id);
  const conflicts = taken.filter(({ changed }) => !isEmptySet(changed));
  if (conflicts.length > 0 && !applier.force) throw refuse(conflicts);
  takeAway(managers, taken);
  const changed = canonical(before) !== canonical(merged);
  const own = stripMeta(fields);
  if (isEmptySet(own)) managers.delete(id);
  else managers.set(id, { ...identity, time: changed ? applier.time : last?.time, fields: own });
  const entries = writeManagers(managers.values());
  const metadata = { ...mapOf(merged["metadata"]), ...(entries === undefined ? {} : { managedFields: entries }) };
  return { ...merged, metadata };
}
