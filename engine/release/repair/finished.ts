/**
 * Finds out if the work of a Job or Pod has ended.
 *
 * @module
 */
import { asList, asObject } from "../../base/mod.ts";
import type { KubeObject } from "../../model/mod.ts";

/** Returns how a Job or Pod has finished; `undefined` while it has not. Pods of a Job that failed may be followed by others. */
export function finishedState(object: KubeObject): "succeeded" | "failed" | undefined {
  const { phase, conditions } = asObject(object["status"]);
  if (phase === "Succeeded") return "succeeded";
  if (phase === "Failed") return "failed";
  const ended = asList(conditions).map(asObject).filter(({ status }) => status === "True").map(({ type }) => type);
  return ended.includes("Complete") ? "succeeded" : ended.includes("Failed") ? "failed" : undefined;
}
