/**
 * PodDisruptionBudgets.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { conditionOf, numberOf, type ObjectState, ready, statusOf } from "./state.ts";

/** Ready when it is counted; a budget that allows no disruption gets a note. */
export function budgetState(budget: KubeObject): ObjectState {
  const allowed = conditionOf(budget, "DisruptionAllowed");
  const isTight = allowed?.status === "False" && numberOf(statusOf(budget).expectedPods) > 0;
  return ready(isTight ? "it allows no disruption now" : "");
}
