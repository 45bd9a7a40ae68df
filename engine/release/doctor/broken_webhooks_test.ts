import { deepEqual, equal } from "node:assert/strict";
import { downFacts } from "./broken_apis.ts";
import { closedWebhooks, isSelected, ruleCovers } from "./broken_webhooks.ts";

Deno.test("downFacts() tells an aggregated API that is down, and why", () => {
  const service = (status: string) => ({
    metadata: { name: "v1beta1.metrics.k8s.io" },
    spec: { service: { namespace: "a", name: "b" } },
    status: { conditions: [{ type: "Available", status, reason: "MissingEndpoints", message: "none" }] },
  });
  deepEqual(downFacts(service("True")), []);
  deepEqual(downFacts({ metadata: { name: "v1.apps" }, status: service("False").status }), []);
  deepEqual(downFacts(service("False")).map(({ text }) => text), [
    "its Service a/b does not answer: MissingEndpoints: none",
  ]);
});

Deno.test("closedWebhooks() leaves out webhooks that fail open, and those outside of the cluster", () => {
  const clientConfig = { service: { namespace: "a", name: "b" } };
  const webhooks = [
    { name: "closed", clientConfig },
    { name: "open", failurePolicy: "Ignore", clientConfig },
    { name: "far", failurePolicy: "Fail", clientConfig: { url: "https://example.com" } },
  ];
  deepEqual(closedWebhooks({ metadata: { name: "c" }, webhooks }).map(({ name }) => name), ["closed"]);
});

Deno.test("ruleCovers() reads wildcards, and no subresources", () => {
  const rule = (apiGroups: string[], resources: string[], operations = ["CREATE"]) => ({
    apiGroups,
    resources,
    operations,
  });
  equal(ruleCovers(rule(["apps"], ["deployments"]), "apps", "deployments"), true);
  equal(ruleCovers(rule(["*"], ["*/*"], ["*"]), "apps", "deployments"), true);
  equal(ruleCovers(rule([""], ["*"]), "apps", "deployments"), false);
  equal(ruleCovers(rule([""], ["pods/exec"], ["CONNECT"]), "", "pods"), false);
  equal(ruleCovers(rule([""], ["pods"], ["CONNECT"]), "", "pods"), false);
});

Deno.test("isSelected() reads labels and expressions", () => {
  equal(isSelected({}, {}), true);
  equal(isSelected({ matchLabels: { a: "1" } }, { a: "1", b: "2" }), true);
  const by = (operator: string, values?: string[]) =>
    isSelected({ matchExpressions: [{ key: "a", operator, values }] }, { a: "1" });
  deepEqual(["In", "NotIn", "Exists", "DoesNotExist"].map((operator) => by(operator, ["1"])), [
    true,
    false,
    true,
    false,
  ]);
});
