/**
 * APIServices.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { conditionOf, type ObjectState, progress, ready } from "./state.ts";

/** Ready when the aggregated API answers. */
export function apiServiceState(service: KubeObject): ObjectState {
  const available = conditionOf(service, "Available");
  if (available?.status === "True") return ready();
  if (available === undefined) return progress("its API is not available yet");
  return progress([available.reason, available.message].filter((text) => text !== "").join(": ") || "its API is down");
}
