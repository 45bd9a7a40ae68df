/**
 * HorizontalPodAutoscalers.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { parseJson } from "../../base/mod.ts";
import { graceLeft, type Related } from "./related.ts";
import { type Condition, conditionsOf, failed, type ObjectState, progress, ready, wordsOf } from "./state.ts";

/** Conditions of `autoscaling/v1`, which has none in its status. */
const ANNOTATION = "autoscaling.alpha.kubernetes.io/conditions";
/** These do not get well by themselves. */
const FATAL = ["FailedGetScale", "FailedUpdateScale", "InvalidSelector"];
/** How long metrics may be missing: they come late for new pods. */
const METRICS_GRACE_MS = 60_000;

/** Able to scale, and active or disabled on purpose. */
export function autoscalerState(autoscaler: KubeObject, related: Related): ObjectState {
  const conditions = allConditions(autoscaler);
  const find = (type: string): Condition | undefined => conditions.find((each) => each.type === type);
  const [able, active] = [find("AbleToScale"), find("ScalingActive")];
  for (const condition of [able, active]) {
    if (condition?.status === "False" && FATAL.includes(condition.reason)) return failed(wordsOf(condition));
  }
  if (able === undefined) return progress("its controller has not seen it yet");
  if (able.status !== "True") return progress(wordsOf(able));
  if (active === undefined) return progress("its controller has not looked at its metrics yet");
  if (active.status === "True" || active.reason === "ScalingDisabled") return ready();
  const left = graceLeft(related, METRICS_GRACE_MS);
  return left === 0 ? ready(`no metrics: ${wordsOf(active)}`) : progress(`no metrics yet: ${wordsOf(active)}`, left);
}

function allConditions(autoscaler: KubeObject): Condition[] {
  const own = conditionsOf(autoscaler);
  const text = autoscaler.metadata?.annotations?.[ANNOTATION];
  if (own.length > 0 || text === undefined) return own;
  try {
    return conditionsOf(undefined, { conditions: parseJson(text) });
  } catch {
    return []; // another program wrote the annotation
  }
}
