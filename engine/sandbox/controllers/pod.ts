/**
 * Pods: a scheduler and a kubelet in one. A pod gets a node, starts a moment later, and keeps
 * running. No container ever runs.
 *
 * A pod with restart policy Never or OnFailure succeeds at once, or fails with the annotation
 * `skeg.dev/fail: "true"` (or `lab/fail`). With `crash`, `image` or `node` a pod never becomes ready (`faults.ts`).
 *
 * Source of the conditions: `pkg/kubelet/status/generate.go`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, type Json, mapOf, mapsOf, same, textOf } from "../json.ts";
import {
  type Controller,
  editObject,
  type Happening,
  type Machine,
  metaOf,
  purgeObject,
  replaceObject,
  timestamp,
} from "../machine.ts";
import type { Key } from "../store.ts";
import { FAIL_ANNOTATION, faultStatus } from "./faults.ts";
import { keyText, parseKey, qosOf, withCondition } from "./owned.ts";

/** How long a pod takes to start, in milliseconds. */
const START_MS = 20;
const FAIL = ["skeg.dev/fail", "lab/fail"];

/**
 * Schedules pods, starts them and ends them. A key is `namespace/name`. An empty name means all
 * pods of the namespace that wait for a node; without namespace, of all namespaces.
 */
export const podController: Controller = {
  name: "pod",
  interest(happening: Happening): string[] {
    if (happening.key.resource === "/pods" && happening.after !== undefined) return [keyText(happening.key)];
    // A pod may wait for a claim to be bound, or for a node to come.
    if (happening.key.resource === "/persistentvolumeclaims" && happening.after !== undefined) {
      return [`${happening.key.namespace}/`];
    }
    return happening.key.resource === "/nodes" && happening.before === undefined ? ["/"] : [];
  },
  reconcile(machine: Machine, text: string): number | void {
    const key = parseKey("/pods", text);
    if (key.name === "") return wakePending(machine, key.namespace);
    const pod = machine.store.get(key);
    if (pod === undefined) return;
    if (pod.metadata?.deletionTimestamp !== undefined) return end(machine, key, pod);
    // One step per call. Each step changes the pod, and that change calls for the next step.
    const phase = textOf(at(pod, "status", "phase"));
    if (phase === "Succeeded" || phase === "Failed") return;
    if (textOf(at(pod, "spec", "nodeName")) === "") return schedule(machine, key, pod);
    if (phase === "Pending" || phase === "") return start(machine, key, pod);
    const restart = textOf(at(pod, "spec", "restartPolicy"));
    if (restart === "Never" || restart === "OnFailure") finish(machine, key, pod);
  },
};

/** Queues all pods without node. Due times are real time, as everywhere in the queue. */
function wakePending(machine: Machine, namespace: string): void {
  for (const pod of machine.store.list("/pods", namespace === "" ? {} : { namespace })) {
    if (textOf(at(pod, "spec", "nodeName")) !== "") continue;
    const key = `${pod.metadata?.namespace}/${pod.metadata?.name}`;
    machine.store.owe({ controller: "pod", key, due: Date.now() });
  }
}

/** Ends a deleted pod at once: there is no process to wait for. */
function end(machine: Machine, key: Key, pod: KubeObject): void {
  if ((pod.metadata?.finalizers?.length ?? 0) > 0) {
    // A kubelet sets the grace period to 0 when all containers have stopped. After that only
    // finalizers hold the pod.
    if (pod.metadata?.deletionGracePeriodSeconds === 0) return;
    const next = structuredClone(pod);
    metaOf(next).deletionGracePeriodSeconds = 0;
    replaceObject(machine, key.resource, next, pod);
    return;
  }
  purgeObject(machine, key.resource, pod);
}

/** Returns why the pod's claims keep it from a node; `undefined` when they do not. */
function unplaced(machine: Machine, pod: KubeObject): string | undefined {
  const namespace = pod.metadata?.namespace ?? "";
  for (const volume of mapsOf(at(pod, "spec", "volumes"))) {
    const name = textOf(at(volume, "persistentVolumeClaim", "claimName"));
    if (name === "") continue;
    const claim = machine.store.get({ resource: "/persistentvolumeclaims", namespace, name });
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (at(claim, "status", "phase") !== "Bound") return "pod has unbound immediate PersistentVolumeClaims";
  }
  return undefined;
}

function fitsNode(pod: KubeObject, node: KubeObject): boolean {
  if (pod.metadata?.annotations?.[FAIL_ANNOTATION] === "node") return false;
  const labels = node.metadata?.labels ?? {};
  const wanted = Object.entries(mapOf(at(pod, "spec", "nodeSelector")));
  if (at(node, "spec", "unschedulable") === true) return false;
  return wanted.every(([key, value]) => labels[key] === value);
}

function schedule(machine: Machine, key: Key, pod: KubeObject): void {
  if (mapsOf(at(pod, "spec", "schedulingGates")).length > 0) return;
  const nodes = machine.store.list("/nodes");
  const fitting = nodes.filter((node) => fitsNode(pod, node));
  const why = unplaced(machine, pod) ??
    (fitting.length > 0 ? undefined : `${nodes.length} node(s) didn't match Pod's node affinity/selector`);
  if (why !== undefined) {
    // The scheduler's words (`FitError` in `pkg/scheduler/framework`), as `kubectl describe` shows
    // them.
    const message = `0/${nodes.length} nodes are available: ${why}.`;
    editObject(machine, key, (next) => {
      const status = mapOf(next["status"]);
      const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
      next["status"] = {
        ...status,
        conditions: withCondition(machine, status["conditions"], condition, "lastProbeTime"),
      };
    });
    return;
  }
  // Pods go round the nodes. The counter is in the store, so the next process goes on where this
  // one stopped.
  const node = fitting[machine.store.count("schedule") % fitting.length];
  editObject(machine, key, (next) => {
    mapOf(next["spec"])["nodeName"] = node?.metadata?.name;
    const status = mapOf(next["status"]);
    const condition = { type: "PodScheduled", status: "True" };
    next["status"] = {
      ...status,
      phase: "Pending",
      conditions: withCondition(machine, status["conditions"], condition, "lastProbeTime"),
      qosClass: qosOf(mapOf(next["spec"])),
    };
  });
}

/** Returns which ConfigMap or Secret is missing for the containers' environment; `undefined` when none is. */
function missing(machine: Machine, pod: KubeObject): string | undefined {
  const namespace = pod.metadata?.namespace ?? "";
  const lacks = (resource: string, reference: unknown): boolean => {
    const name = textOf(at(reference, "name"));
    return name !== "" && at(reference, "optional") !== true &&
      machine.store.get({ resource, namespace, name }) === undefined;
  };
  for (const container of mapsOf(at(pod, "spec", "containers"))) {
    for (const variable of mapsOf(container["env"])) {
      const from = variable["valueFrom"];
      if (lacks("/configmaps", at(from, "configMapKeyRef"))) {
        return `configmap "${textOf(at(from, "configMapKeyRef", "name"))}" not found`;
      }
      if (lacks("/secrets", at(from, "secretKeyRef"))) {
        return `secret "${textOf(at(from, "secretKeyRef", "name"))}" not found`;
      }
    }
  }
  return undefined;
}

/** Returns the statuses of all containers of a list, which are in the same state. */
function containerStatuses(pod: KubeObject, field: string, state: Json, ready: boolean, started?: boolean): Json[] {
  return mapsOf(at(pod, "spec", field)).map((container) => ({
    name: container["name"],
    state,
    lastState: {},
    ready,
    restartCount: 0,
    image: container["image"],
    imageID: "",
    ...(started === undefined ? {} : { started }),
  }));
}

function start(machine: Machine, key: Key, pod: KubeObject): number | void {
  const status = mapOf(pod["status"]);
  const fault = faultStatus(pod, timestamp(machine));
  if (fault !== undefined) {
    const notReady = { status: "False", reason: "ContainersNotReady" };
    return setPodStatus(machine, key, { conditions: conditionsOf(machine, pod, notReady), ...fault });
  }
  const why = missing(machine, pod);
  if (why !== undefined) {
    const waiting = { waiting: { reason: "CreateContainerConfigError", message: why } };
    setPodStatus(machine, key, { containerStatuses: containerStatuses(pod, "containers", waiting, false, false) });
    // A ConfigMap that is made later wakes no pod, so the pod looks again after half a second.
    return 500;
  }
  // Two steps, so that watchers see the pod with its containers being created before they see it
  // run.
  if (status["startTime"] === undefined) {
    const waiting = { waiting: { reason: "ContainerCreating" } };
    const address = machine.store.count("pod-address");
    // From the range that the nodes name as their `podCIDR`; the first and the last addresses of
    // each block are left out.
    const podIP = `10.244.${Math.floor(address / 250) % 250}.${address % 250 + 2}`;
    setPodStatus(machine, key, {
      hostIP: hostAddress(machine, pod),
      hostIPs: [{ ip: hostAddress(machine, pod) }],
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: timestamp(machine),
      containerStatuses: containerStatuses(pod, "containers", waiting, false, false),
    });
    return START_MS;
  }
  run(machine, key, pod);
}

function hostAddress(machine: Machine, pod: KubeObject): string {
  const name = textOf(at(pod, "spec", "nodeName"));
  const node = machine.store.get({ resource: "/nodes", namespace: "", name });
  const address = mapsOf(at(node, "status", "addresses")).find((a) => a["type"] === "InternalIP");
  return textOf(address?.["address"]) || "127.0.0.1";
}

/** Conditions in the order in which a kubelet writes them; PodScheduled comes last. */
const CONDITIONS = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"];

/** Returns the pod's conditions, all true; `ready` overrides the two that say whether it is ready. */
function conditionsOf(machine: Machine, pod: KubeObject, ready: Json): Json[] {
  let conditions = mapsOf(at(pod, "status", "conditions"));
  for (const type of CONDITIONS) {
    const isReady = type === "Ready" || type === "ContainersReady";
    const condition = { type, status: "True", ...(isReady ? ready : {}) } as { type: string; status: string };
    conditions = withCondition(machine, conditions, condition, "lastProbeTime");
  }
  const order = [...CONDITIONS, "PodScheduled"];
  return conditions.sort((a, b) => order.indexOf(textOf(a["type"])) - order.indexOf(textOf(b["type"])));
}

function run(machine: Machine, key: Key, pod: KubeObject): void {
  const now = timestamp(machine);
  // Init containers are shown as done: nothing runs that could hold the pod up.
  const done = { terminated: { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now } };
  const initial = containerStatuses(pod, "initContainers", done, true, false);
  setPodStatus(machine, key, {
    phase: "Running",
    conditions: conditionsOf(machine, pod, {}),
    ...(initial.length > 0 ? { initContainerStatuses: initial } : {}),
    containerStatuses: containerStatuses(pod, "containers", { running: { startedAt: now } }, true, true),
  });
}

function finish(machine: Machine, key: Key, pod: KubeObject): void {
  const now = timestamp(machine);
  const failed = FAIL.some((name) => pod.metadata?.annotations?.[name] === "true");
  // The container counts as started with the pod: no time passes between the two.
  const startedAt = textOf(at(pod, "status", "startTime")) || now;
  const state = {
    terminated: {
      exitCode: failed ? 1 : 0,
      reason: failed ? "Error" : "Completed",
      startedAt,
      finishedAt: now,
    },
  };
  const reason = failed ? "PodFailed" : "PodCompleted";
  setPodStatus(machine, key, {
    phase: failed ? "Failed" : "Succeeded",
    conditions: conditionsOf(machine, pod, { status: "False", reason }),
    containerStatuses: containerStatuses(pod, "containers", state, false, false),
  });
}

function setPodStatus(machine: Machine, key: Key, fields: Json): void {
  editObject(machine, key, (pod) => {
    const status = { ...mapOf(pod["status"]), ...fields };
    if (!same(status, pod["status"])) pod["status"] = status;
  });
}
