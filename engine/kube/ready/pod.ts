/**
 * Pods.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, asText } from "../../base/mod.ts";
import { conditionOf, failed, type ObjectState, progress, ready, statusOf } from "./state.ts";

/** True if the pod's Ready condition is True. */
export function isPodReady(pod: KubeObject): boolean {
  return asList(asObject(pod.status).conditions).map(asObject)
    .some(({ type, status }) => type === "Ready" && status === "True");
}

/** Returns the reason why a pod is not ready. */
export function podTrouble(pod: KubeObject): string {
  return `pod ${pod.metadata?.name ?? ""} is not ready (${troubleWord(pod)})`;
}

/** Returns one word about a pod that is not ready: of a waiting container, of the scheduler, or its phase. */
function troubleWord(pod: KubeObject): string {
  const status = statusOf(pod);
  const containers = [...asList(status.initContainerStatuses), ...asList(status.containerStatuses)].map(asObject);
  const waiting = containers.map(({ state }) => asText(asObject(asObject(state).waiting).reason))
    .find((reason) => reason !== "" && reason !== "PodInitializing");
  const scheduled = conditionOf(pod, "PodScheduled");
  const unscheduled = scheduled?.status === "False" ? scheduled.reason : "";
  return waiting || unscheduled || asText(status.phase) || "Unknown";
}

/** `--wait`: ready by its condition; a pod that has completed never is. */
export function podReady(pod: KubeObject): string {
  return isPodReady(pod) ? "" : podTrouble(pod);
}

/** Strict: ready by its condition, or completed. */
export function podState(pod: KubeObject): ObjectState {
  const { phase, reason, message } = statusOf(pod);
  if (phase === "Succeeded" || isPodReady(pod)) return ready();
  if (phase === "Failed") return failed(asText(message) || asText(reason) || "the pod has failed");
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status === "False") return progress(`${scheduled.reason}: ${scheduled.message}`.replace(/: $/, ""));
  const readiness = conditionOf(pod, "Ready");
  const word = troubleWord(pod);
  return progress(word === phase && readiness?.message ? readiness.message : word);
}
