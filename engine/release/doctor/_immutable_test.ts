import { deepEqual, equal } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { immutableDifference } from "./_immutable.ts";

const deployment = (app: string, more: Record<string, string> = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: { selector: { matchLabels: { app, ...more } }, replicas: 2 },
});

Deno.test("immutableDifference() finds another selector, in both directions", () => {
  equal(immutableDifference(deployment("web"), deployment("web")), undefined);
  deepEqual(immutableDifference(deployment("web"), deployment("api")), {
    path: "spec.selector.matchLabels.app",
    live: "api",
    wanted: "web",
  });
  deepEqual(immutableDifference(deployment("web"), deployment("web", { tier: "front" })), {
    path: "spec.selector.matchLabels.tier",
    live: "front",
    wanted: "absent",
  });
});

Deno.test("immutableDifference() leaves out what the manifest does not say, and what may change", () => {
  const old: KubeObject = { apiVersion: "extensions/v1beta1", kind: "Deployment", spec: { replicas: 3 } };
  equal(immutableDifference(old, deployment("web")), undefined);
  const set = (spec: object): KubeObject => ({ apiVersion: "apps/v1", kind: "StatefulSet", spec });
  equal(immutableDifference(set({ replicas: 1, serviceName: "a" }), set({ replicas: 5, serviceName: "a" })), undefined);
  equal(immutableDifference(set({ serviceName: "a" }), set({ serviceName: "b" }))?.path, "spec.serviceName");
  const service = (clusterIP: string): KubeObject => ({ apiVersion: "v1", kind: "Service", spec: { clusterIP } });
  equal(immutableDifference(service(""), service("10.0.0.1")), undefined);
  equal(immutableDifference(service("None"), service("10.0.0.1"))?.live, "10.0.0.1");
});

Deno.test("immutableDifference() does not know the kinds of other groups", () => {
  const knative = (clusterIP: string): KubeObject => ({
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    spec: { clusterIP },
  });
  equal(immutableDifference(knative("None"), knative("10.0.0.1")), undefined);
});

Deno.test("immutableDifference() names a field of an immutable Secret, and none of its values", () => {
  const live: KubeObject = { apiVersion: "v1", kind: "Secret", immutable: true, data: { a: btoa("hidden-1") } };
  const manifest: KubeObject = { apiVersion: "v1", kind: "Secret", immutable: true, stringData: { a: "hidden-2" } };
  const found = immutableDifference(manifest, live);
  deepEqual(found, { path: "data.a", live: "another value", wanted: "another value" });
  equal(immutableDifference({ ...manifest, stringData: { a: "hidden-1" } }, live), undefined);
  equal(immutableDifference({ ...manifest, immutable: undefined }, live)?.path, "immutable");
});
