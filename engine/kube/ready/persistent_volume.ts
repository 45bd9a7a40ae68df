/**
 * PersistentVolumes.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asText } from "../../base/mod.ts";
import { failed, type ObjectState, progress, ready, statusOf } from "./state.ts";

/** Available or bound; a released one was used, and stays so. */
export function volumeState(volume: KubeObject): ObjectState {
  const { phase, reason, message } = statusOf(volume);
  if (phase === "Available" || phase === "Bound") return ready();
  if (phase === "Released") return ready("its claim is gone");
  if (phase === "Failed") return failed(asText(message) || asText(reason) || "the volume has failed");
  return progress(`the volume is not available (${asText(phase) || "Pending"})`);
}
