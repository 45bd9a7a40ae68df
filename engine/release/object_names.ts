/**
 * Names of objects: as keys of maps, for requests, and for people.
 *
 * @module
 */
import type { ResourceInfo } from "../kube/mod.ts";

/** Returns the fields that identify an object, as in a manifest. */
function identityOf({ resource, name, namespace }: ResourceInfo): Record<string, unknown> {
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, metadata: { name, ...namespace === "" ? {} : { namespace } } };
}

/** Returns a manifest that only identifies objects. */
export function identityManifest(infos: readonly ResourceInfo[]): string {
  return infos.map((info) => `---\n${JSON.stringify(identityOf(info))}\n`).join("");
}

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
