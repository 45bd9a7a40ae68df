/**
 * Field management of the sandbox's resources: the versions of a resource, and the writers of requests
 * and controllers.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { apiVersionOf, type Call } from "../call.ts";
import { fromStored, toStored } from "../convert.ts";
import { decodeTyped } from "../decode.ts";
import { at, type Json, mapOf } from "../json.ts";
import { type Machine, metaOf, timestamp } from "../machine.ts";
import type { Resource } from "../registry.ts";
import { getSchema } from "../schema.ts";
import { idOf, type Manager, readManagers, writeManagers } from "./managers.ts";
import { difference, type FieldSet, isEmptySet, onePath, union } from "./set.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { managersAfter, type Versions, type Writer } from "./track.ts";

/**
 * Returns the metadata that a write of the status keeps: all of it, or the fields by name. Labels and
 * annotations of most kinds can be written with the status.
 */
export function metaKeptByStatus(machine: Machine, resource: Resource): "all" | readonly string[] {
  const kept = machine.traits(resource.storage).statusKeeps?.["f:metadata"];
  // The status of a custom resource is written alone.
  if (resource.custom !== undefined) return "all";
  if (kept === undefined) return [];
  const names = Object.keys(kept).map((step) => step.slice(2));
  return names.length === 0 ? "all" : names;
}

/** Returns the fields that a write of the resource, or of one of its subresources, never sets. */
function resetOf(machine: Machine, resource: Resource, subresource: string): FieldSet {
  if (subresource === "status") return union(onePath("f:spec"), machine.traits(resource.storage).statusKeeps ?? {});
  const hasStatus = resource.subresources.some((sub) => sub.name === "status");
  return hasStatus ? onePath("f:status") : {};
}

/** Returns the versions of a resource, for a write of it or of one of its subresources. */
export function versionsOf(machine: Machine, resource: Resource, subresource: string): Versions {
  const schema = getSchema();
  const registry = machine.registry();
  const { group, version, kind } = resource;
  const apiVersion = apiVersionOf(resource);
  const type = schema.kind(group, version, kind);
  const empty = type === undefined ? { apiVersion, kind } : decodeTyped(schema, type, {}).value as Json;
  const served = (given: string): Resource | undefined => {
    if (given === apiVersion) return resource;
    const prefix = resource.group === "" ? "" : `${resource.group}/`;
    return given.startsWith(prefix) ? registry.find(group, given.slice(prefix.length), resource.plural) : undefined;
  };
  const shapes = new Map<string, Shape | undefined>();
  return {
    apiVersion,
    empty,
    shape(given) {
      if (shapes.has(given)) return shapes.get(given);
      const found = served(given);
      const openApi = mapOf(at(found?.custom?.version, "schema", "openAPIV3Schema"));
      const shape = found && shapeOf(schema, schema.kind(found.group, found.version, found.kind), openApi);
      shapes.set(given, shape);
      return shape;
    },
    convert(object, from, to) {
      const [source, target] = [served(from), served(to)];
      if (from === to || source === undefined || target === undefined) return object;
      return fromStored(target, toStored(registry, source, object as KubeObject)) as Json;
    },
    reset: () => resetOf(machine, resource, subresource),
  };
}

/** Returns the name of a request's manager: the query's, or the first part of the user agent. */
export function managerOf(call: Call): string {
  const given = call.query.get("fieldManager") ?? "";
  if (given !== "") return given;
  // `managerOrUserAgent` in `apiserver/pkg/endpoints/handlers/create.go`.
  return (call.request.userAgent ?? "skeg").split("/")[0]?.slice(0, 128) ?? "";
}

/** Returns the writer of a request. */
export function writerOf(call: Call): Writer {
  return {
    name: managerOf(call),
    subresource: call.route.subresource,
    time: timestamp(call.machine),
  };
}

/** Sets the managers of an object, and removes those that a client sent when there are none. */
function setManagers(object: KubeObject, managers: Json[] | undefined): void {
  const meta = metaOf(object);
  if (managers === undefined) delete meta["managedFields"];
  else meta["managedFields"] = managers;
}

/**
 * Sets the managers of `next` after a create, update or patch.
 *
 * @param before `undefined` for a create. Both are in the version that is stored.
 */
export function manageWrite(call: Call, before: KubeObject | undefined, next: KubeObject): void {
  const { resource, machine, route } = call;
  const versions = versionsOf(machine, resource, route.subresource);
  const live = before === undefined ? versions.empty : fromStored(resource, before) as Json;
  setManagers(next, managersAfter(live, fromStored(resource, next) as Json, versions, writerOf(call)));
}

/**
 * Sets the managers of `next` after its replicas were changed through `scale`: they belong to the
 * scaling manager alone. Such an entry has no time (`ToParent` in `managedfields/scalehandler.go`).
 *
 * @param path Keys of the replicas, such as `["spec", "replicas"]`.
 */
export function manageScale(call: Call, path: readonly string[], next: KubeObject): void {
  const stored = readManagers(metaOf(next)["managedFields"]) ?? new Map<string, Manager>();
  if (stored.size === 0) return;
  const field = onePath(...path.map((key) => `f:${key}`));
  const managers = new Map<string, Manager>();
  for (const [id, manager] of stored) {
    const fields = difference(manager.fields, field);
    if (!isEmptySet(fields)) managers.set(id, { ...manager, fields });
  }
  const scaler: Manager = {
    name: managerOf(call),
    operation: "Update",
    apiVersion: apiVersionOf(call.resource),
    subresource: "scale",
    time: undefined,
    fields: field,
  };
  const before = stored.get(idOf(scaler));
  managers.set(idOf(scaler), { ...scaler, time: before?.time });
  setManagers(next, writeManagers(managers.values()));
}

/** Sets the managers of `next` after a write of a controller. */
export function manageController(
  machine: Machine,
  storage: string,
  before: KubeObject | undefined,
  next: KubeObject,
): void {
  const resource = machine.registry().stored(storage);
  if (resource === undefined) return;
  // A controller writes the status through its subresource, and everything else through the object.
  const hasStatus = resource.subresources.some((sub) => sub.name === "status");
  const ofStatus = before !== undefined && hasStatus &&
    JSON.stringify(before["status"]) !== JSON.stringify(next["status"]);
  const versions = versionsOf(machine, resource, ofStatus ? "status" : "");
  const subresource = ofStatus ? "status" : "";
  const name = ofStatus && machine.traits(storage).statusWriter || "kube-controller-manager";
  const writer: Writer = { name, subresource, time: timestamp(machine) };
  setManagers(next, managersAfter((before ?? versions.empty) as Json, next as Json, versions, writer));
}
