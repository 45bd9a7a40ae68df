/**
 * Nodes.
 *
 * Source of the cells: Kubernetes 1.34, `pkg/printers/internalversion/printers.go`.
 *
 * @module
 */
import { at, type Json, mapOf, mapsOf, textOf } from "../json.ts";
import { age, type Cells, hasCondition, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of Nodes. A kubelet registers its node with a status, so that is kept. */
const nodeRules: Rules = { keepsStatus: true };

/**
 * Returns the roles from a node's labels (`findNodeRoles`). There are two forms: a label per role,
 * and an older one with the role as its value.
 */
function nodeRoles(object: Json): string {
  const prefix = "node-role.kubernetes.io/";
  const labels = Object.entries(mapOf(at(object, "metadata", "labels")));
  const roles = labels.flatMap(([key, value]) =>
    key.startsWith(prefix) && key !== prefix
      ? [key.slice(prefix.length)]
      : key === "kubernetes.io/role" && value !== ""
      ? [textOf(value)]
      : []
  );
  return roles.sort().join(",") || "<none>";
}

const nodeCells: Cells = (o, c) => {
  const info = mapOf(at(o, "status", "nodeInfo"));
  const known = mapsOf(at(o, "status", "conditions")).some((condition) => condition["type"] === "Ready");
  const ready = !known ? "Unknown" : hasCondition(o, "Ready") ? "Ready" : "NotReady";
  const addresses = mapsOf(at(o, "status", "addresses"));
  const address = (type: string): string =>
    textOf(addresses.find((entry) => entry["type"] === type)?.["address"]) || "<none>";
  return [
    nameOf(o),
    at(o, "spec", "unschedulable") === true ? `${ready},SchedulingDisabled` : ready,
    nodeRoles(o),
    age(o, c),
    textOf(info["kubeletVersion"]),
    address("InternalIP"),
    address("ExternalIP"),
    textOf(info["osImage"]) || "<unknown>",
    textOf(info["kernelVersion"]) || "<unknown>",
    textOf(info["containerRuntimeVersion"]) || "<unknown>",
  ];
};

/** Nodes. */
export const nodes: Kind = {
  resource: "/nodes",
  rules: nodeRules,
  cells: nodeCells,
  selectable: ["spec.unschedulable"],
  statusWriter: "kubelet",
};
