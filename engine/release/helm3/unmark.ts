/**
 * Takes Helm 3's marks from live objects again.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject, Release } from "../../model/mod.ts";
import { isNotFound, KubeManifest, readObject, type ResourceInfo } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { manifestObjects } from "../transfer/manifest_objects.ts";
import {
  MANAGED_BY,
  MANAGED_BY_HELM,
  type MetadataChange,
  patchMetadata,
  RELEASE_NAME,
  RELEASE_NAMESPACE,
} from "./adopt.ts";
import type { JournalObject } from "./journal.ts";

/** Times that a patch is tried while other clients change the object. */
const ATTEMPTS = 10;

/** The release whose marks are taken away. */
export interface MarkOwner {
  readonly name: string;
  readonly namespace: string;
}

/** Removes what a journal says that was added to one object, as far as it is still there. Returns true if it removed something. */
export async function unmarkObject(env: Environment, owner: MarkOwner, marked: JournalObject): Promise<boolean> {
  const { apiVersion, kind, namespace, name } = marked.object;
  const identity = JSON.stringify({ apiVersion, kind, metadata: { name, ...namespace === "" ? {} : { namespace } } });
  const infos = await env.kube.resolve(owner.namespace, new KubeManifest(identity), {
    ...callOptions(env),
    skipUnresolved: true,
  });
  const [info] = infos;
  if (info === undefined) return false;
  return await unmark(env, info, (live) => {
    if ((live.metadata?.uid ?? "") !== marked.uid) return {};
    return changeOf(live, owner, marked.added, marked.label);
  });
}

/** Removes all marks that name the release from the live objects of a manifest. Returns the number of objects. */
export async function unmarkManifest(env: Environment, owner: MarkOwner, release: Release): Promise<number> {
  let count = 0;
  for (const { info } of (await manifestObjects(env, release)).live) {
    env.signal?.throwIfAborted();
    const literal = info.object.metadata?.labels?.[MANAGED_BY];
    const done = await unmark(env, info, (live) => {
      const isOwn = live.metadata?.annotations?.[RELEASE_NAME] === owner.name;
      const added = ["release-name", "release-namespace", ...literal === MANAGED_BY_HELM ? [] : ["label"]];
      return isOwn ? changeOf(live, owner, added, literal) : {};
    });
    if (done) count++;
  }
  return count;
}

function changeOf(
  { metadata }: KubeObject,
  { name, namespace }: MarkOwner,
  added: readonly string[],
  label: string | undefined,
): MetadataChange {
  const annotations: Record<string, null> = {};
  const has = (key: string, value: string): boolean => metadata?.annotations?.[key] === value;
  if (added.includes("release-name") && has(RELEASE_NAME, name)) annotations[RELEASE_NAME] = null;
  if (added.includes("release-namespace") && has(RELEASE_NAMESPACE, namespace)) annotations[RELEASE_NAMESPACE] = null;
  const isLabelled = added.includes("label") && metadata?.labels?.[MANAGED_BY] === MANAGED_BY_HELM;
  return {
    ...isLabelled && label !== MANAGED_BY_HELM ? { labels: { [MANAGED_BY]: label ?? null } } : {},
    ...Object.keys(annotations).length === 0 ? {} : { annotations },
  };
}

async function unmark(
  env: Environment,
  info: ResourceInfo,
  decide: (live: KubeObject) => MetadataChange,
): Promise<boolean> {
  for (let attempt = 1;; attempt++) {
    try {
      const live = await readObject(env.kube.cluster.transport, info, callOptions(env));
      const change = decide(live);
      if (Object.keys(change).length === 0) return false;
      await patchMetadata(env, info, live, change);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      if (!(error instanceof KubeError) || error.status !== 409 || attempt === ATTEMPTS) throw error;
    }
  }
}
