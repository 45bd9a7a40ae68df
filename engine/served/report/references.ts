/**
 * References to objects by an API version that is gone.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { at, isMap, listAt, textAt } from "../plain.ts";
import { describeRemoved, isKnownKind, type IsServed } from "../successor.ts";

/** Returns a line per reference whose API version is not served, or that current servers refuse. */
export function references(object: KubeObject, isServed: IsServed): string[] {
  return referencesOf(object).flatMap(({ path, value }) => {
    const apiVersion = textAt(value, "apiVersion"), kind = textAt(value, "kind");
    if (kind === "") return [];
    if (apiVersion === "") return isEmptyRefused(object, path) ? [`${path} has no apiVersion; write it`] : [];
    if (isServed(apiVersion, kind) || !isKnownKind(apiVersion, kind)) return [];
    return [`${path} names ${kind} by a version that is gone: ${describeRemoved(apiVersion, kind, isServed)}`];
  });
}

/** Current servers refuse an autoscaler whose target has no group, at its creation. */
function isEmptyRefused({ apiVersion = "" }: KubeObject, path: string): boolean {
  return path === "spec.scaleTargetRef" && apiVersion.startsWith("autoscaling/");
}

interface Reference {
  readonly path: string;
  readonly value: unknown;
}

/** Fields that name other objects, in built-in kinds and in widespread custom resources. */
function referencesOf(object: KubeObject): Reference[] {
  const fields = ["scaleTargetRef", "targetRef"].map((key) => ({
    path: `spec.${key}`,
    value: at(object, "spec", key),
  }));
  const metrics = listAt(object, "spec", "metrics").flatMap((metric, index) =>
    ["describedObject", "target"].map((key) => ({
      path: `spec.metrics[${index}].object.${key}`,
      value: at(metric, "object", key),
    }))
  );
  const owners = listAt(object, "metadata", "ownerReferences").map((value, index) => ({
    path: `metadata.ownerReferences[${index}]`,
    value,
  }));
  return [...fields, ...metrics, ...owners].filter(({ value }) => isMap(value));
}
