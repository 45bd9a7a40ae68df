/**
 * Objects of a release's record.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { asList, asObject } from "../../engine/base/mod.ts";
import { KubeManifest } from "../../engine/kube/mod.ts";
import type { KubeObject, Release } from "../../engine/model/mod.ts";

/** Names an object; an empty namespace is that of the whole cluster. */
export interface RecordedName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Finds an object in the manifest or in a hook. Its group may have changed since: the kind and the name count. */
export function recordedObject({ manifest, hooks, namespace }: Release, wanted: RecordedName): KubeObject | undefined {
  const isWanted = ({ kind, metadata = {} }: KubeObject): boolean =>
    kind === wanted.kind && metadata.name === wanted.name &&
    (wanted.namespace === "" || (metadata.namespace ?? namespace) === wanted.namespace);
  for (const text of [manifest, ...hooks.map((hook) => hook.manifest)]) {
    for (const entry of new KubeManifest(text).entries()) {
      if (entry instanceof SkegError) continue;
      const object = entry.object as KubeObject;
      const found = [object, ...asList(object.items).map((item) => asObject(item) as KubeObject)].find(isWanted);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
