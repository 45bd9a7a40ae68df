/**
 * Jobs.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import {
  conditionOf,
  failed,
  numberOf,
  type ObjectState,
  progress,
  ready,
  specOf,
  statusOf,
  wordsOf,
} from "./state.ts";

/** Complete, or suspended; failed by its condition. */
export function jobState(job: KubeObject): ObjectState {
  const failure = conditionOf(job, "Failed");
  if (failure?.status === "True") {
    const { reason, message } = failure;
    return failed(reason !== "" && message !== "" ? `${reason}: ${message}` : wordsOf(failure));
  }
  if (["Complete", "SuccessCriteriaMet"].some((type) => conditionOf(job, type)?.status === "True")) return ready();
  const { suspend, completions } = specOf(job);
  if (suspend === true) return ready("it is suspended");
  return progress(jobCounts(job, numberOf(completions, 1)));
}

/** Returns `1 of 3 done, 1 failed, 1 running`, without the zeros at the end. */
function jobCounts(job: KubeObject, wanted: number): string {
  const { active, failed: lost, succeeded } = statusOf(job);
  const parts = [`${numberOf(succeeded)} of ${wanted} done`];
  if (numberOf(lost) > 0) parts.push(`${numberOf(lost)} failed`);
  if (numberOf(active) > 0) parts.push(`${numberOf(active)} running`);
  return parts.join(", ");
}
