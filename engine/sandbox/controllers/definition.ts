/**
 * CustomResourceDefinitions: names are accepted and the definition is established. When it is
 * deleted, its objects go first.
 *
 * Source: `apiextensions-apiserver`, `pkg/controller/status/naming_controller.go`, `establish` and
 * `finalizer`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, copy, type Json, mapOf, mapsOf, same, textOf } from "../json.ts";
import { type Controller, editObject, type Happening, type Machine } from "../machine.ts";
import { CRDS } from "../registry.ts";
import { CLEANUP, deleteByKey } from "../deleting.ts";
import { withCondition } from "./owned.ts";

/** Returns the plural name when another definition or a built-in kind of the group has one of the names. */
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

/**
 * Returns the status with the names accepted, or refused because of a conflict. Reasons and
 * messages are the naming controller's.
 */
function accept(machine: Machine, crd: KubeObject): Json {
  const status = copy(mapOf(crd["status"]));
  const conflict = taken(machine, crd);
  let conditions = mapsOf(status["conditions"]);
  // A refused definition is not established, so its resources are not served until the names are
  // free.
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
  // Objects with finalizers are still there. The last one to go wakes this controller again.
  if (machine.store.list(resource, { limit: 1 }).length > 0) return;
  editObject(machine, { resource: CRDS, namespace: "", name: crd.metadata?.name ?? "" }, (next) => {
    const meta = next.metadata ??= {};
    const left = (meta.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP);
    if (left.length > 0) meta.finalizers = left;
    else delete meta.finalizers;
  });
}

/** Establishes CRDs, and removes their objects before they go. */
export const definitionController: Controller = {
  name: "definition",
  interest({ key, after }: Happening, machine: Machine): string[] {
    if (key.resource === CRDS) return after === undefined ? [] : [key.name];
    // The last object of a deleted definition wakes the definition.
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
