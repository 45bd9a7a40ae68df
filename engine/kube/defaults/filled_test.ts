import { deepEqual, equal } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { withDefaults } from "./filled.ts";
import { defaultsOf } from "./table.ts";

const plain = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

const service = (spec: Record<string, unknown>): KubeObject => ({ apiVersion: "v1", kind: "Service", spec });

/** A Service as Kubernetes 1.34 stores it. */
const LIVE = {
  type: "ClusterIP",
  sessionAffinity: "None",
  internalTrafficPolicy: "Cluster",
  ports: [{ port: 80, targetPort: 80, protocol: "TCP" }],
};

Deno.test("withDefaults() fills in a new item, and what a value asks for", () => {
  const ports = [...LIVE.ports, { port: 81 }];
  deepEqual(plain(withDefaults(service({ ...LIVE, ports }), service(LIVE)).spec), {
    ...LIVE,
    ports: [...LIVE.ports, { port: 81, protocol: "TCP", targetPort: 81 }],
  });
  deepEqual(plain(withDefaults(service({ ...LIVE, sessionAffinity: "ClientIP" }), service(LIVE)).spec), {
    ...LIVE,
    sessionAffinity: "ClientIP",
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
  });
});

Deno.test("withDefaults() puts back a default that a patch has removed", () => {
  const { sessionAffinity: _, ...without } = LIVE;
  deepEqual(plain(withDefaults(service(without), service(LIVE)).spec), LIVE);
});

Deno.test("withDefaults() leaves out what the live object shows that this server does not fill in", () => {
  // Before Kubernetes 1.22 there was no internalTrafficPolicy.
  const { internalTrafficPolicy: _, ...old } = LIVE;
  const ports = [...LIVE.ports, { port: 81 }];
  deepEqual(plain(withDefaults(service({ ...old, ports }), service(old)).spec), {
    ...old,
    ports: [...LIVE.ports, { port: 81, protocol: "TCP", targetPort: 81 }],
  });
});

Deno.test("withDefaults() changes neither of its arguments, and no object of another kind", () => {
  const result = service({ ports: [{ port: 81 }] });
  const before = JSON.stringify(result);
  withDefaults(result, service(LIVE));
  equal(JSON.stringify(result), before);
  const other = { apiVersion: "serving.knative.dev/v1", kind: "Service", spec: { ports: [{}] } };
  equal(withDefaults(other, other), other);
});

Deno.test("defaultsOf() knows built-in kinds in every version of their group, and no others", () => {
  for (const version of ["extensions/v1beta1", "apps/v1beta1", "apps/v1"]) {
    equal(typeof defaultsOf(version, "Deployment"), "function", version);
  }
  for (
    const [version, kind] of [["v1", "Deployment"], ["v1", "constructor"], ["__proto__/v1", "x"], ["acme.io/v1", "Job"]]
  ) {
    equal(defaultsOf(version ?? "", kind ?? ""), undefined);
  }
});
