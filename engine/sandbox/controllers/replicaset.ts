/**
 * ReplicaSets and ReplicationControllers: keep as many pods as the spec asks for.
 *
 * Source: `pkg/controller/replicaset/replica_set.go` and
 * `pkg/controller/controller_ref_manager.go`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, type Json, mapOf, numberOf, textOf } from "../json.ts";
import { type Controller, editObject, type Happening, type Machine } from "../machine.ts";
import { deleteObject } from "../deleting.ts";
import { selectorOf } from "../selectors.ts";
import { quotaRefusal } from "./faults.ts";
import {
  controlledBy,
  controllerOf,
  createPod,
  isActive,
  isAvailable,
  isReady,
  keyText,
  nextAvailable,
  ownedBy,
  ownersOfKind,
  parseKey,
  wantedReplicas,
  withCondition,
} from "./owned.ts";

function selects(owner: KubeObject, labels: Record<string, string>): boolean {
  const selector = at(owner, "spec", "selector");
  // The selector of a ReplicationController is a plain map of labels.
  const isOld = owner.kind === "ReplicationController";
  return selectorOf(isOld ? { matchLabels: mapOf(selector) } : selector)(labels);
}

/** Takes over active pods that match the selector and have no controller. */
export function adopt(machine: Machine, owner: KubeObject): void {
  for (const pod of machine.store.list("/pods", { namespace: owner.metadata?.namespace })) {
    if (controllerOf(pod) !== undefined || !isActive(pod) || !selects(owner, pod.metadata?.labels ?? {})) continue;
    const key = { resource: "/pods", namespace: pod.metadata?.namespace ?? "", name: pod.metadata?.name ?? "" };
    editObject(machine, key, (next) => {
      const meta = next.metadata ??= {};
      meta.ownerReferences = [...meta.ownerReferences ?? [], controlledBy(owner) as never];
    });
  }
}

/**
 * Orders pods for deletion: unscheduled before scheduled, not running before running, not ready
 * before ready, later before earlier (`ActivePodsWithRanks` in
 * `pkg/controller/controller_utils.go`).
 */
function worstFirst(a: KubeObject, b: KubeObject): number {
  const rank = (pod: KubeObject): number =>
    (textOf(at(pod, "spec", "nodeName")) === "" ? 0 : 4) + (at(pod, "status", "phase") === "Running" ? 2 : 0) +
    (isReady(pod) ? 1 : 0);
  return rank(a) - rank(b) || Number(b.metadata?.resourceVersion) - Number(a.metadata?.resourceVersion);
}

function reconcile(machine: Machine, resource: string, text: string): number | undefined {
  const key = parseKey(resource, text);
  const owner = machine.store.get(key);
  if (owner === undefined) return undefined;
  // A set that is being deleted makes no pods, but its status still counts them.
  if (owner.metadata?.deletionTimestamp === undefined) {
    adopt(machine, owner);
    const pods = ownedBy(machine, "/pods", owner).filter(isActive);
    const wanted = wantedReplicas(owner);
    const isRefused = quotaRefusal(owner) !== undefined;
    for (let missing = isRefused ? 0 : wanted - pods.length; missing > 0; missing--) {
      createPod(machine, owner, at(owner, "spec", "template"), {});
    }
    for (const pod of pods.toSorted(worstFirst).slice(0, Math.max(pods.length - wanted, 0))) {
      deleteObject(machine, "/pods", pod);
    }
  }
  return updateStatus(machine, key, owner);
}

/** Counts the pods. Returns the milliseconds after which one more is available. */
function updateStatus(machine: Machine, key: ReturnType<typeof parseKey>, owner: KubeObject): number | undefined {
  const pods = ownedBy(machine, "/pods", owner).filter(isActive);
  const labels = Object.entries(mapOf(at(owner, "spec", "template", "metadata", "labels")));
  const full = pods.filter((pod) => labels.every(([name, value]) => pod.metadata?.labels?.[name] === value));
  const ready = pods.filter(isReady).length;
  const available = pods.filter((pod) => isAvailable(machine, owner, pod)).length;
  const status: Json = {
    replicas: pods.length,
    ...(full.length > 0 ? { fullyLabeledReplicas: full.length } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    observedGeneration: numberOf(owner.metadata?.generation),
    ...failure(machine, owner, pods.length),
  };
  editObject(machine, key, (next) => {
    next["status"] = status;
  });
  return nextAvailable(machine, owner, pods);
}

/** The condition of a set whose pods the server refuses. */
function failure(machine: Machine, owner: KubeObject, count: number): Json {
  const message = quotaRefusal(owner);
  if (message === undefined || count >= wantedReplicas(owner)) return {};
  const condition = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message };
  return { conditions: withCondition(machine, at(owner, "status", "conditions"), condition) };
}

function create(name: string, resource: string, kind: string): Controller {
  return {
    name,
    interest(happening: Happening, machine: Machine): string[] {
      if (happening.key.resource === resource) return happening.after === undefined ? [] : [keyText(happening.key)];
      if (happening.key.resource !== "/pods") return [];
      const owners = ownersOfKind(happening, kind);
      const pod = happening.after;
      // A new pod without controller may be adopted by every set that selects it.
      if (pod === undefined || controllerOf(pod) !== undefined || happening.before !== undefined) return owners;
      const namespace = happening.key.namespace;
      const fitting = machine.store.list(resource, { namespace })
        .filter((owner) => selects(owner, pod.metadata?.labels ?? {}));
      return [...owners, ...fitting.map((owner) => `${namespace}/${owner.metadata?.name}`)];
    },
    reconcile: (machine, text) => reconcile(machine, resource, text),
  };
}

/** Keeps the pods of ReplicaSets. */
export const replicaSetController = create("replicaset", "apps/replicasets", "ReplicaSet");

/** Keeps the pods of ReplicationControllers. */
export const replicationController = create(
  "replicationcontroller",
  "/replicationcontrollers",
  "ReplicationController",
);
