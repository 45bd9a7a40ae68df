/**
 * Garbage collection: deletes objects whose owners are gone, and handles owners that wait for their
 * dependents.
 *
 * Source: `pkg/controller/garbagecollector/garbagecollector.go` (`attemptToDeleteItem`,
 * `processDeletingDependentsItem`, `orphanDependents`).
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { type Controller, dropFinalizer, editObject, type Happening, type Machine } from "../machine.ts";
import { deleteObject } from "../deleting.ts";
import type { Key } from "../store.ts";

// The finalizers by which a deletion asks to keep the dependents, or to delete them first.
const ORPHAN = "orphan";
const FOREGROUND = "foregroundDeletion";

function encode(key: Key): string {
  return `object:${key.resource}|${key.namespace}|${key.name}`;
}

function decode(text: string): Key {
  const [resource = "", namespace = "", name = ""] = text.slice("object:".length).split("|");
  return { resource, namespace, name };
}

type Owner = NonNullable<NonNullable<KubeObject["metadata"]>["ownerReferences"]>[number];

/** The key of an owner; `undefined` when its kind is not served. */
function ownerKey(machine: Machine, owner: Owner, namespace: string): Key | undefined {
  const slash = owner.apiVersion.indexOf("/");
  const group = slash < 0 ? "" : owner.apiVersion.slice(0, slash);
  const resource = machine.registry().ofKind(group, owner.apiVersion.slice(slash + 1), owner.kind);
  if (resource === undefined) return undefined;
  return { resource: resource.storage, namespace: resource.namespaced ? namespace : "", name: owner.name };
}

/**
 * Returns the owner; `undefined` when it is gone. An object of the same name with another uid is
 * not the owner.
 */
function alive(machine: Machine, owner: Owner, namespace: string): KubeObject | undefined {
  const key = ownerKey(machine, owner, namespace);
  const found = key === undefined ? undefined : machine.store.get(key);
  return found?.metadata?.uid === owner.uid ? found : undefined;
}

/** True if the object is deleted in the foreground and waits for its dependents. */
function waits(object: KubeObject | undefined): boolean {
  return object?.metadata?.deletionTimestamp !== undefined &&
    (object.metadata.finalizers ?? []).includes(FOREGROUND);
}

/**
 * Decides about an object whose owners may be gone: keeps it, drops the references to owners that
 * are gone, or deletes it.
 */
function checkOwners(machine: Machine, key: Key, object: KubeObject): void {
  const owners = object.metadata?.ownerReferences ?? [];
  if (owners.length === 0 || object.metadata?.deletionTimestamp !== undefined) return;
  const found = owners.map((owner) => ({ owner, object: alive(machine, owner, key.namespace) }));
  const present = found.filter((entry) => entry.object !== undefined);
  const solid = present.filter((entry) => !waits(entry.object));
  // One owner that stays keeps the object. Only the references to the others are dropped.
  if (solid.length > 0) {
    if (solid.length === owners.length) return;
    editObject(machine, key, (next) => {
      const kept = solid.map((entry) => entry.owner.uid);
      (next.metadata ??= {}).ownerReferences = owners.filter((owner) => kept.includes(owner.uid));
    });
    return;
  }
  const finalizers = object.metadata?.finalizers ?? [];
  const hasOwn = machine.store.dependents(object.metadata?.uid ?? "").length > 0;
  // The object's own finalizers decide first. Below an owner that waits in the foreground, an
  // object with dependents is deleted in the foreground too, so that the tree goes from its leaves.
  const propagation = finalizers.includes(ORPHAN)
    ? "Orphan"
    : finalizers.includes(FOREGROUND) || (present.length > 0 && hasOwn)
    ? "Foreground"
    : "Background";
  deleteObject(machine, key.resource, object, { propagation });
}

function orphanDependents(machine: Machine, key: Key, object: KubeObject): void {
  const uid = object.metadata?.uid ?? "";
  for (const dependent of machine.store.dependents(uid)) {
    editObject(machine, dependent, (next) => {
      const meta = next.metadata ??= {};
      const left = (meta.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
      if (left.length > 0) meta.ownerReferences = left;
      else delete meta.ownerReferences;
    });
  }
  // Last: once the owner is gone, a dependent that still names it would be deleted.
  dropFinalizer(machine, key, ORPHAN);
}

function deleteDependents(machine: Machine, key: Key, object: KubeObject): void {
  const uid = object.metadata?.uid ?? "";
  let blocked = false;
  for (const dependent of machine.store.dependents(uid)) {
    const found = machine.store.get(dependent);
    if (found === undefined) continue;
    checkOwners(machine, dependent, found);
    const left = machine.store.get(dependent);
    const owner = left?.metadata?.ownerReferences?.find((reference) => reference.uid === uid);
    // Only a dependent that is still there and asks for it holds the owner back.
    if (owner?.blockOwnerDeletion === true) blocked = true;
  }
  if (!blocked) dropFinalizer(machine, key, FOREGROUND);
}

/**
 * Collects garbage. A key is `object:` with the key of an object, or `owner:` with the uid of one
 * that is gone.
 */
export const garbageController: Controller = {
  name: "garbage",
  interest(happening: Happening, machine: Machine): string[] {
    const { key, before, after } = happening;
    const keys: string[] = [];
    // A deletion concerns the dependents, which may be garbage now, and the owners, which may wait
    // for it.
    if (after === undefined) {
      const uid = before?.metadata?.uid ?? "";
      if (machine.store.dependents(uid).length > 0) keys.push(`owner:${uid}`);
      for (const owner of before?.metadata?.ownerReferences ?? []) {
        const found = ownerKey(machine, owner, key.namespace);
        if (found) keys.push(encode(found));
      }
      return keys;
    }
    // A new object may name an owner that is already gone. A deleted one with finalizers may wait
    // for its dependents.
    const owned = (after.metadata?.ownerReferences?.length ?? 0) > 0 && before === undefined;
    const marked = after.metadata?.deletionTimestamp !== undefined && (after.metadata.finalizers?.length ?? 0) > 0;
    return owned || marked ? [encode(key)] : [];
  },
  reconcile(machine: Machine, text: string): void {
    if (text.startsWith("owner:")) {
      for (const key of machine.store.dependents(text.slice("owner:".length))) {
        const object = machine.store.get(key);
        if (object !== undefined) checkOwners(machine, key, object);
      }
      return;
    }
    const key = decode(text);
    const object = machine.store.get(key);
    if (object === undefined) return;
    checkOwners(machine, key, object);
    const finalizers = object.metadata?.finalizers ?? [];
    if (object.metadata?.deletionTimestamp === undefined) return;
    if (finalizers.includes(ORPHAN)) orphanDependents(machine, key, object);
    else if (finalizers.includes(FOREGROUND)) deleteDependents(machine, key, object);
  },
};
