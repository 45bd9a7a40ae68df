/**
 * Checks if a change has reached all pods of a workload, like `kubectl rollout status`. Helm 2's checks are
 * weaker: they accept no pods at all, pods of an older version, or the minimum of a rolling update.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asObject, type JsonObject } from "../json.ts";
import { getObject } from "../object_calls.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "../types.ts";
import type { Missing, ReadyCheck } from "./readiness.ts";

/** Checks by kind of workload. */
const WORKLOADS: Readonly<Record<string, (workload: KubeObject) => Missing>> = {
  Deployment: deploymentMissing,
  DaemonSet: daemonSetMissing,
  StatefulSet: statefulSetMissing,
  ReplicaSet: replicasMissing,
  ReplicationController: replicasMissing,
};

/** Returns the strict check of a kind; `undefined` where Helm 2's is strict enough. */
export function rolloutCheck(kind: string): ReadyCheck | undefined {
  const missing = Object.hasOwn(WORKLOADS, kind) ? WORKLOADS[kind] : undefined;
  if (missing === undefined) return undefined;
  return async (transport: Transport, info: ResourceInfo, options: KubeCallOptions): Promise<Missing> => {
    const workload = await getObject(transport, info, options);
    const seen = numberOf(statusOf(workload).observedGeneration);
    return seen < numberOf(workload.metadata?.generation)
      ? "its controller has not seen the newest change yet"
      : missing(workload);
  };
}

/** Checks a deployment. A paused one counts as ready, as in Helm 2's check, because it would never become ready. */
function deploymentMissing(deployment: KubeObject): Missing {
  if (specOf(deployment).paused === true) return "";
  const wanted = wantedReplicas(deployment);
  const { replicas, updatedReplicas, availableReplicas } = statusOf(deployment);
  const updated = numberOf(updatedReplicas);
  if (updated < wanted) return `${updated} of ${wanted} pods are of its new version`;
  const old = numberOf(replicas) - updated;
  if (old > 0) return `${old} of its pods are of an older version`;
  return fewer(numberOf(availableReplicas), wanted, "available");
}

function daemonSetMissing(set: KubeObject): Missing {
  const { desiredNumberScheduled, updatedNumberScheduled, numberAvailable } = statusOf(set);
  const wanted = numberOf(desiredNumberScheduled);
  const updated = numberOf(updatedNumberScheduled);
  if (strategyOf(set).type !== "OnDelete" && updated < wanted) {
    return `${updated} of ${wanted} pods are of its new version`;
  }
  return fewer(numberOf(numberAvailable), wanted, "available");
}

function statefulSetMissing(set: KubeObject): Missing {
  const wanted = wantedReplicas(set);
  const { readyReplicas, updatedReplicas } = statusOf(set);
  const strategy = strategyOf(set);
  if (strategy.type !== "OnDelete") {
    // Pods below the partition are not updated.
    const toUpdate = Math.max(0, wanted - numberOf(asObject(strategy.rollingUpdate).partition));
    const updated = numberOf(updatedReplicas);
    if (updated < toUpdate) return `${updated} of ${toUpdate} pods are of its new version`;
  }
  return fewer(numberOf(readyReplicas), wanted, "ready");
}

function replicasMissing(workload: KubeObject): Missing {
  return fewer(numberOf(statusOf(workload).readyReplicas), wantedReplicas(workload), "ready");
}

function fewer(found: number, wanted: number, what: string): Missing {
  return found < wanted ? `${found} of ${wanted} pods are ${what}` : "";
}

/** Returns the wanted replicas; 1 when the object names none, as on the server. */
function wantedReplicas(workload: KubeObject): number {
  const { replicas } = specOf(workload);
  return typeof replicas === "number" ? replicas : 1;
}

function specOf(workload: KubeObject): JsonObject {
  return asObject(workload.spec);
}

function statusOf(workload: KubeObject): JsonObject {
  return asObject(workload.status);
}

function strategyOf(workload: KubeObject): JsonObject {
  return asObject(specOf(workload).updateStrategy);
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
