/**
 * CustomResourceDefinitions: names are accepted, the definition is
 * established; when it goes, its objects go first.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, copy, type Json, mapOf, mapsOf, same, textOf } from "../json.ts";
import { type Controller, editObject, type Happening, type Machine } from "../machine.ts";
import { CRDS } from "../registry.ts";
import { CLEANUP, deleteByKey } from "../remove.ts";
import { withCondition } from "./owned.ts";

/** Another definition or built-in kind of the group that has one of the names. */
function taken(machine: Machine, crd: KubeObject): string | undefined {
  const group = textOf(at(crd, "spec", "group"));
  const names = mapOf(at(crd, "spec", "names"));
  const name = crd.metadata?.name;
  for (const resource of machine.registry().all()) {
    if (resource.group !== group || resource.custom?.crd.metadata?.name === name) continue;
    if (resource.plural === names["plural"] || resource.kind === names["kind"]) return textOf(names["plural"]);
  }
  return undefined;
}

function accept(machine: Machine, crd: KubeObject): Json {
  const status = copy(mapOf(crd["status"]));
  const conflict = taken(machine, crd);
  let conditions = mapsOf(status["conditions"]);
  if (conflict !== undefined) {
    const message = `"${conflict}" is already in use`;
    conditions = withCondition(machine, conditions, {
      type: "NamesAccepted",
      status: "False",
      reason: "PluralConflict",
      message,
    });
    conditions = withCondition(machine, conditions, {
      type: "Established",
      status: "False",
      reason: "NotAccepted",
      message: "not all names are accepted",
    });
    return { ...status, conditions };
  }
  conditions = withCondition(machine, conditions, {
    type: "NamesAccepted",
    status: "True",
    reason: "NoConflicts",
    message: "no conflicts found",
  });
  conditions = withCondition(machine, conditions, {
    type: "Established",
    status: "True",
    reason: "InitialNamesAccepted",
    message: "the initial names have been accepted",
  });
  return { ...status, conditions, acceptedNames: copy(mapOf(at(crd, "spec", "names"))) };
}

function remove(machine: Machine, crd: KubeObject): void {
  const resource = `${textOf(at(crd, "spec", "group"))}/${textOf(at(crd, "spec", "names", "plural"))}`;
  for (const object of machine.store.list(resource)) {
    const { namespace = "", name = "" } = object.metadata ?? {};
    deleteByKey(machine, { resource, namespace, name });
  }
  if (machine.store.list(resource, { limit: 1 }).length > 0) return;
  editObject(machine, { resource: CRDS, namespace: "", name: crd.metadata?.name ?? "" }, (next) => {
    const meta = next.metadata ??= {};
    const left = (meta.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP);
    if (left.length > 0) meta.finalizers = left;
    else delete meta.finalizers;
  });
}

/** Establishes CRDs. */
export const definitionController: Controller = {
  name: "definition",
  interest({ key, after }: Happening, machine: Machine): string[] {
    if (key.resource === CRDS) return after === undefined ? [] : [key.name];
    // The last object of a definition that is going away lets it go.
    if (after !== undefined || key.resource.startsWith("/")) return [];
    const owner = machine.registry().stored(key.resource)?.custom?.crd;
    return owner?.metadata?.name === undefined ? [] : [owner.metadata.name];
  },
  reconcile(machine: Machine, name: string): void {
    const key = { resource: CRDS, namespace: "", name };
    const crd = machine.store.get(key);
    if (crd === undefined) return;
    if (crd.metadata?.deletionTimestamp !== undefined) return remove(machine, crd);
    const status = accept(machine, crd);
    if (same(status, crd["status"])) return;
    editObject(machine, key, (next) => {
      next["status"] = status;
    });
  },
};
