import { deepEqual, equal, rejects } from "node:assert/strict";
import { fakeServer, json, refusal } from "../../tests/_lib/fake_kube_server.ts";
import { createDiscovery, findResource } from "./discovery.ts";
import type { Transport } from "./types.ts";

const AGGREGATED: Record<string, unknown> = {
  "/api": {
    kind: "APIGroupDiscoveryList",
    items: [{
      metadata: {},
      versions: [{
        version: "v1",
        freshness: "Current",
        resources: [{
          resource: "pods",
          responseKind: { group: "", version: "v1", kind: "Pod" },
          scope: "Namespaced",
          subresources: [
            { subresource: "eviction", responseKind: { group: "policy", version: "v1", kind: "Eviction" } },
            { subresource: "log", responseKind: { group: "", version: "v1", kind: "Pod" } },
            { subresource: "exec" },
          ],
        }, { resource: "namespaces", responseKind: { kind: "Namespace" }, scope: "Cluster" }],
      }],
    }],
  },
  "/apis": {
    kind: "APIGroupDiscoveryList",
    items: [
      {
        metadata: { name: "apps" },
        versions: [{
          version: "v1",
          resources: [{ resource: "deployments", responseKind: { kind: "Deployment" }, scope: "Namespaced" }],
        }],
      },
      {
        metadata: { name: "metrics.k8s.io" },
        versions: [{ version: "v1beta1", freshness: "Stale", resources: [] }],
      },
    ],
  },
};

function serving(answers: Record<string, unknown>, log: string[] = []): Transport {
  return ({ path }) => {
    log.push(path);
    const body = answers[path];
    return Promise.resolve(
      body instanceof Response ? body.clone() : body === undefined ? refusal(503, "", "down") : json(body),
    );
  };
}

Deno.test("discovery reads the aggregated form in two requests", async () => {
  const log: string[] = [];
  const known = await createDiscovery(serving(AGGREGATED, log)).get();
  deepEqual(log.sort(), ["/api", "/apis"]);
  deepEqual([...known.apiVersions].sort(), [
    "apps/v1",
    "apps/v1/Deployment",
    "v1",
    "v1/Eviction",
    "v1/Namespace",
    "v1/Pod",
  ]);
});

Deno.test("discovery reads the classic form, and leaves out a group that is down", async () => {
  const known = await createDiscovery(serving({
    "/api": { kind: "APIVersions", versions: ["v1"] },
    "/apis": {
      kind: "APIGroupList",
      groups: [
        { name: "apps", versions: [{ version: "v1" }], preferredVersion: { version: "v1" } },
        { name: "broken.example.com", versions: [{ version: "v1" }] },
      ],
    },
    "/api/v1": { resources: [{ name: "pods", kind: "Pod", namespaced: true }, { name: "pods/log", kind: "Pod" }] },
    "/apis/apps/v1": {
      resources: [{ name: "deployments", kind: "Deployment", namespaced: true }, {
        name: "deployments/scale",
        kind: "Scale",
      }],
    },
  })).get();
  deepEqual([...known.apiVersions].sort(), ["apps/v1", "apps/v1/Deployment", "apps/v1/Scale", "v1", "v1/Pod"]);
  equal(known.resources.get("apps/v1/Deployment")?.plural, "deployments");
  equal(known.resources.has("apps/v1/Scale"), false);
});

Deno.test("discovery is asked once and kept; a failure is not kept", async () => {
  const log: string[] = [];
  const answers: Record<string, unknown> = {};
  const discovery = createDiscovery(serving(answers, log));
  await rejects(discovery.get(), { kind: "kube", status: 503 });
  Object.assign(answers, AGGREGATED);
  await discovery.get();
  const asked = log.length;
  await discovery.get();
  equal(log.length, asked);
  await discovery.refresh();
  equal(log.length, asked + 2);
});

Deno.test("findResource() takes lists, lower case, and kinds without a version", async () => {
  const known = await createDiscovery(fakeServer().transport).get();
  equal(findResource(known, { group: "apps", version: "v1", kind: "Deployment" })?.plural, "deployments");
  equal(findResource(known, { group: "", version: "v1", kind: "List" })?.kind, "List");
  equal(findResource(known, { group: "", version: "v1", kind: "ConfigMapList" })?.kind, "ConfigMapList");
  equal(findResource(known, { group: "", version: "v1", kind: "configmap" })?.plural, "configmaps");
  equal(findResource(known, { group: "", version: "", kind: "Pod" })?.version, "v1");
  equal(findResource(known, { group: "apps", version: "v1beta1", kind: "Deployment" }), undefined);
  equal(findResource(known, { group: "apps", version: "v1", kind: "Scale" }), undefined);
});
