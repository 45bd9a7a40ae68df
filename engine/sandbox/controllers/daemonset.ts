/**
 * DaemonSets: one pod on every node.
 *
 * Source: `pkg/controller/daemon/daemon_controller.go` and `update.go`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, type Json, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import { type Controller, editObject, type Happening, type Machine } from "../machine.ts";
import { deleteObject } from "../deleting.ts";
import { type NodePods, updateStep } from "./daemon_update.ts";
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
} from "./owned.ts";
import { ensureRevision } from "./revisions.ts";

const SETS = "apps/daemonsets";
const HASH = "controller-revision-hash";
/**
 * Taints that the pods tolerate, so that they stay on nodes in trouble
 * (`AddOrUpdateDaemonPodTolerations` in `pkg/controller/daemon/util/daemonset_util.go`).
 */
const TOLERATED: [string, string][] = [
  ["not-ready", "NoExecute"],
  ["unreachable", "NoExecute"],
  ["disk-pressure", "NoSchedule"],
  ["memory-pressure", "NoSchedule"],
  ["pid-pressure", "NoSchedule"],
  ["unschedulable", "NoSchedule"],
];

/**
 * Returns the node that a pod is meant for. Kubernetes pins the pod by an affinity on the node's
 * name; `nodeName` is set too, because nothing is left to schedule.
 */
function nodeOf(pod: KubeObject): string {
  const terms = mapsOf(
    at(pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"),
  );
  const values = mapsOf(terms[0]?.["matchFields"])[0]?.["values"];
  return textOf(at(pod, "spec", "nodeName")) || textOf(Array.isArray(values) ? values[0] : "");
}

function addPod(machine: Machine, set: KubeObject, node: string, hash: string): void {
  const generation = set.metadata?.annotations?.["deprecated.daemonset.template.generation"] ?? "1";
  createPod(machine, set, at(set, "spec", "template"), {
    labels: { [HASH]: hash, "pod-template-generation": generation },
    edit(spec) {
      const term = { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] };
      // Node affinity of the template is replaced, as in `ReplaceDaemonSetPodNodeNameNodeAffinity`.
      const affinity = mapOf(spec["affinity"]);
      spec["affinity"] = {
        ...affinity,
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
      };
      spec["nodeName"] = node;
      const added = TOLERATED.map(([key, effect]) => ({
        key: `node.kubernetes.io/${key}`,
        operator: "Exists",
        effect,
      }));
      spec["tolerations"] = [...mapsOf(spec["tolerations"]), ...added];
    },
  });
}

/**
 * Returns the nodes that match the template's node selector. Unschedulable nodes count: the pods
 * tolerate that taint.
 */
function wantedNodes(machine: Machine, set: KubeObject): string[] {
  const selector = Object.entries(mapOf(at(set, "spec", "template", "spec", "nodeSelector")));
  return machine.store.list("/nodes")
    .filter((node) => selector.every(([key, value]) => node.metadata?.labels?.[key] === value))
    .map((node) => node.metadata?.name ?? "");
}

/** Keeps the pods of DaemonSets. */
export const daemonSetController: Controller = {
  name: "daemonset",
  interest(happening: Happening, machine: Machine): string[] {
    const { key, before, after } = happening;
    if (key.resource === SETS) return after === undefined ? [] : [keyText(key)];
    if (key.resource === "/pods") return ownersOfKind(happening, "DaemonSet");
    // A changed node changes no set; one that came or went concerns them all.
    if (key.resource !== "/nodes" || (before !== undefined && after !== undefined)) return [];
    return machine.store.list(SETS).map((set) => `${set.metadata?.namespace}/${set.metadata?.name}`);
  },
  reconcile(machine: Machine, text: string): number | undefined {
    const key = parseKey(SETS, text);
    const set = machine.store.get(key);
    if (set === undefined || set.metadata?.deletionTimestamp !== undefined) return undefined;
    const name = ensureRevision(machine, set, controlledBy(set), HASH);
    // The label holds the hash alone. The revision's name is the set's name, a dash and the hash.
    const hash = name.slice(`${set.metadata?.name}-`.length);
    const nodes = wantedNodes(machine, set);
    const pods = ownedBy(machine, "/pods", set);
    for (const node of nodes) {
      if (!pods.some((pod) => nodeOf(pod) === node && isActive(pod))) addPod(machine, set, node, hash);
    }
    for (const pod of pods) if (isActive(pod) && !nodes.includes(nodeOf(pod))) deleteObject(machine, "/pods", pod);
    if (at(set, "spec", "updateStrategy", "type") !== "OnDelete") {
      const { remove, add } = updateStep(
        set,
        podsOf(machine, set, nodes, hash),
        (pod) => isAvailable(machine, set, pod),
      );
      for (const pod of remove) deleteObject(machine, "/pods", pod);
      for (const node of add) addPod(machine, set, node, hash);
    }
    return writeStatus(machine, key, set, { nodes, hash });
  },
};

/** Returns the active pods on each node, those of the current template apart. */
function podsOf(machine: Machine, set: KubeObject, nodes: readonly string[], hash: string): NodePods[] {
  const pods = ownedBy(machine, "/pods", set).filter(isActive);
  const isCurrent = (pod: KubeObject): boolean => pod.metadata?.labels?.[HASH] === hash;
  return nodes.map((node) => {
    const own = pods.filter((pod) => nodeOf(pod) === node);
    return { node, current: own.filter(isCurrent), old: own.filter((pod) => !isCurrent(pod)) };
  });
}

/** Counts nodes by their oldest pod. Returns the milliseconds after which one more pod is available. */
function writeStatus(
  machine: Machine,
  key: ReturnType<typeof parseKey>,
  set: KubeObject,
  { nodes, hash }: { readonly nodes: readonly string[]; readonly hash: string },
): number | undefined {
  const all = ownedBy(machine, "/pods", set).filter(isActive);
  const oldest = (a: KubeObject, b: KubeObject): number =>
    textOf(a.metadata?.creationTimestamp) < textOf(b.metadata?.creationTimestamp) ? -1 : 1;
  const pods = nodes.flatMap((node) => all.filter((pod) => nodeOf(pod) === node).toSorted(oldest).slice(0, 1));
  const available = pods.filter((pod) => isAvailable(machine, set, pod)).length;
  const updated = pods.filter((pod) => pod.metadata?.labels?.[HASH] === hash).length;
  const status: Json = {
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.length,
    numberReady: pods.filter(isReady).length,
    observedGeneration: numberOf(set.metadata?.generation),
  };
  // Go leaves these three out when they are 0. The fields above are always written.
  if (updated > 0) status["updatedNumberScheduled"] = updated;
  if (available > 0) status["numberAvailable"] = available;
  if (nodes.length > available) status["numberUnavailable"] = nodes.length - available;
  editObject(machine, key, (next) => {
    next["status"] = status;
  });
  return nextAvailable(machine, set, all);
}
