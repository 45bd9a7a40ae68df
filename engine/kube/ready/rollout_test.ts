import { deepEqual, equal } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { fakeServer } from "../../../tests/_lib/fake_kube_server.ts";
import { rolloutCheck } from "./rollout.ts";

/** Returns what a live workload of generation 2 is waiting for. */
async function missing(kind: string, spec: KubeObject["spec"], status: Record<string, unknown>): Promise<string> {
  const fake = fakeServer();
  const plural = `${kind.toLowerCase()}s`;
  const object = {
    metadata: { name: "w", generation: 2 },
    spec: spec as Record<string, unknown>,
    status: { observedGeneration: 2, ...status },
  };
  fake.put(`/apis/apps/v1/namespaces/here/${plural}/w`, object);
  const resource = { group: "apps", version: "v1", kind, plural, namespaced: true };
  const check = rolloutCheck(kind);
  return await check?.(fake.transport, { resource, name: "w", namespace: "here", object: {} }, {}) ?? "not checked";
}

Deno.test("a workload is not ready before its controller has seen it", async () => {
  for (const kind of ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"]) {
    equal(
      await missing(kind, { replicas: 0 }, { observedGeneration: 1 }),
      "its controller has not seen the newest change yet",
    );
    equal(await missing(kind, { replicas: 0 }, {}), "");
  }
});

Deno.test("a deployment is rolled out when all of its pods are new and available", async () => {
  const status = { replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
  equal(await missing("Deployment", { replicas: 3 }, status), "");
  deepEqual(
    [
      await missing("Deployment", {}, {}),
      await missing("Deployment", { replicas: 3 }, { ...status, updatedReplicas: 2 }),
      await missing("Deployment", { replicas: 3 }, { ...status, replicas: 4 }),
      await missing("Deployment", { replicas: 3 }, { ...status, availableReplicas: 2 }),
      await missing("Deployment", { replicas: 3, paused: true }, {}),
    ],
    [
      "0 of 1 pods are of its new version",
      "2 of 3 pods are of its new version",
      "1 of its pods are of an older version",
      "2 of 3 pods are available",
      "",
    ],
  );
});

Deno.test("a daemon set is rolled out on every node that wants it", async () => {
  const status = { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };
  equal(await missing("DaemonSet", {}, status), "");
  equal(await missing("DaemonSet", {}, { ...status, updatedNumberScheduled: 1 }), "1 of 2 pods are of its new version");
  equal(await missing("DaemonSet", {}, { ...status, numberAvailable: 0 }), "0 of 2 pods are available");
  const byHand = { updateStrategy: { type: "OnDelete" } };
  equal(await missing("DaemonSet", byHand, { ...status, updatedNumberScheduled: 0 }), "");
});

Deno.test("a stateful set is rolled out down to its partition", async () => {
  const status = { readyReplicas: 3, updatedReplicas: 2 };
  equal(await missing("StatefulSet", { replicas: 3 }, status), "2 of 3 pods are of its new version");
  const partly = { type: "RollingUpdate", rollingUpdate: { partition: 1 } };
  equal(await missing("StatefulSet", { replicas: 3, updateStrategy: partly }, status), "");
  equal(await missing("StatefulSet", { replicas: 3, updateStrategy: { type: "OnDelete" } }, { readyReplicas: 3 }), "");
  equal(
    await missing("StatefulSet", { replicas: 3 }, { readyReplicas: 1, updatedReplicas: 3 }),
    "1 of 3 pods are ready",
  );
});

Deno.test("a replica set needs its pods, and other kinds are left to Helm's checks", async () => {
  equal(await missing("ReplicaSet", { replicas: 2 }, {}), "0 of 2 pods are ready");
  equal(await missing("ReplicaSet", { replicas: 2 }, { readyReplicas: 2 }), "");
  equal(rolloutCheck("Service"), undefined);
  equal(rolloutCheck("toString"), undefined);
});
