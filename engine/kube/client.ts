/**
 * The operations of Tiller's kube client, over any transport.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go`; `release-pipeline.md` section 8.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import { type KubeVersion, TILLER_VERSION } from "../model/mod.ts";
import { createAll, deleteAll, objectExists, waitUntilGone } from "./apply.ts";
import { call } from "./call.ts";
import { createDiscovery, type Discovery } from "./discovery.ts";
import { podPhase, waitAllEstablished, waitUntilDiscovered, watchAllUntilDone } from "./hook_wait.ts";
import { asText, type JsonObject } from "./json.ts";
import { ensureNamespace } from "./namespaces.ts";
import { findExisting } from "./existing.ts";
import { buildObjects, ManifestProblems, splitDocuments, UnknownKindError } from "./objects.ts";
import { findTiller, podLog } from "./pods.ts";
import { matcherOf } from "./match.ts";
import { findRemoved, mapRemoved } from "./removed.ts";
import { nothingVisited } from "./runs.ts";
import { resourceTable } from "./table.ts";
import type { Cluster, KubeCallOptions, KubeClient, ResourceInfo, UpdateOptions } from "./types.ts";
import { updateAll } from "./update.ts";
import { waitUntilReady } from "./wait.ts";

/** Options of {@linkcode createKubeClient}. */
export interface KubeClientOptions {
  /** Pause before every check of a wait for readiness; default two seconds. */
  readonly waitIntervalMs?: number;
}

/**
 * Returns a client for `cluster`. Discovery and the version are read on first use and kept as long as the
 * client.
 *
 * @example
 * ```ts ignore
 * const kube = createKubeClient(await openCluster());
 * await kube.create("default", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
 * ```
 */
export function createKubeClient(cluster: Cluster, options: KubeClientOptions = {}): KubeClient {
  // Long: one short entry for each operation.
  const { transport } = cluster;
  const discovery = createDiscovery(transport, cluster.discoveryCache);
  const build = (namespace: string, manifest: string, more?: KubeCallOptions): Promise<ResourceInfo[]> =>
    buildObjects(discovery, namespace, manifest, more);
  let version: Promise<KubeVersion> | undefined;
  const readOnce = (more?: KubeCallOptions): Promise<KubeVersion> => {
    const reading = version ??= readVersion(cluster, more);
    reading.catch(() => version = undefined);
    return reading;
  };
  const waitReady = (infos: readonly ResourceInfo[], more: UpdateOptions): Promise<void> =>
    waitUntilReady(transport, infos, {
      ...more,
      timeoutSeconds: more.timeoutSeconds ?? 0,
      intervalMs: options.waitIntervalMs,
    });
  return {
    cluster,
    build,
    version: readOnce,
    async capabilities(more = {}) {
      const [kubeVersion, known] = await Promise.all([readOnce(more), discovery.get(more)]);
      return { kubeVersion, apiVersions: known.apiVersions, tillerVersion: TILLER_VERSION };
    },
    mapRemoved: (namespace, requests, more) => mapRemoved(discovery, transport, namespace, requests, more),
    findRemoved: (manifests, more) => findRemoved(discovery, manifests, more),
    findExisting: async (namespace, manifest, more) =>
      await findExisting(transport, await build(namespace, manifest, more), more),
    async create(namespace, manifest, more = {}) {
      const { onExisting } = more;
      if (onExisting !== undefined) {
        const existing = await findExisting(transport, await build(namespace, manifest, more), more);
        if (existing[0] !== undefined) {
          await onExisting(existing, alreadyExists(existing[0].info));
          await ensureNamespace(transport, namespace, more);
          const known = matcherOf(existing.map(({ info }) => info));
          return await updateAll(
            transport,
            [],
            await build(namespace, manifest, more),
            {
              ...more,
              // Objects that were created since have not been checked yet.
              adopt: async (found, refusal) => {
                const since = found.filter(({ info }) => known(info) === undefined);
                if (since.length > 0) await onExisting(since, refusal);
              },
            },
            more.wait ? (infos) => waitReady(infos, more) : undefined,
          );
        }
      }
      await ensureNamespace(transport, namespace, more);
      const infos = await build(namespace, manifest, more);
      if (infos.length === 0 && more.allowEmpty) return;
      const created = await createAll(transport, infos, more);
      if (more.wait) await waitReady(created, more);
    },
    async update(namespace, original, target, more = {}) {
      const before = await buildForUpdate(discovery, namespace, original, "current", more);
      const after = await buildForUpdate(discovery, namespace, target, "new", more);
      const waitFor = more.wait ? (infos: readonly ResourceInfo[]) => waitReady(infos, more) : undefined;
      const anew = more.anew === undefined ? [] : await build(namespace, more.anew, more);
      const shown = await Promise.all(
        (more.alsoFrom ?? []).map((text) => buildWhatCan(discovery, namespace, text, more)),
      );
      const alsoShown = shown.map((infos) => matcherOf(infos));
      await updateAll(transport, before, after, { ...more, madeAnew: matcherOf(anew), alsoShown }, waitFor);
    },
    async delete(namespace, manifest, more = {}) {
      const infos = await build(namespace, manifest, more);
      const deleted = await deleteAll(transport, infos, more);
      const timeoutSeconds = more.timeoutSeconds ?? 0;
      if (timeoutSeconds > 0) await waitUntilGone(transport, deleted, timeoutSeconds, more);
    },
    async table(namespace, manifest, more = {}) {
      const infos = await build(namespace, manifest, more);
      return infos.length === 0 && more.allowEmpty ? "" : await resourceTable(transport, infos, more);
    },
    async exists(namespace, manifest, more = {}) {
      return await objectExists(transport, firstOf(await build(namespace, manifest, more)), more);
    },
    async watchUntilReady(namespace, manifest, timeoutSeconds, more = {}) {
      await watchAllUntilDone(transport, await build(namespace, manifest, more), timeoutSeconds, more);
    },
    async waitUntilEstablished(manifest, timeoutSeconds, more = {}) {
      const infos = await build("", manifest, more);
      await waitAllEstablished(transport, infos, timeoutSeconds, more);
      await waitUntilDiscovered(discovery, infos, more);
    },
    async completedPodPhase(namespace, manifest, timeoutSeconds, more = {}) {
      return await podPhase(transport, firstOf(await build(namespace, manifest, more)), timeoutSeconds, more);
    },
    podLog: (namespace, pod, more) => podLog(transport, namespace, pod, more),
    findTiller: (namespace, more) => findTiller(transport, namespace, more),
  };
}

/** Returns the API server's error for an object that exists already. */
function alreadyExists({ resource, name }: ResourceInfo): KubeError {
  const where = resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
  return new KubeError(`${where} ${JSON.stringify(name)} already exists`, 409, "AlreadyExists", { kind: "exists" });
}

function firstOf(infos: readonly ResourceInfo[]): ResourceInfo {
  const [first] = infos;
  if (first === undefined) throw nothingVisited();
  return first;
}

async function readVersion(cluster: Cluster, { signal }: KubeCallOptions = {}): Promise<KubeVersion> {
  const body: JsonObject = await call(cluster.transport, { method: "GET", path: "/version", signal });
  return {
    major: asText(body.major),
    minor: asText(body.minor),
    gitVersion: asText(body.gitVersion),
    gitCommit: asText(body.gitCommit),
    gitTreeState: asText(body.gitTreeState),
    buildDate: asText(body.buildDate),
    goVersion: asText(body.goVersion),
    compiler: asText(body.compiler),
    platform: asText(body.platform),
  };
}

/** Returns the objects of a manifest that can be built; a failed revision may contain kinds that do not exist. */
async function buildWhatCan(
  discovery: Discovery,
  namespace: string,
  manifest: string,
  options: KubeCallOptions,
): Promise<ResourceInfo[]> {
  try {
    return await buildObjects(discovery, namespace, manifest, options);
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    const documents = splitDocuments(manifest);
    if (documents.length < 2) return [];
    return (await Promise.all(documents.map((text) => buildWhatCan(discovery, namespace, text, options)))).flat();
  }
}

/** Parts of Helm's message for manifests with kinds that the server no longer has. */
const REMOVED_APIS = {
  current: "performing the diff",
  new: "deployment",
} as const;

async function buildForUpdate(
  discovery: Discovery,
  namespace: string,
  manifest: string,
  which: keyof typeof REMOVED_APIS,
  options: KubeCallOptions,
): Promise<ResourceInfo[]> {
  try {
    return await buildObjects(discovery, namespace, manifest, options);
  } catch (cause) {
    if (!(cause instanceof SkegError) || cause.kind === "aborted") throw cause;
    const problems = cause instanceof ManifestProblems ? cause.problems : [cause];
    // Helm 2: items of lists do not count, because their message has no source.
    const removed = problems.some((problem) => problem instanceof UnknownKindError && !problem.isListed);
    const message = removed
      ? `${which} release manifest contains removed kubernetes api(s) for this kubernetes version and it is therefore ` +
        `unable to build the kubernetes objects for ${REMOVED_APIS[which]}. error from kubernetes: ${cause.message}`
      : `failed decoding reader into objects: ${cause.message}`;
    throw new SkegError(cause.kind, message, { cause, hint: cause.hint });
  }
}
