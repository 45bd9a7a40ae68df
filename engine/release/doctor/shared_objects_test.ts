import { deepEqual } from "node:assert/strict";
import type { DeployedObjects } from "./examination.ts";
import type { RecordStore } from "./inventory.ts";
import { sharedBetween } from "./shared_objects.ts";

const store = { storage: "configmap", namespace: "kube-system" } as RecordStore;
const object = (kind: string, name: string, namespace = "", group = "") => ({ group, kind, namespace, name });
const deployed = (release: string, namespace: string, ...objects: ReturnType<typeof object>[]): DeployedObjects => ({
  release,
  store,
  revision: 1,
  namespace,
  objects,
});
const shared = (...all: DeployedObjects[]) =>
  sharedBetween(all, ({ kind }) => kind !== "ClusterRole").map(({ release, others }) => [
    release,
    [...others].map(([other, objects]) => `${other}: ${objects.map(({ name }) => name).join(",")}`).join("; "),
  ]);

Deno.test("sharedBetween() finds objects of two releases in one namespace, and tells both", () => {
  const a = deployed("a", "blue", object("ConfigMap", "x"), object("ConfigMap", "own"));
  deepEqual(shared(a, deployed("b", "blue", object("ConfigMap", "x"))), [["a", "b: x"], ["b", "a: x"]]);
  deepEqual(shared(a, deployed("b", "red", object("ConfigMap", "x"))), []);
  deepEqual(shared(a, deployed("b", "red", object("ConfigMap", "x", "blue"))), [["a", "b: x"], ["b", "a: x"]]);
});

Deno.test("sharedBetween() knows kinds without a namespace, and kinds that moved between groups", () => {
  const role = object("ClusterRole", "r", "", "rbac.authorization.k8s.io");
  deepEqual(shared(deployed("a", "blue", role), deployed("b", "red", { ...role, namespace: "x" })), [["a", "b: r"], [
    "b",
    "a: r",
  ]]);
  const old = object("Ingress", "i", "", "extensions");
  deepEqual(shared(deployed("a", "x", old), deployed("b", "x", object("Ingress", "i", "", "networking.k8s.io"))), [
    ["a", "b: i"],
    ["b", "a: i"],
  ]);
  const knative = object("Service", "s", "", "serving.knative.dev");
  deepEqual(shared(deployed("a", "x", knative), deployed("b", "x", object("Service", "s"))), []);
});

Deno.test("sharedBetween() leaves out two lineages of one name", () => {
  const other = { ...store, namespace: "tiller" };
  const one = deployed("a", "x", object("ConfigMap", "c"));
  deepEqual(shared(one, { ...one, store: other }), []);
});
