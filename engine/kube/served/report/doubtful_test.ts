import { deepEqual } from "node:assert/strict";
import { object } from "../_objects.ts";
import { doubtfulFindings } from "./doubtful.ts";

Deno.test("doubtfulFindings() names budgets that protect nothing", () => {
  const budget = (apiVersion: string, spec: object) =>
    doubtfulFindings(object(apiVersion, "PodDisruptionBudget", { spec }));
  const nothing = ["spec.selector selects no pods: the budget protects nothing"];
  deepEqual(budget("policy/v1beta1", { selector: {} }), nothing);
  deepEqual(budget("policy/v1", {}), nothing);
  deepEqual(budget("policy/v1", { selector: {} }), []);
  deepEqual(budget("policy/v1beta1", { selector: { matchLabels: { a: "b" } } }), []);
  deepEqual(budget("example.com/v1", {}), []);
});

Deno.test("doubtfulFindings() names Ingresses with two classes", () => {
  const ingress = (ingressClassName?: string) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "web", annotations: { "kubernetes.io/ingress.class": "nginx" } },
    spec: { ingressClassName },
  });
  deepEqual(doubtfulFindings(ingress("haproxy")), [
    "spec.ingressClassName is haproxy and annotation kubernetes.io/ingress.class is nginx; new objects may have one of them",
  ]);
  deepEqual(doubtfulFindings(ingress("nginx")), []);
  deepEqual(doubtfulFindings(ingress()), []);
});
