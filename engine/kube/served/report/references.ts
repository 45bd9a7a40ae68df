/**
 * Finds references to other objects by a removed API version: `scaleTargetRef`, `ownerReferences`,
 * `targetRef` of custom resources, and objects inside objects.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { fieldOf, isMap, type JsonMap } from "../plain.ts";
import { entryOf, groupOf, type VersionKind } from "../table.ts";
import type { Judge } from "./judge.ts";
import { absence, instead, isRemoved, withAdvice } from "./lifecycle.ts";
import { membersIn } from "./resources.ts";

/** Kinds whose empty `apiVersion` once meant `extensions`. */
const WORKLOADS = ["Deployment", "ReplicaSet", "StatefulSet"];

/** A reference and its path. */
interface Reference extends VersionKind {
  /** Such as `spec.scaleTargetRef`. */
  readonly path: string;
}

/** Returns findings about the references in an object. */
export function referenceFindings(object: KubeObject, judge: Judge): string[] {
  // The autoscaler's controller uses the group and the kind, and ignores the version.
  const byGroup = object.kind === "HorizontalPodAutoscaler";
  const found = referencesIn(object).flatMap(({ path, apiVersion, kind }) => {
    const entry = entryOf(apiVersion, kind);
    if (entry === undefined || judge.isServed(apiVersion, kind) || !isRemoved(entry.member, judge)) return [];
    const group = membersIn(entry.family, groupOf(apiVersion));
    if (byGroup && group.some((member) => judge.isServed(member.apiVersion, kind))) return [];
    const text = `${path} names a ${kind} of ${apiVersion}, which ${absence(entry.member, judge)}`;
    return [withAdvice(text, instead(entry, judge))];
  });
  return byGroup ? [...found, ...emptyTarget(object)] : found;
}

/**
 * Reports an autoscaler whose target has no API group: current servers refuse it, and older ones do not find
 * the target.
 */
function emptyTarget(object: KubeObject): string[] {
  const spec = fieldOf(object as JsonMap, "spec");
  const target = isMap(spec) ? fieldOf(spec, "scaleTargetRef") : undefined;
  if (!isMap(target) || fieldOf(target, "apiVersion") !== undefined) return [];
  const kind = fieldOf(target, "kind");
  if (typeof kind !== "string" || !WORKLOADS.includes(kind)) return [];
  return [`spec.scaleTargetRef names no apiVersion, so no ${kind} is found; write apps/v1`];
}

/** Returns all maps below the object that have an `apiVersion` and a `kind`. */
function referencesIn(object: KubeObject): Reference[] {
  const found: Reference[] = [];
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) return value.forEach((item, index) => walk(item, `${path}[${index}]`));
    if (!isMap(value)) return;
    const { apiVersion, kind } = value;
    if (path !== "" && typeof apiVersion === "string" && typeof kind === "string") {
      found.push({ path, apiVersion, kind });
    }
    for (const key of Object.keys(value)) walk(value[key], path === "" ? key : `${path}.${key}`);
  };
  walk(object, "");
  return found;
}
