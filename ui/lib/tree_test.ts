import { deepEqual } from "node:assert/strict";
import type { ResourceNode } from "../../app/ui/types.ts";
import { driftById, nodeId, parseNodeId, treeRows } from "./tree.js";

function node(gvk: string, name: string, owned: ResourceNode[] = [], drift: boolean | null = null): ResourceNode {
  const kind = gvk.split("/").at(-1) ?? "";
  return { gvk, kind, namespace: "shop", name, state: "ready", reason: "", created: 1, restarts: null, drift, owned };
}

const TREE = [
  node("v1/Service", "web", [], false),
  node("apps/v1/Deployment", "web", [node("apps/v1/ReplicaSet", "web-5c9f", [node("v1/Pod", "web-5c9f-x")])], true),
];

Deno.test("treeRows() lists each owner before the objects that it owns, with their depth", () => {
  deepEqual(treeRows(TREE, new Set()).map(({ depth, node }) => `${depth} ${node.kind}/${node.name}`), [
    "0 Service/web",
    "0 Deployment/web",
    "1 ReplicaSet/web-5c9f",
    "2 Pod/web-5c9f-x",
  ]);
});

Deno.test("treeRows() leaves out what a folded row owns", () => {
  deepEqual(treeRows(TREE, new Set(["apps/v1/Deployment shop web"])).map(({ node }) => node.kind), [
    "Service",
    "Deployment",
  ]);
});

Deno.test("parseNodeId() reads what nodeId() writes, and nothing else", () => {
  deepEqual(parseNodeId(nodeId(node("apps/v1/Deployment", "web"))), {
    gvk: "apps/v1/Deployment",
    namespace: "shop",
    name: "web",
  });
  deepEqual(parseNodeId("v1/Namespace  shop"), { gvk: "v1/Namespace", namespace: "", name: "shop" });
  deepEqual(parseNodeId("web"), undefined);
});

Deno.test("driftById() knows the objects of the manifest only", () => {
  deepEqual([...driftById(TREE)], [["v1/Service shop web", false], ["apps/v1/Deployment shop web", true]]);
});
