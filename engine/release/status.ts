/**
 * The status of a release, and of its objects in the cluster.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_status.go`, `release_content.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Info, Release } from "../model/mod.ts";
import { lastRelease, releaseKey } from "../../storage/mod.ts";
import { groupVersion, KubeManifest, readObject, type ResourceInfo } from "../kube/mod.ts";
import { callOptions, recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { checkExistingName } from "./names.ts";
import { findable } from "./removed.ts";
import { messageOf } from "../base/mod.ts";

/** The choice of a release and a revision. */
export interface RevisionOptions {
  /** The release. */
  readonly name: string;
  /** 0 or absent: the newest. */
  readonly revision?: number | undefined;
}

/** Options of {@linkcode status}. */
export interface StatusOptions extends RevisionOptions {
  /** If true, shows resources of FAILED and DELETED releases too. */
  readonly showAllResources?: boolean | undefined;
  /** If true, a manifest without objects is not an error. */
  readonly allowEmpty?: boolean | undefined;
  /** If true, reads the objects, too. */
  readonly withObjects?: boolean | undefined;
  /** The revision, if the caller has read it already: then it is not read again. */
  readonly release?: Release | undefined;
}

/** Result of {@linkcode status}. */
export interface StatusResult {
  /** Of the release. */
  readonly name: string;
  /** Of the release. */
  readonly namespace: string;
  /** Whose status this is. */
  readonly revision: number;
  /** As recorded, with `status.resources` filled in. */
  readonly info: Info;
  /** With `withObjects`: the objects of the manifest, in its order; empty for releases that have no table. */
  readonly objects?: readonly StatusObject[];
}

/** An object of a release as it is in the cluster. */
export interface StatusObject {
  /** As the cluster has it. */
  readonly apiVersion: string;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  /** Of the object. */
  readonly name: string;
  /** False when there is no such object. */
  readonly exists: boolean;
  /** When it was created, in RFC 3339; `null` when it does not exist. */
  readonly createdAt: string | null;
  /** Its `status` as the server gives it; `null` when it has none. */
  readonly status: unknown;
}

/**
 * Returns the status of a revision, with a table of its objects.
 *
 * Helm 2: FAILED and DELETED releases have no table; a release without objects is an error.
 *
 * @throws SkegError of kind `not-found` in Tiller's words.
 */
export async function status(env: Environment, options: StatusOptions): Promise<StatusResult> {
  checkExistingName(options.name);
  const release = options.release ?? await read(env, options);
  if (release.chart === undefined) throw new SkegError("record", "release chart is missing");
  const { name, namespace, info, revision } = release;
  const { code } = info.status;
  const isOver = code === "DELETED" || code === "FAILED";
  if (isOver && options.showAllResources !== true) {
    return { name, namespace, revision, info, ...options.withObjects === true ? { objects: [] } : {} };
  }
  try {
    // In Tiller a first revision without objects always ends as FAILED, so such a release was installed with
    // `allowEmpty`.
    const allowEmpty = options.allowEmpty === true || release.revision === 1;
    const manifest = await findable(env, namespace, new KubeManifest(release.manifest));
    const infos = await env.kube.resolve(namespace, manifest, callOptions(env));
    const resources = await env.kube.table(infos, { ...callOptions(env), allowEmpty });
    const whole = { name, namespace, revision, info: { ...info, status: { ...info.status, resources } } };
    return options.withObjects === true ? { ...whole, objects: await statusObjects(env, infos) } : whole;
  } catch (error) {
    if (!isOver || env.signal?.aborted) throw error;
    // The table may fail for the same reason as the release: the status is printed without it.
    env.report({ type: "warning", text: `the resources of ${name} could not be read: ${messageOf(error)}` });
    return { name, namespace, revision, info };
  }
}

/**
 * Returns a revision as recorded.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function getRelease(env: Environment, options: RevisionOptions): Promise<Release> {
  checkExistingName(options.name);
  return (options.revision ?? 0) <= 0
    ? await lastRelease(env.driver, options.name, recordOptions(env))
    : await env.driver.get(releaseKey(options.name, options.revision ?? 0), recordOptions(env));
}

async function read(env: Environment, options: RevisionOptions): Promise<Release> {
  const { name, revision = 0 } = options;
  try {
    return await getRelease(env, options);
  } catch (cause) {
    const what = revision <= 0 ? `deployed release ${JSON.stringify(name)}` : `release '${name}' (v${revision})`;
    const { kind, hint } = cause instanceof SkegError ? cause : { kind: "release" as const, hint: undefined };
    throw new SkegError(kind, `getting ${what}: ${messageOf(cause)}`, { cause, hint });
  }
}

/** Reads the live objects. Of their content only the status is returned: it holds no Secret values. */
async function statusObjects(env: Environment, infos: readonly ResourceInfo[]): Promise<StatusObject[]> {
  return await Promise.all(infos.map(async (info): Promise<StatusObject> => {
    const { resource: { group, version, kind }, namespace, name } = info;
    const live = await readObject(env.kube.cluster.transport, info, callOptions(env)).catch((error) => {
      if (error instanceof SkegError && error.kind === "not-found") return undefined;
      throw error;
    });
    const { metadata, status } = live ?? {};
    return {
      apiVersion: groupVersion(group, version),
      kind,
      namespace,
      name,
      exists: live !== undefined,
      createdAt: typeof metadata?.creationTimestamp === "string" ? metadata.creationTimestamp : null,
      status: status ?? null,
    };
  }));
}
