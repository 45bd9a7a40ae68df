/**
 * Changes the objects of one manifest into those of another.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go` (UpdateWithOptions);
 * `release-pipeline.md` 8.5.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { throwIfAborted } from "./abort.ts";
import { waitUntilGone } from "./apply.ts";
import { isNotFound, isTransient } from "./call.ts";
import { doubledKeys } from "./doubled_keys.ts";
import { asList, asText, type JsonObject } from "./json.ts";
import { doubles, matcherOf, withoutMatches } from "./match.ts";
import {
  createObject,
  deleteObject,
  getObject,
  listObjects,
  objectName,
  patchObject,
  PODS,
  refreshed,
  report,
} from "./object_calls.ts";
import { createPatch, createServerSidePatches, createThreeWayPatch, type ObjectPatch } from "./patch.ts";
import { mergeSchema } from "./merge_schema.ts";
import { groupVersion } from "./paths.ts";
import { CONCURRENT_MAX, inKindRuns } from "./runs.ts";
import { podSelector } from "./selectors.ts";
import {
  type ApplyMode,
  type ExistingObject,
  POD_RECREATED,
  type ResourceInfo,
  type Transport,
  type UpdateOptions,
} from "./types.ts";

/** Objects with this annotation stay, unless its value is `delete`. */
const RESOURCE_POLICY = "helm.sh/resource-policy";

/** Options of {@linkcode updateAll}. */
export interface UpdateAllOptions extends UpdateOptions {
  /** Returns the object to create again after a deletion; default: the target's. */
  readonly madeAnew?: ((info: ResourceInfo) => ResourceInfo | undefined) | undefined;
  /** Each returns another state that a live object may have, besides the original. */
  readonly alsoShown?: readonly ((info: ResourceInfo) => ResourceInfo | undefined)[] | undefined;
}

/** An object that was patched, and its state in the old manifest. */
interface Patched {
  readonly before: KubeObject;
  readonly info: ResourceInfo;
}

/** Progress of an update. */
interface Progress {
  /** Objects that did not exist before. */
  readonly created: ResourceInfo[];
  /** Objects that existed and were changed. */
  readonly patched: Patched[];
  /** Target objects as returned by the server. */
  readonly current: ResourceInfo[];
  /** Failures that did not stop the update. */
  readonly failures: SkegError[];
}

/**
 * Creates, patches and deletes objects so that the cluster holds `target`
 * instead of `original`, then calls `wait` with the target objects.
 *
 * After a failed patch the update continues with the next object; any other failure stops it. On failure
 * nothing is deleted, except objects that this update created, if `cleanupOnFail` is set.
 *
 * @throws SkegError; several messages are joined by ` && `.
 */
export async function updateAll(
  transport: Transport,
  original: readonly ResourceInfo[],
  target: readonly ResourceInfo[],
  options: UpdateAllOptions,
  wait?: (infos: readonly ResourceInfo[]) => Promise<void>,
): Promise<void> {
  const progress: Progress = { created: [], patched: [], current: [], failures: [] };
  try {
    await updateInOrder(transport, original, target, options, progress);
    if (progress.failures.length > 0) throw joinErrors(progress.failures);
  } catch (error) {
    if (options.putBackOnFail && !options.signal?.aborted) await putBack(transport, original, progress, options);
    throw await cleanedUp(transport, error, progress.created, options);
  }
  await removeOld(transport, withoutMatches(original, target), options);
  if (wait === undefined) return;
  try {
    await wait(progress.current);
  } catch (error) {
    throw await cleanedUp(transport, error, progress.created, options);
  }
}

/** Joins messages by ` && `; returns a single error unchanged. */
function joinErrors(errors: readonly SkegError[]): SkegError {
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return first;
  return new SkegError(first?.kind ?? "kube", errors.map(({ message }) => message).join(" && "), {
    cause: first,
    hint: first?.hint,
    details: first?.details,
  });
}

/** With `cleanupOnFail`, deletes objects that the update created; returns the error to throw. */
async function cleanedUp(
  transport: Transport,
  error: unknown,
  created: readonly ResourceInfo[],
  options: UpdateOptions,
): Promise<unknown> {
  if (!options.cleanupOnFail || !(error instanceof SkegError) || options.signal?.aborted) return error;
  const errors: SkegError[] = [error];
  for (const info of created) {
    try {
      // Helm 2: a missing object counts as an error.
      await deleteObject(transport, info, options, { wasThere: true });
    } catch (problem) {
      if (!(problem instanceof SkegError)) throw problem;
      errors.push(problem);
    }
  }
  return joinErrors(errors);
}

/**
 * Restores changed objects to the old manifest: objects that it does not name are deleted, others get the
 * same kind of patch in the reverse direction. Failures are reported, and the object stays changed.
 */
async function putBack(
  transport: Transport,
  original: readonly ResourceInfo[],
  progress: Progress,
  options: UpdateOptions,
): Promise<void> {
  const old = matcherOf(original);
  const attempt = async (info: ResourceInfo, action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
      report(options, "restore", info);
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      const text = `${objectName(info)} could not be restored:  ${error.message}`;
      report(options, "warning", info, text);
    }
  };
  for (const { before, info } of progress.patched.toReversed()) {
    await attempt(info, async () => {
      const live = await getObject(transport, info, options);
      // The target is the old manifest; the last applied one is this update's.
      const back = { ...info, object: before };
      for (const patch of choosePatches(info.object, back, live, options.apply ?? "tiller")) {
        await patchObject(transport, back, patch, options);
      }
    });
  }
  const isNew = (info: ResourceInfo): boolean => old(info) === undefined;
  for (const info of progress.created.filter(isNew).toReversed()) {
    await attempt(info, () => deleteObject(transport, info, { signal: options.signal }, { wasThere: true }));
    progress.created.splice(progress.created.indexOf(info), 1);
  }
}

/** Returns the error with a prefix before its message; errors of cancelled calls stay unchanged. */
function prefixed(prefix: string, cause: unknown): unknown {
  if (!(cause instanceof SkegError) || cause.kind === "aborted") return cause;
  const { kind, message, hint, details } = cause;
  return new SkegError(kind, `${prefix}: ${message}`, { cause, hint, details });
}

/**
 * Behaves like a sequential update. Steps whose order cannot be observed run concurrently: objects are read
 * ahead, and patches of one kind are sent together, because a failed patch does not stop the next. Steps that
 * can end the update (a creation, a foreign object, a failed read) complete before later objects are changed,
 * and each kind completes before the next.
 */
async function updateInOrder(
  transport: Transport,
  original: readonly ResourceInfo[],
  target: readonly ResourceInfo[],
  options: UpdateAllOptions,
  progress: Progress,
): Promise<void> {
  const before = matcherOf(original);
  const read = readAhead(transport, target, options);
  /** Patches of one kind, in order. */
  let pending: Promise<() => void>[] = [];
  const onTheirWay = new Set<Promise<unknown>>();
  const begin = (change: Promise<() => void>): void => {
    pending.push(change);
    const over: Promise<unknown> = change.then(() => onTheirWay.delete(over), () => onTheirWay.delete(over));
    onTheirWay.add(over);
  };
  const settle = async (): Promise<void> => {
    const outcomes = await Promise.allSettled(pending);
    pending = [];
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") throw outcome.reason;
      outcome.value();
    }
  };
  // These options delete as well: their result depends on earlier steps, so patches run one by one.
  const isAlone = options.recreatePods === true || options.force === true;
  try {
    for (const [index, info] of target.entries()) {
      throwIfAborted(options.signal);
      const live = await read(index, settle);
      throwIfAborted(options.signal);
      const isOtherKind = target[index - 1]?.resource.kind !== info.resource.kind;
      if (isOtherKind || isAlone) await settle();
      if (onTheirWay.size >= CONCURRENT_MAX) await Promise.race(onTheirWay);
      if (live === undefined) {
        // Creations wait for earlier patches: their results must be known when a creation fails.
        await settle();
        const made = await createNew(transport, info, options);
        progress.created.push(made);
        progress.current.push(made);
        continue;
      }
      const old = before(info);
      if (old !== undefined) begin(changeLive(transport, old.object, info, live, options, progress));
      else if (options.adopt === undefined) throw foreign(info);
      else {
        await settle();
        await options.adopt([{ info, metadata: live.metadata ?? {} }], foreign(info));
        begin(changeLive(transport, undefined, info, live, options, progress));
      }
    }
  } finally {
    await settle();
  }
}

async function createNew(transport: Transport, info: ResourceInfo, options: UpdateOptions): Promise<ResourceInfo> {
  try {
    return await createObject(transport, info, options);
  } catch (cause) {
    throw prefixed("failed to create resource", cause);
  }
}

/** Patches an object; returns a function that records the result. */
async function changeLive(
  transport: Transport,
  before: KubeObject | undefined,
  info: ResourceInfo,
  live: KubeObject,
  options: UpdateAllOptions,
  progress: Progress,
): Promise<() => void> {
  let now: ResourceInfo | undefined;
  const done = (): void => {
    if (now === undefined) return;
    progress.current.push(now);
    const isChanged = now.object.metadata?.resourceVersion !== live.metadata?.resourceVersion;
    if (isChanged && before !== undefined) progress.patched.push({ before, info });
  };
  try {
    now = await changeOne(transport, before, info, live, options);
    if (options.recreatePods) await recreatePods(transport, now, options);
    return done;
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    return () => {
      done();
      progress.failures.push(error);
    };
  }
}

/**
 * Reads live objects ahead of their turn. An object that appears earlier in the manifest too is read again in
 * its turn, after `settle` has waited for the earlier change.
 */
function readAhead(
  transport: Transport,
  target: readonly ResourceInfo[],
  options: UpdateOptions,
): (index: number, settle: () => Promise<void>) => Promise<KubeObject | undefined> {
  const readings: (Promise<KubeObject | undefined> | undefined)[] = [];
  const isDouble = doubles(target);
  let next = 0;
  return async (index, settle) => {
    for (; next < Math.min(target.length, index + CONCURRENT_MAX); next++) {
      const info = target[next];
      if (info === undefined || isDouble.has(info)) continue;
      const reading = readLive(transport, info, options);
      reading.catch(() => undefined); // the error is thrown in its turn
      readings[next] = reading;
    }
    const info = target[index];
    if (info === undefined) return undefined;
    if (!isDouble.has(info)) return await readings[index];
    await settle();
    return await readLive(transport, info, options);
  };
}

async function readLive(
  transport: Transport,
  info: ResourceInfo,
  options: UpdateOptions,
): Promise<KubeObject | undefined> {
  try {
    return await getObject(transport, info, options);
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw prefixed("Could not get information about the resource", cause);
  }
}

function foreign({ resource, name, namespace }: ResourceInfo): SkegError {
  return new SkegError(
    "exists",
    `kind ${resource.kind} with the name ${JSON.stringify(name)} in ${
      JSON.stringify(namespace)
    } already exists in the ` +
      "cluster and wasn't defined in the previous release. Before upgrading, please either delete the resource from " +
      "the cluster or remove it from the chart",
  );
}

/**
 * Patches one object; with `force`, an object whose patch is refused is deleted and created. Without `before`
 * the object is taken over: it gets all values of the manifest and keeps its others.
 */
async function changeOne(
  transport: Transport,
  before: KubeObject | undefined,
  info: ResourceInfo,
  live: KubeObject,
  options: UpdateAllOptions,
): Promise<ResourceInfo> {
  warnOfDeletion(info, live, options);
  const mode = options.apply ?? "tiller";
  const patches = before === undefined
    ? choosePatches({}, info, live, mode === "tiller" ? "three-way" : mode)
    : choosePatches(before, info, live, mode);
  if (before !== undefined && mode === "tiller") patches.push(...patchesAlso(info, options, patches));
  if (patches.length === 0) {
    const same = refreshed(info, live);
    report(options, "unchanged", same);
    return same;
  }
  if (patches[0]?.contentType === "application/strategic-merge-patch+json") warnOfDoubledKeys(info, options);
  try {
    let patched = info;
    for (const patch of patches) patched = await patchObject(transport, info, patch, options);
    const changed = patched.object.metadata?.resourceVersion !== live.metadata?.resourceVersion;
    report(options, changed ? "update" : "unchanged", patched);
    return patched;
  } catch (error) {
    if (!options.force || options.signal?.aborted) throw error;
  }
  report(options, "replace", info);
  const gone = await deleteObject(transport, info, options, { wasThere: true });
  // Helm 2 creates at once, and fails while the old object is still being deleted.
  await waitUntilGone(
    transport,
    [{ info, uid: gone?.uid ?? live.metadata?.uid }],
    options.timeoutSeconds ?? 0,
    options,
  );
  try {
    return await createObject(transport, options.madeAnew?.(info) ?? info, options);
  } catch (cause) {
    throw prefixed("Failed to recreate resource", cause);
  }
}

/**
 * Returns patches from other states that the object may have. Each leads to the target from any state, so all
 * of them can be sent.
 */
function patchesAlso(
  info: ResourceInfo,
  { alsoShown = [] }: UpdateAllOptions,
  known: readonly ObjectPatch[],
): ObjectPatch[] {
  const patches = new Map(known.map((patch) => [patch.body, patch]));
  for (const shown of alsoShown) {
    try {
      const from = shown(info)?.object;
      const patch = from === undefined ? undefined : createPatch(from, info);
      if (patch !== undefined) patches.set(patch.body, patch);
    } catch (error) {
      // A failed manifest may not allow a patch; then no live object can match it.
      if (!(error instanceof SkegError)) throw error;
    }
  }
  return [...patches.values()].slice(known.length);
}

function choosePatches(before: KubeObject, info: ResourceInfo, live: KubeObject, mode: ApplyMode): ObjectPatch[] {
  if (mode === "server-side") return createServerSidePatches(before, info);
  const patch = mode === "three-way" ? createThreeWayPatch(before, info, live) : createPatch(before, info);
  return patch === undefined ? [] : [patch];
}

/** Warns where the server will confuse elements of a list; Helm 2 does not warn. */
function warnOfDoubledKeys(info: ResourceInfo, options: UpdateOptions): void {
  const { group, version, kind } = info.resource;
  const schema = mergeSchema(groupVersion(group, version), kind);
  for (const place of doubledKeys(info.object as JsonObject, schema)) {
    const advice = "an update cannot tell them apart; check the live object";
    report(options, "warning", info, `${kind}/${info.name}: ${place}: ${advice}`);
  }
}

/** An object that is on its way out takes patches and goes all the same. Helm 2 does not notice. */
function warnOfDeletion(info: ResourceInfo, { metadata }: KubeObject, options: UpdateOptions): void {
  if (metadata?.deletionTimestamp === undefined) return;
  const advice = "changes do not keep it; upgrade again when it is gone";
  report(options, "warning", info, `${objectName(info)} is marked for deletion: ${advice}`);
}

async function recreatePods(transport: Transport, info: ResourceInfo, options: UpdateOptions): Promise<void> {
  const selector = podSelector(info.resource, info.object);
  if (selector === undefined) return;
  const pods = await listObjects(transport, PODS, info.namespace, { labelSelector: selector }, options);
  const told: UpdateOptions = {
    ...options,
    report: (progress) => options.report?.({ ...progress, detail: POD_RECREATED }),
  };
  for (const pod of asList(pods.items) as KubeObject[]) {
    const name = pod.metadata?.name ?? "";
    const namespace = pod.metadata?.namespace ?? info.namespace;
    const uid = asText(pod.metadata?.uid);
    await deleteObject(transport, { resource: PODS, name, namespace, object: pod }, told, { uid, wasThere: true });
  }
}

/**
 * Deletes what only the old manifest has. A deletion that the server refuses is told, and changes nothing.
 *
 * @throws SkegError when the server was too busy or not there: all deletions were tried, and the same update, or
 * a deletion of the release, may well succeed. Helm 2 goes on, and no later command looks for the object.
 */
async function removeOld(transport: Transport, old: readonly ResourceInfo[], options: UpdateOptions): Promise<void> {
  if (old.length === 0) return;
  const found = (await inKindRuns(old, (info) => removable(transport, info, options), options.signal)).flat();
  const going = options.mayDelete === undefined || found.length === 0 ? found : await options.mayDelete(found);
  if (going.length === 0) return;
  const failures: SkegError[] = [];
  await inKindRuns(going.map(({ info }) => info), async (info) => {
    throwIfAborted(options.signal);
    try {
      await deleteObject(transport, info, options, { wasThere: true });
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
      const text = `${objectName(info)} could not be deleted: ${error.message}`;
      if (isTransient(error)) failures.push(new SkegError("kube", text, { cause: error, hint: error.hint }));
      else report(options, "warning", info, text);
    }
  }, options.signal);
  if (failures.length > 0) throw joinErrors(failures);
}

/** Returns the object if it exists and no policy keeps it. */
async function removable(
  transport: Transport,
  info: ResourceInfo,
  options: UpdateOptions,
): Promise<ExistingObject[]> {
  let object: KubeObject;
  let isUnread = false;
  try {
    object = await getObject(transport, info, options);
  } catch (error) {
    if (error instanceof SkegError && error.kind === "aborted") throw error;
    if (isNotFound(error)) return [];
    object = info.object; // Helm 2: then the policy is read from the manifest's copy
    isUnread = true;
  }
  const policy = object.metadata?.annotations?.[RESOURCE_POLICY];
  if (policy === undefined || policy === "delete") return [{ info, metadata: object.metadata ?? {}, isUnread }];
  report(options, "keep", info);
  return [];
}
