/**
 * Fields whose meaning differs between the versions of a kind, so that a chart may not mean what it says.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { at, isEmpty, textAt } from "../plain.ts";
import { groupOf } from "../table.ts";

const CLASS = "kubernetes.io/ingress.class";

/** Returns what is to be said of a PodDisruptionBudget or an Ingress; nothing for other objects. */
export function doubtfulFindings(object: KubeObject): string[] {
  const group = groupOf(object.apiVersion ?? "");
  if (object.kind === "PodDisruptionBudget" && group === "policy") return budget(object);
  if (object.kind === "Ingress" && ["extensions", "networking.k8s.io"].includes(group)) return ingressClass(object);
  return [];
}

/** An empty selector selects nothing in `v1beta1`, and everything in `v1`. */
function budget(object: KubeObject): string[] {
  const selector = at(object, "spec", "selector");
  const isNothing = selector === undefined || object.apiVersion === "policy/v1beta1" &&
      isEmpty(at(selector, "matchLabels")) && isEmpty(at(selector, "matchExpressions"));
  return isNothing ? ["spec.selector selects no pods: the budget protects nothing"] : [];
}

/** Servers refuse a new object that names its class in both ways, unless they agree. */
function ingressClass(object: KubeObject): string[] {
  const named = textAt(object, "spec", "ingressClassName");
  const noted = textAt(object, "metadata", "annotations", CLASS);
  if (named === "" || noted === "" || named === noted) return [];
  return [`spec.ingressClassName is ${named} and annotation ${CLASS} is ${noted}; new objects may have one of them`];
}
