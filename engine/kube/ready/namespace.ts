/**
 * Namespaces.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asText } from "../../base/mod.ts";
import { conditionsOf, type ObjectState, progress, ready, statusOf, wordsOf } from "./state.ts";

/** Ready when it is active. */
export function namespaceState(namespace: KubeObject): ObjectState {
  const phase = asText(statusOf(namespace).phase);
  return phase === "" || phase === "Active" ? ready() : progress(`the namespace is ${phase}`);
}

/** Returns why a namespace that is being deleted is still there. */
export function namespaceRest(namespace: KubeObject): string {
  return conditionsOf(namespace)
    .filter(({ type, status }) => /^Namespace(Deletion|Content|Finalizers)/.test(type) && status === "True")
    .map(wordsOf).join("; ");
}
