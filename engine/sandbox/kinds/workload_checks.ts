/**
 * Checks that the kinds with pod templates share.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/apps/validation/validation.go`.
 *
 * @module
 */
import { at, isMap, type Json, listOf, mapOf, mapsOf, numberOf, same, textOf } from "../json.ts";
import { selectorOf } from "../selectors.ts";
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from "../status.ts";
import { checkSelector } from "../validation/meta.ts";
import { qualifiedName } from "../validation/names.ts";
import { checkTemplate, notNegative } from "./pod_validation.ts";

function labelsOf(spec: Json): Record<string, string> {
  return mapOf(at(spec, "template", "metadata", "labels")) as Record<string, string>;
}

/** Checks that a selector is present, well formed and not empty. */
export function checkOwnSelector(spec: Json, kind: string, isRequired: boolean): FieldError[] {
  const selector = spec["selector"];
  if (!isMap(selector)) return isRequired ? [required("spec.selector")] : [];
  const errors = checkSelector(selector, "spec.selector");
  const size = Object.keys(mapOf(at(selector, "matchLabels"))).length + listOf(at(selector, "matchExpressions")).length;
  if (size === 0) {
    errors.push(invalidValue("spec.selector", selector, `empty selector is invalid for ${kind}`));
  }
  return errors;
}

/** True when every expression can be evaluated. */
function isSelector(selector: Json): boolean {
  return mapsOf(selector["matchExpressions"]).every((expression) => {
    const count = listOf(expression["values"]).length;
    const operator = textOf(expression["operator"]);
    const fits = ["In", "NotIn"].includes(operator) ? count > 0 : ["Exists", "DoesNotExist"].includes(operator);
    return fits && qualifiedName(textOf(expression["key"])).length === 0;
  });
}

/** Checks that the selector matches the labels of the template. */
export function checkOwnLabels(spec: Json): FieldError[] {
  const selector = spec["selector"];
  const empty = isMap(selector) && Object.keys(selector).length === 0;
  if (isMap(selector) && !isSelector(selector)) {
    return [invalidValue("spec.selector", selector, "invalid label selector")];
  }
  // An empty selector has been reported already.
  if (empty || selectorOf(selector)(labelsOf(spec))) return [];
  const labels = at(spec, "template", "metadata", "labels");
  return [invalidValue("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")];
}

/**
 * Checks what Deployments and ReplicaSets have in common. The server names a Deployment where a ReplicaSet's selector is wrong,
 * and a ReplicaSet where a Deployment's template is.
 */
export function checkReplicated(spec: Json): FieldError[] {
  return [
    ...notNegative(spec["replicas"], "spec.replicas"),
    ...checkOwnSelector(spec, "deployment", true),
    ...checkOwnLabels(spec),
    ...checkTemplate(spec["template"], "spec.template"),
    ...checkAlways(spec, "ReplicaSet"),
  ];
}

/** Refuses templates whose pods would end by themselves: the controller would start them again for ever. */
export function checkAlways(spec: Json, kind: string): FieldError[] {
  const errors: FieldError[] = [];
  const restart = at(spec, "template", "spec", "restartPolicy");
  if (restart !== "Always") errors.push(notSupported("spec.template.spec.restartPolicy", restart, ["Always"]));
  if (at(spec, "template", "spec", "activeDeadlineSeconds") !== undefined) {
    errors.push(forbiddenField(
      "spec.template.spec.activeDeadlineSeconds",
      `activeDeadlineSeconds in ${kind} is not Supported`,
    ));
  }
  return errors;
}

/** Returns an error when the field under `path` was changed. */
export function immutable(object: Json, before: Json, ...path: string[]): FieldError[] {
  const value = at(object, ...path);
  if (same(value, at(before, ...path))) return [];
  return [invalidValue(path.join("."), value, "field is immutable")];
}

/** Returns a count in the status; 0 when there is none. */
export function status(object: Json, field: string): number {
  return numberOf(at(object, "status", field));
}
