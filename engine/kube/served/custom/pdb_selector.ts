import { placesOf } from "../places.ts";
import { fieldOf, isEmpty, isEqual, isMap, type JsonMap } from "../plain.ts";
import type { Work } from "../work.ts";

const LABEL = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match";
const NOTHING = { matchExpressions: [{ key: LABEL, operator: "Exists" }] };
const EVERYTHING = { matchExpressions: [{ key: LABEL, operator: "DoesNotExist" }] };

/**
 * `{}` selected no pods in v1beta1 and selects all pods in v1: it becomes a selector that no pod has, which is what
 * the server shows for such an object. An absent selector selects none in both.
 *
 * Conversely, v1beta1 showed "all pods" as an expression on the same label; it becomes `{}`.
 *
 * Source: Kubernetes, `pkg/apis/policy/v1beta1/conversion.go`.
 */
export function pdbSelector(work: Work, path: string): void {
  for (const { parent, key, path: place } of placesOf(work, path)) {
    const selector = fieldOf(parent, key);
    if (!isMap(selector)) continue; // absent, or a shape that the server will report
    if (isEmpty(selector.matchLabels) && isEmpty(selector.matchExpressions)) {
      parent[key] = structuredClone(NOTHING);
      work.changes.push(`${place}: {} selected no pods and would select all; it becomes a selector that selects none`);
    } else if (isEqual(withoutEmpty(selector), EVERYTHING)) {
      parent[key] = {};
      work.changes.push(`${place}: the expression for all pods becomes {}`);
    }
  }
}

function withoutEmpty(selector: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(selector).filter(([, value]) => !isEmpty(value)));
}
