/**
 * Writes objects to the store, and does what follows from a change: watchers are notified, and
 * controllers get a task.
 *
 * @module
 */
import type { KubeObject, ObjectMeta } from "../model/mod.ts";
import { isEmpty, same } from "./json.ts";
import { CRDS, type Registry } from "./registry.ts";
import type { Key, Store } from "./store.ts";
import type { Traits } from "./traits.ts";

/** A change of one object, as controllers receive it. */
export interface Happening {
  readonly key: Key;
  /** `undefined` when the object was made just now. */
  readonly before: KubeObject | undefined;
  /** `undefined` when the object is gone. */
  readonly after: KubeObject | undefined;
}

/** Reacts to changes, usually of one kind. */
export interface Controller {
  readonly name: string;
  /** Returns the keys to reconcile after a change. Called within the write, so it must not write itself. */
  interest(happening: Happening, machine: Machine): readonly string[];
  /** Brings one key towards its wanted state. Returns milliseconds after which to look again, or nothing. */
  reconcile(machine: Machine, key: string): number | void;
}

/** The running sandbox. */
export interface Machine {
  readonly store: Store;
  readonly controllers: readonly Controller[];
  registry(): Registry;
  /** Returns what is special about the kind whose objects are stored under `resource`. */
  traits(resource: string): Traits;
  /** The time by the sandbox's clock. */
  now(): Date;
  /** Called after a write: notifies watchers and starts due tasks. */
  wake(): void;
  /** Notes in `next` which fields a controller owns after its write; `before` is absent for a new object. */
  manage(resource: string, before: KubeObject | undefined, next: KubeObject): void;
}

/** The time as Kubernetes writes it, in whole seconds. */
export function timestamp(machine: Machine, afterSeconds = 0): string {
  return new Date(machine.now().getTime() + afterSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The key of an object in a store's resource. */
export function keyOf(resource: string, object: KubeObject): Key {
  return { resource, namespace: object.metadata?.namespace ?? "", name: object.metadata?.name ?? "" };
}

/** Metadata of an object, made when there is none. */
export function metaOf(object: KubeObject): ObjectMeta {
  return object.metadata ??= {};
}

/** Fields of metadata in the order of `ObjectMeta` in `apimachinery/pkg/apis/meta/v1/types.go`. */
const META_ORDER = [
  "name",
  "generateName",
  "namespace",
  "selfLink",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
];

/** Puts metadata into its order. The version gets its place here and its value from the store. */
function orderMeta(object: KubeObject): void {
  const meta = metaOf(object);
  meta.resourceVersion ??= "";
  const known = META_ORDER.filter((key) => meta[key] !== undefined).map((key) => [key, meta[key]]);
  const others = Object.entries(meta).filter(([key]) => !META_ORDER.includes(key));
  object.metadata = Object.fromEntries([...known, ...others]);
}

function react(machine: Machine, happening: Happening): void {
  // Real time, not the sandbox's clock: a test that fixes the clock must not stop the controllers.
  const due = Date.now();
  for (const controller of machine.controllers) {
    for (const key of controller.interest(happening, machine)) {
      machine.store.owe({ controller: controller.name, key, due });
    }
  }
  // The registry is read again when this fact changes, in every process that has the file open.
  if (happening.key.resource === CRDS) machine.store.fact("crds", String(machine.store.revision()));
  machine.wake();
}

/** Stores a new object of a controller, and notes that the controller owns its fields. */
export function createObject(machine: Machine, resource: string, object: KubeObject): KubeObject {
  machine.manage(resource, undefined, object);
  return storeObject(machine, resource, object);
}

/**
 * Stores a new object as it is. It gets a uid and a time of creation when it has none. Requests use
 * this: they note the manager themselves.
 */
export function storeObject(machine: Machine, resource: string, object: KubeObject): KubeObject {
  const meta = metaOf(object);
  meta.uid ??= crypto.randomUUID();
  meta.creationTimestamp ??= timestamp(machine);
  orderMeta(object);
  const key = keyOf(resource, object);
  machine.store.put(key, object, undefined);
  react(machine, { key, before: undefined, after: object });
  return object;
}

/** True for a deleted object that neither finalizers nor a grace period hold. */
export function isFinished(object: KubeObject): boolean {
  const meta = object.metadata ?? {};
  if (meta.deletionTimestamp === undefined || (meta.finalizers?.length ?? 0) > 0) return false;
  // A namespace has a second list of finalizers, in its spec.
  if (object.kind === "Namespace" && object.apiVersion === "v1") {
    const spec = object["spec"] as { finalizers?: string[] } | undefined;
    if ((spec?.finalizers?.length ?? 0) > 0) return false;
  }
  return (meta.deletionGracePeriodSeconds ?? 0) === 0;
}

function withoutVersion(object: KubeObject): unknown {
  const { resourceVersion: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
}

/** Stores an object that a controller changed, and notes that the controller owns what changed. */
export function updateObject(machine: Machine, resource: string, object: KubeObject, before: KubeObject): KubeObject {
  if (!isFinished(object)) machine.manage(resource, before, object);
  return replaceObject(machine, resource, object, before);
}

/**
 * Stores a changed object as it is. An object without changes keeps its version. A deleted object that
 * nothing holds any more is removed.
 */
export function replaceObject(machine: Machine, resource: string, object: KubeObject, before: KubeObject): KubeObject {
  if (isFinished(object)) return purgeObject(machine, resource, object);
  // As in the real server, a write that changes nothing makes no new version and no event.
  if (same(withoutVersion(object), withoutVersion(before))) {
    metaOf(object).resourceVersion = before.metadata?.resourceVersion ?? "";
    return object;
  }
  orderMeta(object);
  const key = keyOf(resource, object);
  machine.store.put(key, object, before);
  react(machine, { key, before, after: object });
  return object;
}

/** Removes an object now. */
export function purgeObject(machine: Machine, resource: string, object: KubeObject): KubeObject {
  const key = keyOf(resource, object);
  machine.store.remove(key, object);
  react(machine, { key, before: object, after: undefined });
  return object;
}

/** Changes an object of a controller in place, when it is there. Returns the new state. */
export function editObject(
  machine: Machine,
  key: Key,
  edit: (object: KubeObject) => void,
): KubeObject | undefined {
  const before = machine.store.get(key);
  if (before === undefined) return undefined;
  const object = structuredClone(before);
  edit(object);
  return updateObject(machine, key.resource, object, before);
}

/** Takes a finalizer from an object, which may end its deletion. */
export function dropFinalizer(machine: Machine, key: Key, finalizer: string): void {
  editObject(machine, key, (next) => {
    const meta = next.metadata ??= {};
    const left = (meta.finalizers ?? []).filter((name) => name !== finalizer);
    if (left.length > 0) meta.finalizers = left;
    else delete meta.finalizers;
  });
}

/** Sets fields of the status; those that are empty are left out. */
export function setStatus(machine: Machine, key: Key, status: Record<string, unknown>): void {
  editObject(machine, key, (object) => {
    object["status"] = Object.fromEntries(Object.entries(status).filter(([, value]) => !isEmpty(value)));
  });
}
