/**
 * A Pod is ready when its Ready condition is True; one that completed never is.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, asText } from "../json.ts";
import { getObject } from "../object_calls.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "../types.ts";
import type { Missing } from "./readiness.ts";

/** True if the pod's Ready condition is True. */
export function isPodReady(pod: KubeObject): boolean {
  return asList(asObject(pod.status).conditions).map(asObject)
    .some(({ type, status }) => type === "Ready" && status === "True");
}

/** Returns the reason why a pod is not ready. */
export function podTrouble(pod: KubeObject): string {
  const status = asObject(pod.status);
  const containers = [...asList(status.initContainerStatuses), ...asList(status.containerStatuses)].map(asObject);
  const waiting = containers.map(({ state }) => asText(asObject(asObject(state).waiting).reason))
    .find((reason) => reason !== "" && reason !== "PodInitializing");
  const scheduled = asList(status.conditions).map(asObject).find(({ type }) => type === "PodScheduled");
  const unscheduled = scheduled?.status === "False" ? asText(scheduled.reason) : "";
  return `pod ${pod.metadata?.name ?? ""} is not ready (${
    waiting || unscheduled || asText(status.phase) || "Unknown"
  })`;
}

/** Reads the pod and checks its condition. */
export async function podReady(
  transport: Transport,
  info: ResourceInfo,
  options: KubeCallOptions,
): Promise<Missing> {
  const pod = await getObject(transport, info, options);
  return isPodReady(pod) ? "" : podTrouble(pod);
}
