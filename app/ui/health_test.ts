import { deepEqual, equal } from "node:assert/strict";
import type { ReleaseResource } from "../../engine/release/mod.ts";
import { healthSummary } from "./health.ts";

const object = (kind: string, state: ReleaseResource["state"], isServed = true): ReleaseResource =>
  ({ kind, name: "web", namespace: "shop", state, reason: `${kind} says so`, isServed }) as ReleaseResource;

Deno.test("healthSummary() names the worst first, and a cause before what follows from it", () => {
  const objects = [
    object("ConfigMap", "ready"),
    object("PodDisruptionBudget", "progress"),
    object("Service", "progress"),
    object("StatefulSet", "progress"),
    object("Ingress", "missing"),
    object("Deployment", "missing"),
    object("PodSecurityPolicy", "missing", false),
  ];
  const { state, ready, total, words, waiting } = healthSummary(objects, (text) => text);
  deepEqual({ state, ready, total, words }, { state: "missing", ready: 1, total: 6, words: "2 of 6 missing" });
  deepEqual(waiting.map(({ object }) => object), [
    "Deployment/web",
    "Ingress/web",
    "StatefulSet/web",
    "PodDisruptionBudget/web",
    "Service/web",
  ]);
});

Deno.test("healthSummary() masks reasons", () => {
  const [first] = healthSummary([object("Pod", "failed")], () => "***").waiting;
  equal(first?.reason, "***");
});
