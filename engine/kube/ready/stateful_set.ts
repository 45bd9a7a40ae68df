/**
 * StatefulSets.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asObject, asText } from "../../base/mod.ts";
import { fewer, numberOf, type ObjectState, progress, specOf, statusOf, unless, wantedReplicas } from "./state.ts";

/** `--wait-strict`: all pods down to the partition are new, and all are ready. */
export function statefulSetRolledOut(set: KubeObject): string {
  const wanted = wantedReplicas(set);
  const { readyReplicas, updatedReplicas } = statusOf(set);
  const { type, partition } = strategyOf(set);
  if (type !== "OnDelete") {
    // Pods below the partition are not updated.
    const missing = fewer(numberOf(updatedReplicas), Math.max(0, wanted - (partition ?? 0)), "of its new version");
    if (missing !== "") return missing;
  }
  return fewer(numberOf(readyReplicas), wanted, "ready");
}

/** Strict: as many pods as wanted are ready, and those down to the partition are new. */
export function statefulSetState(set: KubeObject): ObjectState {
  const wanted = wantedReplicas(set);
  const { replicas, readyReplicas, currentReplicas, updatedReplicas, ...revisions } = statusOf(set);
  const { type, partition } = strategyOf(set);
  if (type === "OnDelete") return unless(fewer(numberOf(readyReplicas), wanted, "ready"));
  const surplus = numberOf(replicas) - wanted;
  const missing = fewer(numberOf(replicas), wanted, "there") || fewer(numberOf(readyReplicas), wanted, "ready") ||
    (surplus > 0 ? `${surplus} of its pods are to be removed` : "");
  if (missing !== "") return progress(missing);
  const updated = numberOf(updatedReplicas);
  if (partition !== undefined) return unless(fewer(updated, wanted - partition, "of its new version"));
  const { currentRevision, updateRevision } = revisions;
  const isOneVersion = numberOf(currentReplicas) >= wanted && asText(currentRevision) === asText(updateRevision);
  return unless(isOneVersion ? "" : `${updated} of ${wanted} pods are of its new version`);
}

function strategyOf(set: KubeObject): { readonly type: string; readonly partition: number | undefined } {
  const { type, rollingUpdate } = asObject(specOf(set).updateStrategy);
  const { partition } = asObject(rollingUpdate);
  return {
    type: asText(type),
    partition: partition === undefined || partition === null ? undefined : numberOf(partition),
  };
}
