/**
 * Fields whose meaning differs between versions of a kind, so that a chart may not do what its author intended.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { at, isEmpty, textAt } from "../plain.ts";
import { groupOf } from "../table.ts";

const CLASS = "kubernetes.io/ingress.class";

/** Returns findings about a PodDisruptionBudget or an Ingress; none for other objects. */
export function doubtfulFindings(object: KubeObject): string[] {
  const group = groupOf(object.apiVersion ?? "");
  if (object.kind === "PodDisruptionBudget" && group === "policy") return budget(object);
  if (object.kind === "Ingress" && ["extensions", "networking.k8s.io"].includes(group)) return ingressClass(object);
  return [];
}

/** Reports a selector without pods. An empty one selects nothing in `v1beta1`, and everything in `v1`. */
function budget(object: KubeObject): string[] {
  const selector = at(object, "spec", "selector");
  const isNothing = selector === undefined || object.apiVersion === "policy/v1beta1" &&
      isEmpty(at(selector, "matchLabels")) && isEmpty(at(selector, "matchExpressions"));
  return isNothing ? ["spec.selector selects no pods: the budget protects nothing"] : [];
}

/** Reports a class that is named in both ways: servers refuse such a new object, unless both agree. */
function ingressClass(object: KubeObject): string[] {
  const named = textAt(object, "spec", "ingressClassName");
  const noted = textAt(object, "metadata", "annotations", CLASS);
  if (named === "" || noted === "" || named === noted) return [];
  return [`spec.ingressClassName is ${named} and annotation ${CLASS} is ${noted}; new objects may have one of them`];
}
