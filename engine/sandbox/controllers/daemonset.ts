/**
 * DaemonSets: one pod on every node.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, type Json, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import { type Controller, editObject, type Happening, type Machine } from "../machine.ts";
import { deleteObject } from "../remove.ts";
import { controlledBy, createPod, isActive, isReady, keyText, ownedBy, ownersOfKind, parseKey } from "./owned.ts";
import { ensureRevision } from "./revisions.ts";

const SETS = "apps/daemonsets";
const HASH = "controller-revision-hash";
const TOLERATED: [string, string][] = [
  ["not-ready", "NoExecute"],
  ["unreachable", "NoExecute"],
  ["disk-pressure", "NoSchedule"],
  ["memory-pressure", "NoSchedule"],
  ["pid-pressure", "NoSchedule"],
  ["unschedulable", "NoSchedule"],
];

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
    if (key.resource !== "/nodes" || (before !== undefined && after !== undefined)) return [];
    return machine.store.list(SETS).map((set) => `${set.metadata?.namespace}/${set.metadata?.name}`);
  },
  reconcile(machine: Machine, text: string): void {
    const key = parseKey(SETS, text);
    const set = machine.store.get(key);
    if (set === undefined || set.metadata?.deletionTimestamp !== undefined) return;
    const name = ensureRevision(machine, set, controlledBy(set), HASH);
    const hash = name.slice(`${set.metadata?.name}-`.length);
    const nodes = wantedNodes(machine, set);
    const pods = ownedBy(machine, "/pods", set);
    for (const node of nodes) {
      if (!pods.some((pod) => nodeOf(pod) === node && isActive(pod))) addPod(machine, set, node, hash);
    }
    for (const pod of pods) if (isActive(pod) && !nodes.includes(nodeOf(pod))) deleteObject(machine, "/pods", pod);
    if (at(set, "spec", "updateStrategy", "type") !== "OnDelete") replaceOld(machine, pods, hash);
    writeStatus(machine, key, set, nodes.length, hash);
  },
};

/** Replaces one old pod at a time, when all others are ready. */
function replaceOld(machine: Machine, pods: readonly KubeObject[], hash: string): void {
  const old = pods.filter((pod) => isActive(pod) && pod.metadata?.labels?.[HASH] !== hash);
  const [first] = old;
  if (first !== undefined && pods.every((pod) => isReady(pod) && isActive(pod))) deleteObject(machine, "/pods", first);
}

function writeStatus(
  machine: Machine,
  key: ReturnType<typeof parseKey>,
  set: KubeObject,
  wanted: number,
  hash: string,
): void {
  const pods = ownedBy(machine, "/pods", set).filter(isActive);
  const ready = pods.filter(isReady).length;
  const updated = pods.filter((pod) => pod.metadata?.labels?.[HASH] === hash).length;
  const status: Json = {
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: wanted,
    numberReady: ready,
    observedGeneration: numberOf(set.metadata?.generation),
  };
  if (updated > 0) status["updatedNumberScheduled"] = updated;
  if (ready > 0) status["numberAvailable"] = ready;
  if (wanted - ready > 0) status["numberUnavailable"] = wanted - ready;
  editObject(machine, key, (next) => {
    next["status"] = status;
  });
}
