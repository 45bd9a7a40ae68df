/**
 * StatefulSets: numbered pods, made in sequence, each with its claims.
 *
 * Source: `pkg/controller/statefulset/stateful_set_control.go` and `stateful_set_utils.go`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, copy, type Json, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import { type Controller, createObject, editObject, type Happening, type Machine } from "../machine.ts";
import { deleteByKey, deleteObject } from "../deleting.ts";
import {
  controlledBy,
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
} from "./owned.ts";
import { ensureRevision } from "./revisions.ts";

const SETS = "apps/statefulsets";
const HASH = "controller-revision-hash";
const CLAIMS = "/persistentvolumeclaims";

function ordinal(pod: KubeObject): number {
  return Number(/-(\d+)$/.exec(pod.metadata?.name ?? "")?.[1] ?? -1);
}

/**
 * Makes the claims of a pod that do not exist yet, and returns the volumes that use them. A claim
 * outlives its pod: the next pod with the number gets it again.
 */
function makeClaims(machine: Machine, set: KubeObject, podName: string): Json[] {
  const namespace = set.metadata?.namespace ?? "";
  return mapsOf(at(set, "spec", "volumeClaimTemplates")).map((template) => {
    const short = textOf(at(template, "metadata", "name"));
    const name = `${short}-${podName}`;
    if (machine.store.get({ resource: CLAIMS, namespace, name }) === undefined) {
      const metadata = copy(mapOf(template["metadata"]));
      createObject(machine, CLAIMS, {
        kind: "PersistentVolumeClaim",
        apiVersion: "v1",
        metadata: {
          ...metadata,
          name,
          namespace,
          labels: {
            ...mapOf(metadata["labels"]),
            // The selector's labels win over those of the claim template.
            ...mapOf(at(set, "spec", "selector", "matchLabels")),
          } as Record<string, string>,
          finalizers: ["kubernetes.io/pvc-protection"],
        },
        spec: copy(mapOf(template["spec"])),
        status: { phase: "Pending" },
      });
    }
    return { name: short, persistentVolumeClaim: { claimName: name } };
  });
}

function addPod(machine: Machine, set: KubeObject, number: number, revision: string): void {
  const name = `${set.metadata?.name}-${number}`;
  const volumes = makeClaims(machine, set, name);
  createPod(machine, set, at(set, "spec", "template"), {
    name,
    labels: {
      "apps.kubernetes.io/pod-index": String(number),
      [HASH]: revision,
      "statefulset.kubernetes.io/pod-name": name,
    },
    edit(spec) {
      // A claim's volume replaces one of the same name in the template (`updateStorage`).
      const claimed = volumes.map((volume) => volume["name"]);
      const own = mapsOf(spec["volumes"]).filter((volume) => !claimed.includes(volume["name"]));
      if (volumes.length + own.length > 0) spec["volumes"] = [...volumes, ...own];
      spec["hostname"] = name;
      const service = textOf(at(set, "spec", "serviceName"));
      if (service !== "") spec["subdomain"] = service;
    },
  });
}

/**
 * Takes one step towards the wanted pods: makes missing ones from the lowest number up, then
 * removes surplus ones and old ones from the highest down. Unless the policy is Parallel, each pod
 * waits for the one before.
 */
function step(machine: Machine, set: KubeObject, revision: string): void {
  const pods = ownedBy(machine, "/pods", set).sort((a, b) => ordinal(a) - ordinal(b));
  const parallel = at(set, "spec", "podManagementPolicy") === "Parallel";
  const start = numberOf(at(set, "spec", "ordinals", "start"));
  const end = start + wantedReplicas(set);
  for (let number = start; number < end; number++) {
    const pod = pods.find((p) => ordinal(p) === number);
    if (pod === undefined) addPod(machine, set, number, revision);
    else if (["Failed", "Succeeded"].includes(textOf(at(pod, "status", "phase")))) deleteObject(machine, "/pods", pod);
    // Stops at the first pod that is not available. Its next change or its time brings the controller
    // back here.
    if (!parallel && (pod === undefined || !isAvailable(machine, set, pod) || !isActive(pod))) return;
  }
  const surplus = pods.filter((pod) => ordinal(pod) >= end || ordinal(pod) < start).reverse();
  for (const pod of surplus) {
    if (pod.metadata?.deletionTimestamp === undefined) deleteObject(machine, "/pods", pod);
    if (!parallel) return;
  }
  if (at(set, "spec", "updateStrategy", "type") === "OnDelete") return;
  const partition = numberOf(at(set, "spec", "updateStrategy", "rollingUpdate", "partition"));
  for (const pod of pods.toReversed()) {
    // Pods below the partition keep their template.
    if (ordinal(pod) < partition) break;
    if (pod.metadata?.labels?.[HASH] !== revision) {
      // An old pod is deleted, not changed. The new one is made when it is gone.
      if (isActive(pod)) deleteObject(machine, "/pods", pod);
      return;
    }
    if (!isAvailable(machine, set, pod)) return;
  }
}

/** Counts the pods. Returns the milliseconds after which one more is available. */
function writeStatus(
  machine: Machine,
  key: ReturnType<typeof parseKey>,
  set: KubeObject,
  revision: string,
): number | undefined {
  const pods = ownedBy(machine, "/pods", set).filter(isActive);
  const updated = pods.filter((pod) => pod.metadata?.labels?.[HASH] === revision).length;
  const ready = pods.filter(isReady).length;
  const old = textOf(at(set, "status", "currentRevision"));
  // `currentRevision` moves on only when all pods have the new one (`completeRollingUpdate`).
  const done = old === "" || updated === wantedReplicas(set);
  const current = done ? revision : old;
  const onCurrent = pods.filter((pod) => pod.metadata?.labels?.[HASH] === current).length;
  const status: Json = { observedGeneration: numberOf(set.metadata?.generation), replicas: pods.length };
  const counts = { readyReplicas: ready, currentReplicas: onCurrent, updatedReplicas: updated };
  for (const [name, value] of Object.entries(counts)) if (value > 0) status[name] = value;
  // These are written even when they are 0.
  Object.assign(status, {
    currentRevision: current,
    updateRevision: revision,
    collisionCount: 0,
    availableReplicas: pods.filter((pod) => isAvailable(machine, set, pod)).length,
  });
  editObject(machine, key, (next) => {
    next["status"] = status;
  });
  return nextAvailable(machine, set, pods);
}

/** Keeps the pods of StatefulSets. */
export const statefulSetController: Controller = {
  name: "statefulset",
  interest(happening: Happening): string[] {
    if (happening.key.resource === SETS) {
      // A set that is gone is looked at once more when its policy deletes the claims.
      const set = happening.after ?? happening.before;
      const deletesClaims = at(set, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted") === "Delete";
      if (happening.after === undefined) return deletesClaims ? [`gone:${keyText(happening.key)}`] : [];
      return [keyText(happening.key)];
    }
    return happening.key.resource === "/pods" ? ownersOfKind(happening, "StatefulSet") : [];
  },
  reconcile(machine: Machine, text: string): number | void {
    if (text.startsWith("gone:")) return removeClaims(machine, text.slice("gone:".length));
    const key = parseKey(SETS, text);
    const set = machine.store.get(key);
    if (set === undefined || set.metadata?.deletionTimestamp !== undefined) return;
    // The revision first: new pods carry its name as a label.
    const revision = ensureRevision(machine, set, controlledBy(set), "controller.kubernetes.io/hash");
    step(machine, set, revision);
    return writeStatus(machine, key, set, revision);
  },
};

/**
 * Deletes the claims of a StatefulSet that is gone. Its claim templates are gone too, so the names
 * decide: they end in the name of one of its pods.
 */
function removeClaims(machine: Machine, text: string): void {
  const { namespace, name } = parseKey(SETS, text);
  const own = new RegExp(`-${name.replace(/\./g, "\\.")}-\\d+$`);
  for (const claim of machine.store.list(CLAIMS, { namespace })) {
    const claimName = claim.metadata?.name ?? "";
    if (own.test(claimName)) deleteByKey(machine, { resource: CLAIMS, namespace, name: claimName });
  }
}
