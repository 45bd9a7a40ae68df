/**
 * Facts of live objects that plans use.
 *
 * @module
 */
import { asCount, isObject, type JsonObject, type KubeObject } from "../../kube/mod.ts";
import { compareManifests, contentDigest, NO_RENDERS, type ObjectChange } from "../../kube/explain/mod.ts";
import type { OperationObject } from "./operation_objects.ts";

/** Returns what identifies a state of an object; null if it does not exist. */
export function liveState(live: KubeObject | undefined): NonNullable<ObjectChange["live"]> | null {
  if (live === undefined) return null;
  const { uid, resourceVersion } = live.metadata ?? {};
  return {
    ...uid === undefined ? {} : { uid },
    ...resourceVersion === undefined ? {} : { resourceVersion },
    content: contentDigest(live),
  };
}

/** Kinds whose controllers replace pods when the template changes. */
const ROLLED: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

/** Returns the number of pods that are replaced; `undefined` if none are. */
export function podsReplaced({ id, live, result }: OperationObject): number | undefined {
  if (!ROLLED.has(id.kind) || live === undefined || result === undefined) return undefined;
  const only = (object: KubeObject): KubeObject => {
    const template = specOf(object).template;
    return { apiVersion: object.apiVersion ?? "", kind: object.kind ?? "", spec: { template } };
  };
  if (compareManifests(only(live), only(result), { facts: NO_RENDERS }).length === 0) return undefined;
  return podCount(live);
}

/** Returns the number of pods of a workload. */
export function podCount(live: KubeObject): number {
  const status = isObject(live.status) ? live.status : {};
  return asCount(status.replicas) ?? asCount(status.currentNumberScheduled) ?? asCount(specOf(live).replicas) ?? 0;
}

/** Returns an object's spec; empty if it has none. */
export function specOf(object: KubeObject | undefined): JsonObject {
  return isObject(object?.spec) ? object.spec : {};
}
