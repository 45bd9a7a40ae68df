/** The checks of `--wait-strict`: as `kubectl rollout status`. */
import { deepEqual, equal } from "node:assert/strict";
import { rulesOf } from "./kinds.ts";

/** Returns what a workload is waiting for. */
function missing(kind: string, spec: object, status: object): string {
  const rollout = rulesOf(kind === "ReplicationController" ? "" : "apps", kind)?.rollout;
  return rollout?.({ kind, spec, status }, {}) ?? "not checked";
}

Deno.test("a deployment is rolled out when all of its pods are new and available", () => {
  const status = { replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
  equal(missing("Deployment", { replicas: 3 }, status), "");
  deepEqual(
    [
      missing("Deployment", {}, {}),
      missing("Deployment", { replicas: 3 }, { ...status, updatedReplicas: 2 }),
      missing("Deployment", { replicas: 3 }, { ...status, replicas: 4 }),
      missing("Deployment", { replicas: 3 }, { ...status, availableReplicas: 2 }),
      missing("Deployment", { replicas: 3, paused: true }, {}),
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

Deno.test("a daemon set is rolled out on every node that wants it", () => {
  const status = { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };
  equal(missing("DaemonSet", {}, status), "");
  equal(missing("DaemonSet", {}, { ...status, updatedNumberScheduled: 1 }), "1 of 2 pods are of its new version");
  equal(missing("DaemonSet", {}, { ...status, numberAvailable: 0 }), "0 of 2 pods are available");
  const byHand = { updateStrategy: { type: "OnDelete" } };
  equal(missing("DaemonSet", byHand, { ...status, updatedNumberScheduled: 0 }), "");
});

Deno.test("a stateful set is rolled out down to its partition", () => {
  const status = { readyReplicas: 3, updatedReplicas: 2 };
  equal(missing("StatefulSet", { replicas: 3 }, status), "2 of 3 pods are of its new version");
  const partly = { type: "RollingUpdate", rollingUpdate: { partition: 1 } };
  equal(missing("StatefulSet", { replicas: 3, updateStrategy: partly }, status), "");
  equal(missing("StatefulSet", { replicas: 3, updateStrategy: { type: "OnDelete" } }, { readyReplicas: 3 }), "");
  equal(
    missing("StatefulSet", { replicas: 3 }, { readyReplicas: 1, updatedReplicas: 3 }),
    "1 of 3 pods are ready",
  );
});

Deno.test("a replica set needs its pods, and other kinds are left to Helm's checks", () => {
  equal(missing("ReplicaSet", { replicas: 2 }, {}), "0 of 2 pods are ready");
  equal(missing("ReplicationController", { replicas: 2 }, { readyReplicas: 2 }), "");
  equal(missing("Pod", {}, {}), "not checked");
});
