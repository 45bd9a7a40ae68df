/**
 * Field management: brings `metadata.managedFields` up to date with a write.
 *
 * Source: `apimachinery/pkg/util/managedfields/internal` (`fieldmanager.go` and the managers that it
 * chains) and `sigs.k8s.io/structured-merge-diff/v6/merge/update.go`.
 *
 * @module
 */
import { type Json, listOf, mapOf } from "../json.ts";
import { compare, type Comparison } from "./compare.ts";
import { capManagers, idOf, type Manager, readManagers, writeManagers } from "./managers.ts";
import { difference, type FieldSet, intersection, isEmptySet, union, without } from "./set.ts";
import type { Shape } from "./shape.ts";

/** The versions that one resource is served in. */
export interface Versions {
  /** The version of the request. */
  readonly apiVersion: string;
  /** The object that a create starts from: it has the fields that Go writes even when they are empty. */
  readonly empty: Json;
  /** Returns the shape of a version; `undefined` when it is not served. */
  shape(apiVersion: string): Shape | undefined;
  /** Converts an object between two versions that are served. */
  convert(object: Json, from: string, to: string): Json;
  /** Returns the fields that a write of the path never sets, such as the status; empty when there is none. */
  reset(apiVersion: string): FieldSet;
}

/** Who writes. */
export interface Writer {
  readonly name: string;
  /** Empty for writes of the object itself. */
  readonly subresource: string;
  /** The time of the write. */
  readonly time: string;
}

/**
 * Metadata that identifies an object or that only the server sets. No manager owns it
 * (`stripmeta.go`).
 */
const STRIPPED: FieldSet = {
  "f:apiVersion": {},
  "f:kind": {},
  "f:metadata": {
    ".": {},
    "f:name": {},
    "f:namespace": {},
    "f:creationTimestamp": {},
    "f:selfLink": {},
    "f:uid": {},
    "f:clusterName": {},
    "f:generation": {},
    "f:managedFields": {},
    "f:resourceVersion": {},
  },
};

/** Returns a set without the metadata that no manager owns. */
export function stripMeta(fields: FieldSet): FieldSet {
  return difference(fields, STRIPPED);
}

/** Returns an object without its managers: they are not compared. */
export function bare(object: Json): Json {
  const { managedFields: _managers, ...metadata } = mapOf(object["metadata"]);
  return { ...object, metadata };
}

/** Returns the comparison without the fields that the write does not set. */
function withoutReset(found: Comparison, reset: FieldSet): Comparison {
  if (isEmptySet(reset)) return found;
  return {
    removed: without(found.removed, reset),
    modified: without(found.modified, reset),
    added: without(found.added, reset),
  };
}

/** Fields of other managers that a write changes. */
export interface Taken {
  readonly id: string;
  readonly manager: Manager;
  /** Changed by the write, and owned by this manager. */
  readonly changed: FieldSet;
  /** Gone with the write. */
  readonly removed: FieldSet;
}

/**
 * Compares two states in the version of each manager. Managers of versions that are no longer
 * served are forgotten.
 *
 * @param self The id of the manager that writes and so loses nothing; empty for none.
 */
export function takenFrom(
  managers: Map<string, Manager>,
  live: Json,
  next: Json,
  versions: Versions,
  self: string,
): { taken: Taken[]; own: Comparison } {
  const found = new Map<string, Comparison | undefined>();
  const compareIn = (apiVersion: string): Comparison | undefined => {
    if (found.has(apiVersion)) return found.get(apiVersion);
    const shape = versions.shape(apiVersion);
    const convert = (object: Json): Json => versions.convert(object, versions.apiVersion, apiVersion);
    const result = shape && withoutReset(compare(convert(live), convert(next), shape), versions.reset(apiVersion));
    found.set(apiVersion, result);
    return result;
  };
  const own = compareIn(versions.apiVersion) ?? { removed: {}, modified: {}, added: {} };
  const taken: Taken[] = [];
  for (const [id, manager] of managers) {
    if (id === self) continue;
    const comparison = compareIn(manager.apiVersion);
    if (comparison === undefined) {
      managers.delete(id);
      continue;
    }
    const changed = intersection(manager.fields, union(comparison.modified, comparison.added));
    taken.push({ id, manager, changed, removed: comparison.removed });
  }
  return { taken, own };
}

/** Takes fields away from their managers. A manager without fields is forgotten. */
export function takeAway(managers: Map<string, Manager>, taken: readonly Taken[]): void {
  for (const { id, manager, changed, removed } of taken) {
    const fields = difference(difference(manager.fields, changed), removed);
    if (isEmptySet(fields)) managers.delete(id);
    else managers.set(id, { ...manager, fields });
  }
}

/**
 * Notes in `managers` that `writer` changed `live` into `next`. Changed fields belong to the writer
 * alone. Removed fields have no manager.
 */
export function noteUpdate(
  managers: Map<string, Manager>,
  live: Json,
  next: Json,
  versions: Versions,
  writer: Writer,
): void {
  const { taken, own } = takenFrom(managers, live, next, versions, "");
  takeAway(managers, taken);
  const set = without(union(own.modified, own.added), versions.reset(versions.apiVersion));
  const fields = stripMeta(set);
  if (!isEmptySet(fields)) {
    const identity = {
      name: writer.name,
      operation: "Update" as const,
      apiVersion: versions.apiVersion,
      subresource: writer.subresource,
    };
    const id = idOf(identity);
    const before = managers.get(id)?.fields ?? {};
    managers.set(id, { ...identity, time: writer.time, fields: union(before, fields) });
  }
  capManagers(managers);
}

/**
 * Returns the managers that a write starts from. A client may send managers along: they count
 * instead of the stored ones, and an empty list forgets all of them.
 */
function startingFrom(live: Json, next: Json, subresource: string): Map<string, Manager> {
  const stored = mapOf(live["metadata"])["managedFields"];
  const given = mapOf(next["metadata"])["managedFields"];
  if (subresource === "" && Array.isArray(given)) {
    const [only] = given;
    if (given.length === 0 || (given.length === 1 && Object.keys(mapOf(only)).length === 0)) return new Map();
    const read = readManagers(given);
    if (read !== undefined && read.size > 0) return read;
  }
  return readManagers(listOf(stored)) ?? new Map();
}

/**
 * Returns the managers of `next` after a create, update or patch, as `metadata.managedFields` keeps
 * them; `undefined` when there is none.
 *
 * @param live The state before, in the version of the request; for a create the empty object.
 * @param next The state as the client sent it, with defaults.
 */
export function managersAfter(live: Json, next: Json, versions: Versions, writer: Writer): Json[] | undefined {
  const managers = startingFrom(live, next, writer.subresource);
  // An object whose managers were forgotten is not tracked again before its next apply.
  const created = mapOf(live["metadata"])["uid"] === undefined;
  if (managers.size > 0 || created) noteUpdate(managers, bare(live), bare(next), versions, writer);
  return writeManagers(managers.values());
}
