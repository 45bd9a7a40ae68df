/**
 * Ingresses.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, asText } from "../../base/mod.ts";
import { graceLeft, type Related } from "./related.ts";
import { type ObjectState, progress, ready, specOf, statusOf } from "./state.ts";

/** How long an ingress without a controller is waited for. */
const GRACE_MS = 10_000;
const IS_DEFAULT = "ingressclass.kubernetes.io/is-default-class";

/** Ready with an address. Where no controller serves its class it would never get one, so it counts as ready soon. */
export function ingressState(ingress: KubeObject, related: Related): ObjectState {
  if (asList(asObject(statusOf(ingress).loadBalancer).ingress).length > 0) return ready();
  const unserved = unservedClass(ingress, related.ingressClasses);
  if (unserved === undefined) return progress("no address yet");
  const left = graceLeft(related, GRACE_MS);
  return left === 0 ? ready(`no address: ${unserved}`) : progress(`no address: ${unserved}`, left);
}

/** Returns the words for an ingress without a controller; `undefined` when it has one, or that is not known. */
function unservedClass(ingress: KubeObject, classes: readonly KubeObject[] | undefined): string | undefined {
  if (classes === undefined) return undefined;
  const wanted = asText(specOf(ingress).ingressClassName) ||
    (ingress.metadata?.annotations?.["kubernetes.io/ingress.class"] ?? "");
  if (wanted !== "") {
    return classes.some(({ metadata }) => metadata?.name === wanted)
      ? undefined
      : `no controller serves class "${wanted}"`;
  }
  const hasDefault = classes.some(({ metadata }) => metadata?.annotations?.[IS_DEFAULT] === "true");
  if (hasDefault) return undefined;
  return classes.length === 0
    ? "no controller serves ingresses"
    : "it names no class, and the cluster has no default class";
}
