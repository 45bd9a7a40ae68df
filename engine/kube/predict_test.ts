import { deepEqual } from "node:assert/strict";
import type { KubeObject } from "../model/mod.ts";
import { asObject, type JsonObject } from "./json.ts";
import { predictWrites } from "./predict.ts";

const PATH = "/apis/apps/v1/namespaces/shop/deployments/web";
const web = (spec: JsonObject, ports: readonly JsonObject[] = []): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
  spec: { template: { spec: { containers: [{ name: "web", image: "nginx:1", ports }], ...spec } } },
});

/** Returns the pod's spec after a patch, as it is predicted without the server. */
async function predicted(live: KubeObject, patch: JsonObject, contentType: string): Promise<JsonObject> {
  const { transport, writes } = predictWrites(() => Promise.resolve(new Response(JSON.stringify(live))), {
    canDryRun: false,
  });
  await transport({ method: "PATCH", path: PATH, contentType, body: JSON.stringify(patch) });
  return asObject(asObject(asObject(writes[0]?.after?.spec).template).spec);
}

const podOf = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });

Deno.test("predictWrites() keeps the service account of pods the same under both of its names", async () => {
  const strategic = "application/strategic-merge-patch+json";
  const both = { serviceAccountName: "old", serviceAccount: "old" };
  const of = async (live: JsonObject, patch: JsonObject) => {
    const { serviceAccount, serviceAccountName } = await predicted(web(live), podOf(patch), strategic);
    return [serviceAccountName, serviceAccount];
  };
  deepEqual(await of(both, { serviceAccountName: "new" }), ["new", "new"]);
  // A server takes the old name where the new one is removed, so nothing changes.
  deepEqual(await of(both, { serviceAccountName: null }), ["old", "old"]);
  deepEqual(await of({}, { serviceAccountName: "new" }), ["new", "new"]);
  deepEqual(await of({}, { hostNetwork: true }), [undefined, undefined]);
});

Deno.test("predictWrites() of a server-side apply tells two ports of one number apart by their protocol", async () => {
  const ports = [
    { name: "dns-udp", containerPort: 53, protocol: "UDP" },
    { name: "dns-tcp", containerPort: 53 },
  ];
  const applied = { apiVersion: "apps/v1", kind: "Deployment", ...web({}, ports) } as JsonObject;
  const live = web({}, [...ports, { name: "health", containerPort: 8080, protocol: "TCP" }]);
  const { containers } = await predicted(live, applied, "application/apply-patch+yaml");
  deepEqual((containers as JsonObject[])[0]?.ports, [...ports, {
    name: "health",
    containerPort: 8080,
    protocol: "TCP",
  }]);
});
