import { deepEqual, equal } from "node:assert/strict";
import { inKindOrder, INSTALL_ORDER, UNINSTALL_ORDER } from "./sort.ts";

function manifests(...kinds: string[]): { path: string; kind: string; text: string }[] {
  return kinds.map((kind, index) => ({ path: "a.yaml", kind, text: String(index) }));
}

Deno.test("both orders name the same 33 kinds", () => {
  equal(INSTALL_ORDER.length, 33);
  deepEqual([...INSTALL_ORDER].sort(), [...UNINSTALL_ORDER].sort());
});

Deno.test("inKindOrder() puts kinds it does not know last, by kind", () => {
  const sorted = inKindOrder(manifests("Zebra", "", "Deployment", "List", "Namespace", "deployment"), INSTALL_ORDER);
  deepEqual(sorted.map((manifest) => manifest.kind), ["Namespace", "Deployment", "", "List", "Zebra", "deployment"]);
  const backwards = inKindOrder(manifests("Zebra", "Deployment", "Service", "Namespace"), UNINSTALL_ORDER);
  deepEqual(backwards.map((manifest) => manifest.kind), ["Service", "Deployment", "Namespace", "Zebra"]);
});

Deno.test("inKindOrder() goes by path within a kind, then by the order given", () => {
  const given = [
    { path: "manifest-2", kind: "Pod", text: "1" },
    { path: "manifest-10", kind: "Pod", text: "2" },
    { path: "manifest-10", kind: "Pod", text: "3" },
  ];
  deepEqual(inKindOrder(given, INSTALL_ORDER).map((manifest) => manifest.text), ["2", "3", "1"]);
});
