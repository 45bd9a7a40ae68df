/**
 * Shared by controllers: owners, pods made from templates, readiness, keys.
 *
 * @module
 */
import { podOnlyDefaults } from "../../kube/defaults/mod.ts";
import type { KubeObject } from "../../model/mod.ts";
import { at, copy, type Json, listOf, mapOf, mapsOf, numberOf, randomLetters, textOf } from "../json.ts";
import { type Happening, type Machine, storeObject, timestamp } from "../machine.ts";
import type { Key } from "../store.ts";

/** Returns the key in a resource that `namespace/name` means. */
export function parseKey(resource: string, key: string): Key {
  const slash = key.indexOf("/");
  return { resource, namespace: key.slice(0, Math.max(slash, 0)), name: key.slice(slash + 1) };
}

/** A key as text. */
export function keyText(key: { namespace: string; name: string }): string {
  return `${key.namespace}/${key.name}`;
}

/** The reference of the controller that owns an object. */
export function controllerOf(object: KubeObject | undefined): { kind: string; name: string; uid: string } | undefined {
  return object?.metadata?.ownerReferences?.find((owner) => owner.controller === true);
}

/**
 * Returns the keys of the controllers of a changed object, when they are of a kind. Before and
 * after count: a pod that is released concerns its old controller.
 */
export function ownersOfKind(happening: Happening, kind: string): string[] {
  const found = new Set<string>();
  for (const object of [happening.before, happening.after]) {
    const owner = controllerOf(object);
    if (owner?.kind === kind) found.add(`${happening.key.namespace}/${owner.name}`);
  }
  return [...found];
}

/** An owner reference that makes `owner` the controller. */
export function controlledBy(owner: KubeObject): Json {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata?.name,
    uid: owner.metadata?.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Returns the objects of a resource that `owner` controls, the one written longest ago first. */
export function ownedBy(machine: Machine, resource: string, owner: KubeObject): KubeObject[] {
  const uid = owner.metadata?.uid;
  return machine.store.list(resource, { namespace: owner.metadata?.namespace })
    .filter((object) => controllerOf(object)?.uid === uid)
    .sort((a, b) => Number(a.metadata?.resourceVersion) - Number(b.metadata?.resourceVersion));
}

/**
 * Returns a name with five random letters at its end. 58 is the longest name minus these letters
 * (`apiserver/pkg/storage/names/generate.go`).
 */
export function generatedName(prefix: string): string {
  return `${prefix.slice(0, 58)}${randomLetters(5)}`;
}

const TOLERATED = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/**
 * Adds what the admission plugins of a default cluster add to every pod: tolerations for nodes in
 * trouble, and the priority of its class.
 *
 * Source: `plugin/pkg/admission/defaulttolerationseconds` and `plugin/pkg/admission/priority`.
 */
export function admitPod(machine: Machine, spec: Json): void {
  const tolerations = mapsOf(spec["tolerations"]);
  for (const key of TOLERATED) {
    // A toleration without key or effect covers every taint, so nothing is added beside it.
    const has = tolerations.some((t) =>
      (t["key"] === key || textOf(t["key"]) === "") && ["NoExecute", ""].includes(textOf(t["effect"]))
    );
    if (!has) tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 });
  }
  spec["tolerations"] = tolerations;
  const name = textOf(spec["priorityClassName"]);
  const found = name === ""
    ? machine.store.list("scheduling.k8s.io/priorityclasses").find((c) => c["globalDefault"] === true)
    : machine.store.get({ resource: "scheduling.k8s.io/priorityclasses", namespace: "", name });
  // The global default is written into the pod. Without any class the priority is 0.
  if (found && name === "") spec["priorityClassName"] = found.metadata?.name;
  spec["priority"] = numberOf(found?.["value"]);
  spec["preemptionPolicy"] = textOf(found?.["preemptionPolicy"]) || "PreemptLowerPriority";
  spec["enableServiceLinks"] ??= true;
}

/** Makes a pod from a template. */
export function createPod(
  machine: Machine,
  owner: KubeObject,
  template: unknown,
  more: {
    name?: string;
    prefix?: string;
    labels?: Json;
    annotations?: Json;
    finalizers?: string[];
    edit?: (spec: Json) => void;
  },
): KubeObject {
  const metadata = mapOf(at(template, "metadata"));
  const prefix = more.prefix ?? `${owner.metadata?.name}-`;
  const labels = { ...mapOf(metadata["labels"]), ...more.labels };
  const annotations = { ...mapOf(metadata["annotations"]), ...more.annotations };
  const finalizers = [...listOf(metadata["finalizers"]), ...more.finalizers ?? []];
  const spec = copy(mapOf(at(template, "spec")));
  // Before the defaults, so that what the controller adds is filled in too.
  more.edit?.(spec);
  podOnlyDefaults(spec);
  spec["enableServiceLinks"] ??= true;
  const pod = {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      name: more.name ?? generatedName(prefix),
      // Pods with a fixed name, such as those of a StatefulSet, carry it too
      // (`GetPodFromTemplate`).
      generateName: prefix,
      namespace: owner.metadata?.namespace ?? "",
      generation: 1,
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ...(finalizers.length > 0 ? { finalizers } : {}),
      ownerReferences: [controlledBy(owner)],
    },
    spec,
    status: { phase: "Pending", qosClass: qosOf(spec) },
  };
  const made = pod as unknown as KubeObject;
  // Before admission, whose fields belong to no manager.
  machine.manage("/pods", undefined, made);
  admitPod(machine, spec);
  return storeObject(machine, "/pods", made);
}

/**
 * Returns the QoS class of a pod, from its requests and limits for CPU and memory. Source:
 * `ComputePodQOS` in `pkg/apis/core/v1/helper/qos/qos.go`.
 */
export function qosOf(spec: Json): string {
  const containers = [...mapsOf(spec["containers"]), ...mapsOf(spec["initContainers"])];
  let any = false;
  let all = true;
  for (const container of containers) {
    const limits = mapOf(at(container, "resources", "limits"));
    const requests = mapOf(at(container, "resources", "requests"));
    for (const name of ["cpu", "memory"]) {
      const limit = limits[name];
      // A request that is left out equals the limit.
      const request = requests[name] ?? limit;
      if (limit !== undefined || request !== undefined) any = true;
      if (limit === undefined || limit !== request) all = false;
    }
  }
  return !any ? "BestEffort" : all ? "Guaranteed" : "Burstable";
}

/** True when a pod has the condition Ready. */
export function isReady(pod: KubeObject): boolean {
  return mapsOf(at(pod, "status", "conditions")).some((c) => c["type"] === "Ready" && c["status"] === "True");
}

/**
 * Returns the milliseconds until a pod is available: ready for `minReadySeconds` of its owner. 0 when it
 * is available now, `undefined` while it is not ready (`IsPodAvailable` in `pkg/api/v1/pod/util.go`).
 */
export function availableIn(machine: Machine, owner: KubeObject, pod: KubeObject): number | undefined {
  const ready = mapsOf(at(pod, "status", "conditions")).find((c) => c["type"] === "Ready" && c["status"] === "True");
  if (ready === undefined) return undefined;
  const seconds = numberOf(at(owner, "spec", "minReadySeconds"));
  const since = Date.parse(textOf(ready["lastTransitionTime"]));
  if (seconds === 0 || Number.isNaN(since)) return 0;
  return Math.max(since + seconds * 1000 - machine.now().getTime(), 0);
}

/** True when a pod has been ready for `minReadySeconds` of its owner. */
export function isAvailable(machine: Machine, owner: KubeObject, pod: KubeObject): boolean {
  return availableIn(machine, owner, pod) === 0;
}

/** Returns the milliseconds after which the next of the pods becomes available; `undefined` when none waits for that. */
export function nextAvailable(machine: Machine, owner: KubeObject, pods: readonly KubeObject[]): number | undefined {
  const waits = pods.map((pod) => availableIn(machine, owner, pod) ?? 0).filter((ms) => ms > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}

/** True for a pod that runs or will run. */
export function isActive(pod: KubeObject): boolean {
  const phase = textOf(at(pod, "status", "phase"));
  return phase !== "Succeeded" && phase !== "Failed" && pod.metadata?.deletionTimestamp === undefined;
}

/** Returns the list of conditions with one of them set. Its transition time moves only when the status does. */
export function withCondition(
  machine: Machine,
  conditions: unknown,
  condition: { type: string; status: string; reason?: string; message?: string },
  timeField: "lastUpdateTime" | "lastProbeTime" | "" = "",
): Json[] {
  const list = mapsOf(conditions);
  const now = timestamp(machine);
  const old = list.find((c) => c["type"] === condition.type);
  const kept = old !== undefined && old["status"] === condition.status;
  const unchanged = kept && textOf(old["reason"]) === (condition.reason ?? "") &&
    textOf(old["message"]) === (condition.message ?? "");
  if (unchanged) return list;
  const made: Json = {
    type: condition.type,
    status: condition.status,
    // Nothing probes a pod's conditions. The field is a Go struct, which is written as null when it
    // is empty.
    ...(timeField === "" ? {} : { [timeField]: timeField === "lastProbeTime" ? null : now }),
    lastTransitionTime: kept ? old["lastTransitionTime"] : now,
    ...(condition.reason ? { reason: condition.reason } : {}),
    ...(condition.message ? { message: condition.message } : {}),
  };
  return old === undefined ? [...list, made] : list.map((c) => c === old ? made : c);
}

/** Returns a count, or a percentage of `total`; `up` says how a fraction is rounded. */
export function scaled(value: unknown, total: number, up: boolean): number {
  if (typeof value === "number") return value;
  const percent = Number(/^(\d+)%$/.exec(textOf(value))?.[1] ?? 0);
  const exact = percent * total / 100;
  return up ? Math.ceil(exact) : Math.floor(exact);
}

/** Replicas that a spec asks for. */
export function wantedReplicas(object: KubeObject): number {
  return numberOf(at(object, "spec", "replicas"), 1);
}
