/**
 * Chooses and matches selectors of workloads.
 *
 * @module
 */
import { at, copyOf, isEmpty, isMap, type JsonMap, listAt, mapAt } from "./plain.ts";
import type { Work } from "./work.ts";

/**
 * Returns the selector of a workload whose manifest has none.
 *
 * That is the live object's selector, else the labels of the pod template; `undefined` when neither exists.
 * The live one goes first because it comes from the template of the first revision, and the labels may have
 * changed since.
 */
export function selectorFor(work: Work): unknown {
  const live = liveSelector(work);
  const labels = templateLabels(work);
  // An object that will be deleted and created again must select its own pods.
  const isUseless = work.options.force && labels !== undefined && live !== undefined && !isMatch(live, labels);
  if (live !== undefined && !isUseless) return copyOf(live);
  return labels === undefined ? undefined : { matchLabels: labels };
}

/** Returns the live object's selector; `undefined` when there is no live object or it has none. */
export function liveSelector(work: Work): JsonMap | undefined {
  const selector = at(work.options.live, "spec", "selector");
  return isMap(selector) && !isEmpty(selector) ? selector : undefined;
}

/** Returns a copy of the pod template's labels; `undefined` when it has none. */
export function templateLabels({ object }: Work): JsonMap | undefined {
  const labels = at(object, "spec", "template", "metadata", "labels");
  return isMap(labels) && !isEmpty(labels) ? copyOf(labels) : undefined;
}

/** True if labels match a selector with `matchLabels` and `matchExpressions`. */
export function isMatch(selector: JsonMap, labels: JsonMap): boolean {
  const has = (key: string) => Object.hasOwn(labels, key);
  const isPair = ([key, value]: [string, unknown]) => has(key) && String(labels[key]) === String(value);
  return Object.entries(mapAt(selector, "matchLabels")).every(isPair) &&
    listAt(selector, "matchExpressions").every((expression) => {
      const key = String(at(expression, "key") ?? "");
      const isListed = has(key) && listAt(expression, "values").map(String).includes(String(labels[key]));
      switch (at(expression, "operator")) {
        case "In":
          return isListed;
        case "NotIn":
          return !isListed;
        case "Exists":
          return has(key);
        case "DoesNotExist":
          return !has(key);
        default:
          return true; // an unknown operator, which the server will report
      }
    });
}
