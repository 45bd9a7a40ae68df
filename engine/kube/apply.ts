/**
 * Creates and deletes the objects of a manifest.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go`; `release-pipeline.md` 8.4, 8.6.
 *
 * @module
 */
import { isNotFound } from "./call.ts";
import { createObject, deleteObject, getObject } from "./object_calls.ts";
import { poll } from "./poll.ts";
import { inKindRuns } from "./runs.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "./types.ts";

/** Pause between two checks of objects that are being deleted. */
const GONE_POLL_MS = 2000;

/** Creates every object; returns them as the server answered. An existing object is an error, not adopted. */
export function createAll(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: KubeCallOptions,
): Promise<ResourceInfo[]> {
  return inKindRuns(infos, (info) => createObject(transport, info, options), options.signal);
}

/** An object that was deleted, and its uid if the server returned it. */
export interface DeletedObject {
  readonly info: ResourceInfo;
  readonly uid: string | undefined;
}

/** Deletes every object in the background; absent ones are not an error. Returns those that existed. */
export async function deleteAll(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: KubeCallOptions,
): Promise<DeletedObject[]> {
  const deleted = await inKindRuns(infos, async (info) => {
    const gone = await deleteObject(transport, info, options);
    return gone === undefined ? [] : [{ info, ...gone }];
  }, options.signal);
  return deleted.flat();
}

/**
 * Resolves when none of the objects exists any more. Does not wait for another object that was created with
 * the same name.
 *
 * Helm 2 checks for the first time after two seconds; here the first check is immediate.
 *
 * @throws SkegError of kind `timeout` after `timeoutSeconds`; 0 means no limit.
 */
export async function waitUntilGone(
  transport: Transport,
  deleted: readonly DeletedObject[],
  timeoutSeconds: number,
  options: KubeCallOptions,
): Promise<void> {
  let left = [...deleted];
  const check = async (): Promise<boolean> => {
    const uids = await inKindRuns(
      left.map(({ info }) => info),
      (info) => uidOf(transport, info, options),
      options.signal,
    );
    left = left.filter(({ uid }, index) => uids[index] !== undefined && (uid === undefined || uid === uids[index]));
    return left.length === 0;
  };
  if (left.length === 0) return;
  await poll(check, {
    timeoutSeconds,
    intervalMs: GONE_POLL_MS,
    firstMs: 0,
    growing: true,
    signal: options.signal,
    missing: () => `${left.map(({ info }) => `${info.resource.kind}/${info.name}`).join(", ")} to be deleted`,
  });
}

/** Returns the object's uid, empty if the server sends none; `undefined` if there is no object. */
async function uidOf(transport: Transport, info: ResourceInfo, options: KubeCallOptions): Promise<string | undefined> {
  try {
    return (await getObject(transport, info, options)).metadata?.uid ?? "";
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** True if the object exists. */
export async function objectExists(
  transport: Transport,
  info: ResourceInfo,
  options: KubeCallOptions,
): Promise<boolean> {
  try {
    await getObject(transport, info, options);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
