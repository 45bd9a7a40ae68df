/**
 * DaemonSets.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asObject } from "../../base/mod.ts";
import { fewer, numberOf, type ObjectState, progress, ready, specOf, statusOf } from "./state.ts";

/** `--wait-strict`: every node that wants a pod has an available new one. */
export function daemonSetRolledOut(set: KubeObject): string {
  const { desiredNumberScheduled, updatedNumberScheduled, numberAvailable } = statusOf(set);
  const wanted = numberOf(desiredNumberScheduled);
  const old = isOnDelete(set) ? "" : fewer(numberOf(updatedNumberScheduled), wanted, "of its new version");
  return old || fewer(numberOf(numberAvailable), wanted, "available");
}

/** Strict: every node that wants a pod has one that is new, available and ready. */
export function daemonSetState(set: KubeObject): ObjectState {
  const status = statusOf(set);
  const { observedGeneration, desiredNumberScheduled } = status;
  if (set.metadata?.generation === undefined || observedGeneration === undefined) {
    return progress("its controller has not seen it yet");
  }
  if (desiredNumberScheduled === undefined) return progress("its controller has not counted the nodes yet");
  const wanted = numberOf(desiredNumberScheduled);
  if (wanted === 0) return ready("no node matches");
  const missing = fewer(numberOf(status.currentNumberScheduled), wanted, "there") ||
    (isOnDelete(set) ? "" : fewer(numberOf(status.updatedNumberScheduled), wanted, "of its new version")) ||
    fewer(numberOf(status.numberAvailable), wanted, "available") ||
    fewer(numberOf(status.numberReady), wanted, "ready");
  return missing === "" ? ready() : progress(missing);
}

function isOnDelete(set: KubeObject): boolean {
  return asObject(specOf(set).updateStrategy).type === "OnDelete";
}
