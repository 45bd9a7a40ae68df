/**
 * The strict verdict about one object.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asText } from "../../base/mod.ts";
import type { WaitRule } from "./custom_rule.ts";
import { strictRuleOf } from "./kinds.ts";
import { namespaceRest } from "./namespace.ts";
import type { Related } from "./related.ts";
import { conditionsOf, failed, numberOf, type ObjectState, progress, statusOf, wordsOf } from "./state.ts";

/** The reason of an object whose controller has not seen its newest change. */
export const UNSEEN = "its controller has not seen the newest change yet";

/**
 * Returns how an object is doing, by the rules of `--wait-strict=all`. Pure: it sends no requests.
 *
 * Judged first, for every kind: is it being deleted, has its controller seen the newest change, and do the conditions
 * `Stalled` and `Reconciling` say something. Then by the rule of its kind.
 *
 * @param object A live object, as the API server returns it.
 * @param related What is known around it. Without that, rules that need more judge the object alone.
 * @param rules Rules for custom resources, which come before the built-in ones.
 * @returns The state, and the words for a person: what is missing or failed; for a ready object a note, or empty.
 *
 * @example A Deployment in the middle of a change
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const web = {
 *   apiVersion: "apps/v1",
 *   kind: "Deployment",
 *   metadata: { name: "web", generation: 2 },
 *   spec: { replicas: 3 },
 *   status: { observedGeneration: 2, replicas: 3, updatedReplicas: 1 },
 * };
 * deepEqual(objectState(web), { state: "progress", reason: "1 of 3 pods are of its new version" });
 * ```
 */
export function objectState(object: KubeObject, related: Related = {}, rules: readonly WaitRule[] = []): ObjectState {
  const { metadata, apiVersion, kind } = object;
  if (metadata?.deletionTimestamp !== undefined) return { state: "deleting", reason: restOf(object) };
  if (isUnseen(object)) return progress(UNSEEN);
  // Of the two, the first in the list counts, as in kstatus.
  const standard = conditionsOf(object).find(({ type, status }) =>
    (type === "Stalled" || type === "Reconciling") && status === "True"
  );
  if (standard !== undefined) return (standard.type === "Stalled" ? failed : progress)(wordsOf(standard));
  return strictRuleOf(groupOf(asText(apiVersion)), asText(kind), rules)(object, related);
}

/** True if the controller has not seen the newest change. Argo Rollouts write the number as text. */
export function isUnseen(object: KubeObject): boolean {
  const { observedGeneration } = statusOf(object);
  const seen = numberOf(observedGeneration, Infinity);
  return seen < numberOf(object.metadata?.generation);
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

/** Returns why an object that is being deleted is still there. */
function restOf(object: KubeObject): string {
  const rest = object.kind === "Namespace" ? namespaceRest(object) : "";
  const finalizers = object.metadata?.finalizers ?? [];
  if (rest !== "") return `it is being deleted: ${rest}`;
  return `it is being deleted${finalizers.length > 0 ? `; finalizers: ${finalizers.join(", ")}` : ""}`;
}
