/**
 * ReplicaSets and ReplicationControllers.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import {
  conditionOf,
  failed,
  fewer,
  numberOf,
  type ObjectState,
  statusOf,
  unless,
  wantedReplicas,
  wordsOf,
} from "./state.ts";

/** `--wait-strict`: enough pods are ready. */
export function replicasReady(workload: KubeObject): string {
  return fewer(numberOf(statusOf(workload).readyReplicas), wantedReplicas(workload), "ready");
}

/** Strict: as many pods as wanted are there, ready and available; none too many. */
export function replicaSetState(set: KubeObject): ObjectState {
  const failure = conditionOf(set, "ReplicaFailure");
  if (failure?.status === "True") return failed(wordsOf(failure));
  const wanted = wantedReplicas(set);
  const { replicas, fullyLabeledReplicas, readyReplicas, availableReplicas } = statusOf(set);
  const surplus = numberOf(replicas) - wanted;
  return unless(
    fewer(numberOf(fullyLabeledReplicas ?? replicas), wanted, "there") ||
      fewer(numberOf(readyReplicas), wanted, "ready") || fewer(numberOf(availableReplicas), wanted, "available") ||
      (surplus > 0 ? `${surplus} of its pods are to be removed` : ""),
  );
}
