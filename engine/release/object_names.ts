/**
 * How objects of a cluster are named: for maps, for requests, for people.
 *
 * @module
 */
import type { ResourceInfo } from "../kube/mod.ts";

/** The least that names an object, as a manifest has it. */
function identityOf({ resource, name, namespace }: ResourceInfo): Record<string, unknown> {
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, metadata: { name, ...namespace === "" ? {} : { namespace } } };
}

/** A manifest that names objects, and says no more of them. */
export function identityManifest(infos: readonly ResourceInfo[]): string {
  return infos.map((info) => `---\n${JSON.stringify(identityOf(info))}\n`).join("");
}

/** Tells objects apart: group, kind, namespace and name in one text. */
export function keyOf({ resource, name, namespace }: ResourceInfo): string {
  return `${resource.group}/${resource.kind}/${namespace}/${name}`;
}

/** True when both name the same object. */
export function isSameObject(a: ResourceInfo, b: ResourceInfo): boolean {
  return keyOf(a) === keyOf(b);
}

/** Such as `ConfigMap "a" in namespace "blue"`. */
export function describeObject({ resource, name, namespace }: ResourceInfo): string {
  return `${resource.kind} ${JSON.stringify(name)}${
    namespace === "" ? "" : ` in namespace ${JSON.stringify(namespace)}`
  }`;
}
