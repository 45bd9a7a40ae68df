/**
 * The objects of a release in the cluster: how each is doing, and what it owns.
 *
 * @module
 */
import type { KubeObject, Release } from "../../model/mod.ts";
import {
  type ClusterLook,
  followLook,
  groupVersion,
  KubeManifest,
  lookAt,
  type OwnedObject,
  type ResourceInfo,
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

/** Options of {@linkcode followResources}. */
export interface FollowResourcesOptions extends RevisionOptions {
  /** Where watching is not allowed, lists are read this often, in milliseconds; default 2000. */
  readonly pollMs?: number | undefined;
}

/**
 * Returns the objects of a revision as they are in the cluster. Reads one list for each kind and namespace. An object that
 * cannot be read, or whose kind the server does not have, hides no other.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function releaseResources(env: Environment, options: ResourcesOptions): Promise<ReleaseResources> {
  const { owned = false } = options;
  const release = await getRelease(env, options);
  const parts = await partsOf(env, release, owned);
  const infos = parts.flatMap((part) => part.infos);
  const look = await lookAt(env.kube.cluster.transport, infos, { ...callOptions(env), owned });
  return resourcesIn(release, parts, look);
}

/**
 * Yields the objects of a revision as they are in the cluster, with what they own and with those of hooks; then again after every
 * change, until the signal fires. The lists are watched. Two results that follow each other may be equal.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function* followResources(
  env: Environment,
  options: FollowResourcesOptions,
): AsyncGenerator<ReleaseResources> {
  const release = await getRelease(env, options);
  const parts = await partsOf(env, release, true);
  const infos = parts.flatMap((part) => part.infos);
  const looks = followLook(env.kube.cluster.transport, infos, { ...callOptions(env), pollMs: options.pollMs });
  for await (const look of looks) yield resourcesIn(release, parts, look);
}

/** The objects of a release's manifest, or of one of its hooks. */
interface ReleasePart {
  /** Objects that the server has a kind for. */
  readonly infos: readonly ResourceInfo[];
  /** The others. */
  readonly unknown: readonly ReleaseResource[];
  /** Of the hook; absent for the manifest. */
  readonly events?: readonly string[];
}

/** Returns the manifest, and each hook after it. */
async function partsOf(env: Environment, release: Release, hasHooks: boolean): Promise<ReleasePart[]> {
  const { namespace, manifest, hooks } = release;
  return await Promise.all([
    partOf(env, new KubeManifest(manifest), namespace),
    ...(hasHooks ? hooks : []).map(async ({ manifest, events }) => ({
      ...await partOf(env, new KubeManifest(manifest), namespace),
      events,
    })),
  ]);
}

async function partOf(env: Environment, recorded: KubeManifest, namespace: string): Promise<ReleasePart> {
  const manifest = await findable(env, namespace, recorded, true);
  const infos = await env.kube.resolve(namespace, manifest, { ...callOptions(env), skipUnresolved: true });
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
  return { infos, unknown };
}

/** Puts what was seen of all parts, in their order, into the release's objects and those of its hooks. */
function resourcesIn(
  release: Release,
  parts: readonly ReleasePart[],
  { objects, problems }: ClusterLook,
): ReleaseResources {
  let next = 0;
  const [own = [], ...ofHooks] = parts.map(({ infos, unknown, events }) => {
    const seen = objects.slice(next, next += infos.length).map(resourceOf);
    const all = [...seen, ...unknown];
    return events === undefined ? all : all.map((object) => ({ ...object, events }));
  });
  return { release, objects: own, hooks: ofHooks.flat(), problems: [...new Set(problems)] };
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
