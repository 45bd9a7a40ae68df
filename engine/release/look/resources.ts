/**
 * The objects of a release in the cluster: how each is doing, and what it owns.
 *
 * @module
 */
import type { KubeObject, Release } from "../../model/mod.ts";
import {
  groupVersion,
  KubeManifest,
  lookAt,
  type OwnedObject,
  type SeenObject,
  type SeenState,
} from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { findable } from "../removed.ts";
import { getRelease, type RevisionOptions } from "../status.ts";
import { finderOf, manifestObjects } from "../plan/manifest_objects.ts";

/** Options of {@linkcode releaseResources}. */
export interface ResourcesOptions extends RevisionOptions {
  /** If true, also reads replica sets and pods of objects that are ready, and the objects of hooks. */
  readonly owned?: boolean | undefined;
}

/** An object of a release, or one that it owns. */
export interface ReleaseResource {
  /** Such as `apps/v1`, as the cluster has it. */
  readonly apiVersion: string;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  /** Of the object. */
  readonly name: string;
  /** How it is doing, by the rules of `--wait-strict=all`. */
  readonly state: SeenState;
  /** One sentence; may be empty for an object that is ready. May quote text of the cluster, secrets included. */
  readonly reason: string;
  /** False if the server does not have the kind any more, so that no such object can exist. */
  readonly isServed: boolean;
  /** The live object; of kinds without a rule only its metadata. Absent when it was not read. */
  readonly live?: KubeObject | undefined;
  /** For objects of hooks: the events of the hook. */
  readonly events?: readonly string[] | undefined;
  /** Replica sets and pods; only with `owned`. */
  readonly owned: readonly ReleaseResource[];
}

/** Result of {@linkcode releaseResources}. */
export interface ReleaseResources {
  /** The revision as recorded. */
  readonly release: Release;
  /** The objects of the manifest, in its order. */
  readonly objects: readonly ReleaseResource[];
  /** With `owned`: the objects of hooks. Most are missing: hooks are deleted after they ran. */
  readonly hooks: readonly ReleaseResource[];
  /** Lists that could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Returns the objects of a revision as they are in the cluster. Reads one list for each kind and namespace. An object that
 * cannot be read, or whose kind the server does not have, hides no other.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function releaseResources(env: Environment, options: ResourcesOptions): Promise<ReleaseResources> {
  const release = await getRelease(env, options);
  const { namespace, manifest, hooks } = release;
  const { owned = false } = options;
  const own = await seenObjects(env, new KubeManifest(manifest), namespace, owned);
  if (!owned || hooks.length === 0) return { release, ...own, hooks: [] };
  const ofHooks = await Promise.all(hooks.map(async ({ manifest, events }) => {
    const seen = await seenObjects(env, new KubeManifest(manifest), namespace, true);
    return { ...seen, objects: seen.objects.map((object) => ({ ...object, events })) };
  }));
  return {
    release,
    objects: own.objects,
    hooks: ofHooks.flatMap(({ objects }) => objects),
    problems: [...new Set([...own.problems, ...ofHooks.flatMap(({ problems }) => problems)])],
  };
}

async function seenObjects(
  env: Environment,
  recorded: KubeManifest,
  namespace: string,
  owned: boolean,
): Promise<Pick<ReleaseResources, "objects" | "problems">> {
  const manifest = await findable(env, namespace, recorded, true);
  const infos = await env.kube.resolve(namespace, manifest, { ...callOptions(env), skipUnresolved: true });
  const { objects, problems } = await lookAt(env.kube.cluster.transport, infos, { ...callOptions(env), owned });
  const find = finderOf(infos.map(({ resource: { group, kind }, namespace, name, object }) => ({
    id: { group, kind, namespace, name },
    object,
    path: "",
  })));
  const unknown = manifestObjects(recorded, namespace).filter(({ id }) => find(id) === undefined)
    .map(({ id, object }): ReleaseResource => ({
      apiVersion: object.apiVersion ?? "",
      kind: id.kind,
      namespace: id.namespace,
      name: id.name,
      state: "unknown",
      isServed: false,
      reason: `the server has no kind ${id.kind} in ${object.apiVersion ?? "no version"}`,
      owned: [],
    }));
  return { objects: [...objects.map(resourceOf), ...unknown], problems };
}

function resourceOf({ info, state, reason, live, owned }: SeenObject): ReleaseResource {
  const { resource: { group, version, kind }, namespace, name } = info;
  const shared = { kind, namespace, name, state, reason, live, isServed: true };
  return {
    apiVersion: groupVersion(group, version),
    ...shared,
    owned: owned.map((one) => ownedResource(one, namespace)),
  };
}

function ownedResource(
  { live, apiVersion, kind, state, reason, owned }: OwnedObject,
  inNamespace: string,
): ReleaseResource {
  const { name = "", namespace = inNamespace } = live.metadata ?? {};
  const below = owned.map((one) => ownedResource(one, namespace));
  return { apiVersion, kind, namespace, name, state, reason, live, isServed: true, owned: below };
}
