/**
 * Reads all live objects that mapping needs, before anything is decided.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { itemsOf, mapIdentity } from "../../kube/served/mod.ts";
import type { ClusterView } from "./cluster_view.ts";

/** Live objects by {@linkcode LiveObjects.of}. */
export interface LiveObjects {
  /**
   * Returns the live object for an object in the manifest of a release in `namespace`; `undefined` when there
   * is none.
   */
  readonly of: (namespace: string, object: KubeObject) => KubeObject | undefined;
}

/** An object of a manifest, and the namespace of its release. */
export interface ReleaseObject {
  readonly namespace: string;
  readonly object: KubeObject;
}

/** Reads the live object of each one whose API version the server does not have; each is read once. */
export async function readLiveObjects(view: ClusterView, objects: readonly ReleaseObject[]): Promise<LiveObjects> {
  const wanted = new Map<string, ReleaseObject>();
  for (const { namespace, object } of objects) {
    for (const single of singleObjects(object)) {
      const { apiVersion, kind } = single;
      if (typeof apiVersion !== "string" || typeof kind !== "string" || view.isServed(apiVersion, kind)) continue;
      const identity = mapIdentity(single, view.isServed);
      if (identity !== undefined && identity !== single) {
        wanted.set(keyOf(namespace, single), { namespace, object: identity });
      }
    }
  }
  const found = new Map<string, KubeObject>();
  await Promise.all([...wanted].map(async ([key, { namespace, object }]) => {
    const live = await view.readLive(namespace, object);
    if (live !== undefined) found.set(key, live);
  }));
  return { of: (namespace, object) => found.get(keyOf(namespace, object)) };
}

/** Returns an object, or the items of a list; items without a kind take the list's. */
function singleObjects(document: KubeObject): KubeObject[] {
  const items = itemsOf(document);
  if (items === undefined) return [document];
  return items.flatMap((item) => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) return [];
    const object = item as KubeObject;
    const isBare = !object.kind && !object.apiVersion;
    const kind = String(document.kind).replace(/List$/, "");
    return singleObjects(isBare ? { ...object, ...asApi(document.apiVersion, kind) } : object);
  });
}

function asApi(apiVersion: string | undefined, kind: string): KubeObject {
  return apiVersion === undefined ? { kind } : { apiVersion, kind };
}

function keyOf(namespace: string, { apiVersion, kind, metadata }: KubeObject): string {
  return JSON.stringify([apiVersion, kind, metadata?.namespace || namespace, metadata?.name]);
}
