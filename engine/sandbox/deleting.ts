/**
 * Deletes objects, for requests and for controllers.
 *
 * Owners, finalizers and grace periods decide whether an object is removed at once or only marked;
 * `controllers/garbage.ts` does the rest.
 *
 * Source: `apiserver/pkg/registry/rest/delete.go` and `generic/registry/store.go`.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { at, mapOf, mapsOf, textOf } from "./json.ts";
import { isFinished, keyOf, type Machine, metaOf, purgeObject, replaceObject, timestamp } from "./machine.ts";
import { CRDS } from "./registry.ts";

/** The finalizer that holds a definition until its objects are gone. */
export const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

/** The options of a deletion. */
export interface RemoveOptions {
  readonly propagation: "Background" | "Foreground" | "Orphan" | "";
  readonly graceSeconds: number | undefined;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly dryRun: boolean;
}

/**
 * Returns the grace period in seconds. Only pods that run on a node have one (`CheckGracefulDelete`
 * in `pkg/registry/core/pod/strategy.go`).
 */
function graceOf(resource: string, object: KubeObject, given: number | undefined): number {
  if (resource !== "/pods") return 0;
  if (textOf(at(object, "spec", "nodeName")) === "") return 0;
  if (["Succeeded", "Failed"].includes(textOf(at(object, "status", "phase")))) return 0;
  if (given !== undefined) return Math.max(given, 0);
  const own = at(object, "spec", "terminationGracePeriodSeconds");
  return typeof own === "number" ? own : 30;
}

/**
 * Deletes an object, or marks it when finalizers or a grace period hold it.
 *
 * @returns the object's last or marked state, and whether it is gone.
 */
export function deleteObject(
  machine: Machine,
  resource: string,
  object: KubeObject,
  options: Partial<Pick<RemoveOptions, "propagation" | "graceSeconds" | "dryRun">> = {},
): { object: KubeObject; gone: boolean } {
  const next = structuredClone(object);
  const meta = metaOf(next);
  const propagation = options.propagation || (machine.traits(resource).orphans ? "Orphan" : "Background");
  if (resource === CRDS && meta.deletionTimestamp === undefined) {
    meta.finalizers = [...new Set([...meta.finalizers ?? [], CLEANUP])];
    const status = mapOf(next["status"]);
    const condition = {
      type: "Terminating",
      status: "True",
      lastTransitionTime: timestamp(machine),
      reason: "InstanceDeletionPending",
      message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    };
    next["status"] = { ...status, conditions: [...mapsOf(status["conditions"]), condition] };
  }
  // `deletionFinalizersForGarbageCollection`: a policy in the request replaces the finalizers of an
  // earlier one. Without a policy they stay.
  const others = (meta.finalizers ?? []).filter((f) => f !== "orphan" && f !== "foregroundDeletion");
  const waits = options.propagation === "" || options.propagation === undefined ? meta.finalizers ?? [] : others;
  const finalizer = propagation === "Orphan" ? "orphan" : propagation === "Foreground" ? "foregroundDeletion" : "";
  const finalizers = finalizer === "" || waits.includes(finalizer) ? waits : [...waits, finalizer];
  if (finalizers.length > 0) meta.finalizers = finalizers;
  else delete meta.finalizers;
  // A second deletion can shorten the grace period and never prolong it (`rest.BeforeDelete`).
  const grace = graceOf(resource, next, options.graceSeconds);
  if (meta.deletionTimestamp === undefined) {
    meta.deletionTimestamp = timestamp(machine, grace);
    // Definitions are deleted by another strategy, which counts no generation and has no grace
    // period.
    if (resource !== CRDS) meta.deletionGracePeriodSeconds = grace;
    if (resource !== CRDS && meta.generation !== undefined) meta.generation += 1;
  } else if (grace < (meta.deletionGracePeriodSeconds ?? 0)) {
    meta.deletionTimestamp = timestamp(machine, grace);
    meta.deletionGracePeriodSeconds = grace;
  }
  if (resource === "/namespaces") next["status"] = { ...mapOf(next["status"]), phase: "Terminating" };
  if (isFinished(next)) {
    // Watchers get the object as it was stored: the mark was never written. A dry run of a kind with
    // a grace period ends before the removal, and so answers with the mark.
    const last = options.dryRun && resource === "/pods" ? next : structuredClone(object);
    return { object: purgeObject(machine, resource, last), gone: true };
  }
  return { object: replaceObject(machine, resource, next, object), gone: false };
}

/** Deletes an object by its key, when it exists and is not being deleted. For controllers. */
export function deleteByKey(
  machine: Machine,
  key: { resource: string; namespace: string; name: string },
  propagation: RemoveOptions["propagation"] = "Background",
): void {
  const object = machine.store.get(key);
  if (object !== undefined && object.metadata?.deletionTimestamp === undefined) {
    deleteObject(machine, keyOf(key.resource, object).resource, object, { propagation });
  }
}
