import { deepEqual, equal, ok } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { isServed, map, object, refused, workload } from "./_objects.ts";
import { mapRemovedApi } from "./map.ts";
import { at } from "./plain.ts";

Deno.test("mapRemovedApi() gives the very object back when it is served, or unknown", () => {
  const served = workload("extensions/v1beta1", "Deployment", { app: "web" });
  const result = mapRemovedApi(served, { isServed: () => true });
  equal(result.object, served);
  deepEqual(result.changes, []);
  const unknown = object("example.com/v1beta1", "Foo");
  equal(map(unknown), unknown);
  const headless = { metadata: { name: "web" } };
  equal(map(headless), headless);
});

Deno.test("mapRemovedApi() never changes what it is given", () => {
  const old = workload("extensions/v1beta1", "Deployment", { app: "web" }, { rollbackTo: { revision: 1 } });
  const live = workload("apps/v1", "Deployment", { app: "web" }, { selector: { matchLabels: { app: "web" } } });
  const before = JSON.stringify([old, live]);
  const { object: mapped } = mapRemovedApi(old, { isServed, live });
  (at(mapped, "spec", "selector", "matchLabels") as Record<string, string>).app = "other";
  (at(mapped, "spec", "template", "metadata", "labels") as Record<string, string>).app = "other";
  equal(JSON.stringify([old, live]), before);
});

Deno.test("mapRemovedApi() writes the old version's defaults on creation", () => {
  deepEqual(map(workload("extensions/v1beta1", "Deployment", { app: "web" })), {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", labels: { app: "web" } },
    spec: {
      template: { metadata: { labels: { app: "web" } } },
      selector: { matchLabels: { app: "web" } },
      revisionHistoryLimit: 2147483647,
      progressDeadlineSeconds: 2147483647,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    },
  });
});

Deno.test("mapRemovedApi() adds nothing to a strategy without rolling updates", () => {
  const old = workload("extensions/v1beta1", "Deployment", { app: "web" }, { strategy: { type: "Recreate" } });
  deepEqual(at(map(old), "spec", "strategy"), { type: "Recreate" });
});

Deno.test("mapRemovedApi() takes null and empty labels for absent, and keeps what is given", () => {
  const old = workload("extensions/v1beta1", "DaemonSet", { app: "web" }, { updateStrategy: null, selector: null });
  const mapped = map({ ...old, metadata: { name: "web", labels: {} } });
  deepEqual(mapped.metadata?.labels, { app: "web" });
  deepEqual(at(mapped, "spec", "updateStrategy"), { type: "OnDelete" });
  deepEqual(at(mapped, "spec", "selector"), { matchLabels: { app: "web" } });
  const full = workload("extensions/v1beta1", "DaemonSet", { app: "web" }, {
    updateStrategy: { type: "RollingUpdate" },
  });
  deepEqual(at(map(full), "spec", "updateStrategy"), { type: "RollingUpdate" });
});

Deno.test("mapRemovedApi() changes only structure when the object is live", () => {
  const selector = { matchLabels: { app: "web" } };
  const live = workload("apps/v1", "Deployment", { app: "web" }, { selector });
  const old = workload("extensions/v1beta1", "Deployment", { app: "web", version: "2" }, {
    rollbackTo: { revision: 0 },
  });
  deepEqual(map(old, { live }), {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { template: { metadata: { labels: { app: "web", version: "2" } } }, selector },
  });
});

Deno.test("mapRemovedApi() writes no defaults and no references on the old side", () => {
  const old = workload("extensions/v1beta1", "Deployment", { app: "web" });
  deepEqual(Object.keys(at(map(old, { side: "old" }), "spec") as object), ["template", "selector"]);
  const scaler = object("autoscaling/v2beta2", "HorizontalPodAutoscaler", {
    spec: { scaleTargetRef: { apiVersion: "extensions/v1beta1", kind: "Deployment", name: "web" } },
  });
  equal(at(map(scaler, { side: "old" }), "spec", "scaleTargetRef", "apiVersion"), "extensions/v1beta1");
  equal(at(map(scaler), "spec", "scaleTargetRef", "apiVersion"), "apps/v1");
});

Deno.test("mapRemovedApi() refuses nothing on the old side but wrong shapes and missing successors", () => {
  const selector = { matchLabels: { app: "other" } };
  const live = workload("apps/v1", "Deployment", { app: "other" }, { selector });
  const old = workload("extensions/v1beta1", "Deployment", { app: "web" });
  deepEqual(at(map(old, { live, side: "old" }), "spec", "selector"), selector);
  const hook = object("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", {
    webhooks: [{ name: "a.example.com" }],
  });
  deepEqual(map(hook, { side: "old" }).webhooks, hook.webhooks);
  equal(refused(object("policy/v1beta1", "PodSecurityPolicy"), { side: "old" }).situation, "no-successor");
  equal(refused(object("extensions/v1beta1", "Ingress", { spec: [] }), { side: "old" }).situation, "invalid");
});

Deno.test("mapRemovedApi() converts references that are gone or empty, and leaves others", () => {
  const scaler = (scaleTargetRef: object): unknown =>
    at(
      map(object("autoscaling/v2beta2", "HorizontalPodAutoscaler", { spec: { scaleTargetRef } })),
      "spec",
      "scaleTargetRef",
    );
  deepEqual(scaler({ kind: "Deployment", name: "web" }), { kind: "Deployment", name: "web", apiVersion: "apps/v1" });
  deepEqual(scaler({ kind: "ReplicationController", name: "web" }), { kind: "ReplicationController", name: "web" });
  const custom = { apiVersion: "example.com/v1beta1", kind: "Deployment", name: "web" };
  deepEqual(scaler(custom), custom);
});

Deno.test("mapRemovedApi() makes Ingresses of both beta versions", () => {
  const spec = {
    backend: { serviceName: "web", servicePort: "http" },
    rules: [
      { host: "a", http: { paths: [{ path: "/", backend: { serviceName: "web", servicePort: 80 } }] } },
      { host: "b" },
    ],
    tls: [{ hosts: ["a"] }],
  };
  for (const apiVersion of ["extensions/v1beta1", "networking.k8s.io/v1beta1"]) {
    const mapped = map(object(apiVersion, "Ingress", { spec }));
    equal(mapped.apiVersion, "networking.k8s.io/v1");
    deepEqual(mapped.spec, {
      defaultBackend: { service: { name: "web", port: { name: "http" } } },
      rules: [
        {
          host: "a",
          http: {
            paths: [{
              path: "/",
              pathType: "ImplementationSpecific",
              backend: { service: { name: "web", port: { number: 80 } } },
            }],
          },
        },
        { host: "b" },
      ],
      tls: [{ hosts: ["a"] }],
    });
  }
});

Deno.test("mapRemovedApi() keeps the annotation that names an Ingress's class", () => {
  const annotations = { "kubernetes.io/ingress.class": "nginx" };
  const mapped = map({
    ...object("extensions/v1beta1", "Ingress", { spec: {} }),
    metadata: { name: "web", annotations },
  });
  deepEqual(mapped.metadata?.annotations, annotations);
  deepEqual(mapped.spec, {});
});

Deno.test("mapRemovedApi() looks at how a Job was before any change", () => {
  const job = (spec: object): unknown => map(workload("extensions/v1beta1", "Job", { app: "web" }, spec)).spec;
  const template = { metadata: { labels: { app: "web" } } };
  deepEqual(job({ autoSelector: true, selector: { matchLabels: {} } }), { template });
  deepEqual(job({ autoSelector: false, selector: { matchLabels: { app: "web" } } }), {
    template,
    selector: { matchLabels: { app: "web" } },
    manualSelector: true,
  });
});

Deno.test("mapRemovedApi() turns a ScheduledJob into a CronJob that keeps all jobs", () => {
  const mapped = map(object("batch/v2alpha1", "ScheduledJob", { spec: { schedule: "@daily" } }));
  equal(mapped.kind, "CronJob");
  deepEqual(mapped.spec, {
    schedule: "@daily",
    successfulJobsHistoryLimit: 2147483647,
    failedJobsHistoryLimit: 2147483647,
  });
});

Deno.test("mapRemovedApi() moves fields and leaves no empty map behind", () => {
  const scaler = object("extensions/v1beta1", "HorizontalPodAutoscaler", {
    spec: {
      scaleRef: { kind: "Deployment", name: "web", subresource: "scale" },
      maxReplicas: 3,
      cpuUtilization: { targetPercentage: 80 },
    },
  });
  deepEqual(map(scaler), {
    ...object("autoscaling/v1", "HorizontalPodAutoscaler"),
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { kind: "Deployment", name: "web", apiVersion: "apps/v1" },
      targetCPUUtilizationPercentage: 80,
    },
  });
});

Deno.test("mapRemovedApi() keeps shares of zero that v1beta3 marked, and drops others", () => {
  const level = (annotations?: Record<string, string>): KubeObject =>
    map({
      ...object("flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration"),
      metadata: { name: "web", ...(annotations ? { annotations } : {}) },
      spec: { type: "Limited", limited: { nominalConcurrencyShares: 0 } },
    });
  deepEqual(at(level(), "spec", "limited"), {});
  const kept = level({ "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares": "" });
  deepEqual(at(kept, "spec", "limited"), { nominalConcurrencyShares: 0 });
  deepEqual(kept.metadata?.annotations, {});
});

Deno.test("mapRemovedApi() passes numbers, quantities and unknown fields through", () => {
  const old = workload("apps/v1beta1", "StatefulSet", { app: "web" }, {
    replicas: 9007199254740993n,
    volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "1024Mi" } } } }],
    someday: { "a.b": [1.5, null, ""] },
  });
  const mapped = map({ ...old, extra: true });
  const spec = mapped.spec as Record<string, unknown>;
  equal(spec.replicas, 9007199254740993n);
  deepEqual(spec.someday, { "a.b": [1.5, null, ""] });
  equal(at((spec.volumeClaimTemplates as unknown[])[0], "spec", "resources", "requests", "storage"), "1024Mi");
  equal(mapped.extra, true);
});

Deno.test("mapRemovedApi() treats __proto__ and constructor as keys like others", () => {
  const text = `{"apiVersion":"extensions/v1beta1","kind":"Deployment","metadata":{"name":"web"},"__proto__":{"a":1},
    "spec":{"__proto__":{"selector":{}},"constructor":"x","template":{"metadata":{"labels":{"__proto__":"x"}}}}}`;
  const mapped = map(JSON.parse(text));
  ok(Object.hasOwn(mapped, "__proto__"));
  equal(Object.getPrototypeOf(mapped), Object.prototype);
  equal(JSON.stringify(at(mapped, "spec", "selector")), '{"matchLabels":{"__proto__":"x"}}');
  equal(({} as Record<string, unknown>).a, undefined);
  equal(
    refused({ apiVersion: "policy/v1beta1", kind: "PodSecurityPolicy", metadata: "constructor" as never }).object,
    'PodSecurityPolicy ""',
  );
});

Deno.test("mapRemovedApi() tells what it changed", () => {
  const old = workload("apps/v1beta1", "Deployment", { app: "web" }, { rollbackTo: { revision: 1 } });
  deepEqual(mapRemovedApi(old, { isServed }).changes, [
    "apiVersion: apps/v1beta1 becomes apps/v1",
    "spec.selector: {matchLabels: {app: web}} is written, the labels of the pod template",
    "spec.rollbackTo is dropped",
    "spec.revisionHistoryLimit: 2 is written",
    "metadata.labels: {app: web} is written, the labels of the pod template",
  ]);
});

Deno.test("mapRemovedApi() refuses wrong shapes by name, whatever they are", () => {
  const shapes: [KubeObject, string][] = [
    [object("extensions/v1beta1", "Ingress", { spec: [] }), "spec is a list where a map belongs"],
    [object("extensions/v1beta1", "Ingress", { spec: { rules: {} } }), "spec.rules is a map where a list belongs"],
    [
      object("extensions/v1beta1", "Ingress", { spec: { rules: [{ http: { paths: [1] } }] } }),
      "spec.rules[0].http.paths[0] is a number where a map belongs",
    ],
    [
      object("extensions/v1beta1", "Ingress", { spec: { backend: { serviceName: 1, servicePort: 80 } } }),
      "spec.defaultBackend.serviceName is a number where text belongs",
    ],
    [
      object("extensions/v1beta1", "Ingress", { spec: { backend: { serviceName: "a", servicePort: [] } } }),
      "spec.defaultBackend.servicePort is a list where a number or a name belongs",
    ],
    [
      object("discovery.k8s.io/v1beta1", "EndpointSlice", { endpoints: [{ topology: "z" }] }),
      "endpoints[0].topology is text where a map belongs",
    ],
    [
      object("autoscaling/v2beta1", "HorizontalPodAutoscaler", { spec: { metrics: [{ resource: true }] } }),
      "spec.metrics[0].resource is a boolean where a map belongs",
    ],
    [
      object("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", { spec: { versions: "v1" } }),
      "spec.versions is text where a list belongs",
    ],
    [
      object("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", { spec: { versions: [[]] } }),
      "spec.versions[0] is a list where a map belongs",
    ],
    [
      object("extensions/v1beta1", "Deployment", {
        spec: { strategy: "Recreate", template: { metadata: { labels: { a: "b" } } } },
      }),
      "spec.strategy is text where a map belongs",
    ],
    [
      object("rbac.authorization.k8s.io/v1alpha1", "RoleBinding", { subjects: {} }),
      "subjects is a map where a list belongs",
    ],
    [
      object("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", { webhooks: 1 }),
      "webhooks is a number where a list belongs",
    ],
  ];
  for (const [given, text] of shapes) {
    const error = refused(given);
    equal(error.situation, "invalid");
    equal(error.message, `${given.kind} "web" cannot be converted from ${given.apiVersion}: ${text}`);
    equal(error.allowsLossy, false);
  }
});

Deno.test("mapRemovedApi() refuses an object that is nested too deeply, and does not crash", () => {
  let deep: unknown = {};
  for (let i = 0; i < 100_000; i++) deep = { deep };
  equal(refused(object("extensions/v1beta1", "Deployment", { spec: deep })).situation, "invalid");
});

Deno.test("mapRemovedApi() makes nothing of an empty or absent spec", () => {
  for (const kind of ["Deployment", "DaemonSet", "Ingress", "HorizontalPodAutoscaler"]) {
    const mapped = map(object("extensions/v1beta1", kind), { side: "old" });
    equal(mapped.spec, undefined, kind);
  }
});
