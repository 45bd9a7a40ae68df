/**
 * Names of objects: as keys of maps, and for people.
 *
 * @module
 */
import type { ResourceInfo } from "../kube/mod.ts";

/** Returns a unique key of an object: group, kind, namespace and name. */
export function keyOf({ resource, name, namespace }: ResourceInfo): string {
  return `${resource.group}/${resource.kind}/${namespace}/${name}`;
}

/** True if both are the same object. */
export function isSameObject(a: ResourceInfo, b: ResourceInfo): boolean {
  return keyOf(a) === keyOf(b);
}

/** Returns an object in words, such as `ConfigMap "a" in namespace "blue"`. */
export function describeObject({ resource, name, namespace }: ResourceInfo): string {
  return `${resource.kind} ${JSON.stringify(name)}${
    namespace === "" ? "" : ` in namespace ${JSON.stringify(namespace)}`
  }`;
}
