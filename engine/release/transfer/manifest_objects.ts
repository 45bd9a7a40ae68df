/**
 * Reads the live objects that the manifest of a release names.
 *
 * @module
 */
import { inPool } from "../../base/mod.ts";
import { KubeError } from "../../../errors.ts";
import type { KubeObject, Release } from "../../model/mod.ts";
import { groupVersion, KubeManifest, readObject, type ResourceInfo } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { describeObject, keyOf } from "../object_names.ts";
import { findable } from "../removed.ts";

/** Objects that are read at the same time. */
const READS_MAX = 16;

/** A live object and its place on the server. */
export interface LiveObject {
  /** As the manifest names it. */
  readonly info: ResourceInfo;
  /** As the server returned it. */
  readonly object: KubeObject;
}

/** Live objects of a manifest. */
export interface ManifestObjects {
  /** In the order of the manifest, each once. */
  readonly live: readonly LiveObject[];
  /** Objects that this user may not read, in words. */
  readonly unread: readonly string[];
}

/** Reads the live objects of a release's manifest. Documents whose kind the server does not have are left out. */
export async function manifestObjects(env: Environment, release: Release): Promise<ManifestObjects> {
  const manifest = await findable(env, release.namespace, new KubeManifest(release.manifest), true);
  return await liveObjects(env, release.namespace, manifest);
}

/** Reads the live objects that `manifest` names; `namespace` is for objects that name none. */
export async function liveObjects(
  env: Environment,
  namespace: string,
  manifest: KubeManifest,
): Promise<ManifestObjects> {
  const options = callOptions(env);
  const infos = await env.kube.resolve(namespace, manifest, { ...options, skipUnresolved: true });
  const named = [...new Map(infos.filter(({ name }) => name !== "").map((info) => [keyOf(info), info])).values()];
  const unread: string[] = [];
  const found: (LiveObject | undefined)[] = new Array(named.length);
  await inPool(named, READS_MAX, async (info, at) => {
    const object = await readLive(env, info, unread);
    const { group, version, kind } = info.resource;
    if (object !== undefined) {
      found[at] = { info, object: { apiVersion: groupVersion(group, version), kind, ...object } };
    }
  });
  return { live: found.filter((one) => one !== undefined), unread };
}

async function readLive(env: Environment, info: ResourceInfo, unread: string[]): Promise<KubeObject | undefined> {
  try {
    return await readObject(env.kube.cluster.transport, info, callOptions(env));
  } catch (error) {
    if (!(error instanceof KubeError) || ![403, 404, 405].includes(error.status)) throw error;
    if (error.status === 403) unread.push(describeObject(info));
    return undefined;
  }
}
