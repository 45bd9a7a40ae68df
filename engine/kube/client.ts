/**
 * The operations of Tiller's kube client, over any transport.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go`; `release-pipeline.md` section 8.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import { type Capabilities, type KubeVersion, TILLER_VERSION } from "../model/mod.ts";
import { createAll, deleteAll, objectExists, waitUntilGone } from "./apply.ts";
import { call } from "./call.ts";
import { createDiscovery, type Discovery } from "./discovery.ts";
import { findExisting } from "./existing.ts";
import { podPhase, waitAllEstablished, waitUntilDiscovered, watchAllUntilDone } from "./hook_wait.ts";
import { asText, type JsonObject } from "./json.ts";
import type { KubeManifest } from "./manifest.ts";
import { matcherOf } from "./match.ts";
import { ensureNamespace } from "./namespaces.ts";
import { findTiller, podLog } from "./pods.ts";
import { findRemoved, mapRemoved } from "./removed.ts";
import { resolveObjects } from "./resolve.ts";
import { nothingVisited } from "./runs.ts";
import { resourceTable } from "./table.ts";
import type {
  Cluster,
  CreateOptions,
  ExistingObject,
  FindExistingOptions,
  KubeCallOptions,
  KubeClient,
  MappedManifest,
  MapRemovedOptions,
  MapRequest,
  RemovedDocument,
  ResolveOptions,
  ResourceInfo,
  TableOptions,
  TakeOver,
  Transport,
  UpdateOptions,
} from "./types.ts";
import { updateAll } from "./update.ts";

/** Options of {@linkcode createKubeClient}. */
export interface KubeClientOptions {
  /** Pause before the first look of a wait for readiness; default two seconds, with strict rules none. */
  readonly waitIntervalMs?: number;
}

/**
 * Returns a client for `cluster`. Discovery and the version are read on first use and kept as long as the
 * client.
 *
 * @example
 * ```ts ignore
 * const kube = createKubeClient(await openCluster());
 * const manifest = new KubeManifest("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
 * await kube.create(await kube.resolve("default", manifest));
 * ```
 */
export function createKubeClient(cluster: Cluster, options: KubeClientOptions = {}): KubeClient {
  return new ClusterClient(cluster, options);
}

class ClusterClient implements KubeClient {
  readonly cluster: Cluster;
  readonly #transport: Transport;
  readonly #discovery: Discovery;
  readonly #waitIntervalMs: number | undefined;
  #version: Promise<KubeVersion> | undefined;

  constructor(cluster: Cluster, { waitIntervalMs }: KubeClientOptions) {
    this.cluster = cluster;
    this.#transport = cluster.transport;
    this.#discovery = createDiscovery(cluster.transport, cluster.discoveryCache);
    this.#waitIntervalMs = waitIntervalMs;
  }

  version(options?: KubeCallOptions): Promise<KubeVersion> {
    const reading = this.#version ??= readVersion(this.cluster, options);
    reading.catch(() => this.#version = undefined);
    return reading;
  }

  async capabilities(options: KubeCallOptions = {}): Promise<Capabilities> {
    const [kubeVersion, known] = await Promise.all([this.version(options), this.#discovery.get(options)]);
    return { kubeVersion, apiVersions: known.apiVersions, tillerVersion: TILLER_VERSION };
  }

  resolve(namespace: string, manifest: KubeManifest, options?: ResolveOptions): Promise<ResourceInfo[]> {
    return resolveObjects(this.#discovery, namespace, manifest, options);
  }

  mapRemoved(
    namespace: string,
    requests: readonly MapRequest[],
    options?: MapRemovedOptions,
  ): Promise<MappedManifest[]> {
    return mapRemoved(this.#discovery, this.#transport, namespace, requests, options);
  }

  findRemoved(manifests: readonly KubeManifest[], options?: KubeCallOptions): Promise<RemovedDocument[]> {
    return findRemoved(this.#discovery, manifests, options);
  }

  findExisting(infos: readonly ResourceInfo[], options?: FindExistingOptions): Promise<ExistingObject[]> {
    return findExisting(this.#transport, infos, options);
  }

  ensureNamespace(namespace: string, options?: KubeCallOptions): Promise<void> {
    return ensureNamespace(this.#transport, namespace, options);
  }

  async create(infos: readonly ResourceInfo[], options: CreateOptions = {}): Promise<void> {
    const { namespace, onExisting } = options;
    const existing = onExisting === undefined ? [] : await findExisting(this.#transport, infos, options);
    if (onExisting !== undefined && existing[0] !== undefined) {
      await onExisting(existing, alreadyExists(existing[0].info));
    }
    if (namespace !== undefined) await this.ensureNamespace(namespace, options);
    if (infos.length === 0 && options.allowEmpty) return;
    if (existing.length > 0) return await this.#createBeside(existing, infos, options);
    const created = await createAll(this.#transport, infos, options);
    if (options.wait) await this.#waitUntilReady(created, options);
  }

  /** Creates the objects that do not exist yet, and changes those that do: `onExisting` has agreed to it. */
  async #createBeside(
    existing: readonly ExistingObject[],
    infos: readonly ResourceInfo[],
    { onExisting, ...options }: CreateOptions,
  ): Promise<void> {
    const known = matcherOf(existing.map(({ info }) => info));
    // Objects that were created since have not been checked yet.
    const adopt: TakeOver = async (found, refusal) => {
      const since = found.filter(({ info }) => known(info) === undefined);
      if (since.length > 0) await onExisting?.(since, refusal);
    };
    await this.update([], infos, { ...options, adopt });
  }

  async update(
    original: readonly ResourceInfo[],
    target: readonly ResourceInfo[],
    options: UpdateOptions = {},
  ): Promise<void> {
    const { anew = [], alsoFrom = [] } = options;
    const more = { ...options, madeAnew: matcherOf(anew), alsoShown: alsoFrom.map((infos) => matcherOf(infos)) };
    const wait = options.wait ? (infos: readonly ResourceInfo[]) => this.#waitUntilReady(infos, options) : undefined;
    await updateAll(this.#transport, original, target, more, wait);
  }

  async delete(
    infos: readonly ResourceInfo[],
    options: KubeCallOptions & { timeoutSeconds?: number } = {},
  ): Promise<void> {
    const deleted = await deleteAll(this.#transport, infos, options);
    const { timeoutSeconds = 0 } = options;
    if (timeoutSeconds > 0) await waitUntilGone(this.#transport, deleted, timeoutSeconds, options);
  }

  async table(infos: readonly ResourceInfo[], options: TableOptions = {}): Promise<string> {
    return infos.length === 0 && options.allowEmpty ? "" : await resourceTable(this.#transport, infos, options);
  }

  async exists(infos: readonly ResourceInfo[], options: KubeCallOptions = {}): Promise<boolean> {
    return await objectExists(this.#transport, firstOf(infos), options);
  }

  watchUntilReady(
    infos: readonly ResourceInfo[],
    timeoutSeconds: number,
    options: KubeCallOptions = {},
  ): Promise<void> {
    return watchAllUntilDone(this.#transport, infos, timeoutSeconds, this.#told(options));
  }

  async waitUntilEstablished(
    infos: readonly ResourceInfo[],
    timeoutSeconds: number,
    options: KubeCallOptions = {},
  ): Promise<void> {
    await waitAllEstablished(this.#transport, infos, timeoutSeconds, options);
    await waitUntilDiscovered(this.#discovery, infos, options);
  }

  async completedPodPhase(
    infos: readonly ResourceInfo[],
    timeoutSeconds: number,
    options: KubeCallOptions = {},
  ): Promise<string> {
    return await podPhase(this.#transport, firstOf(infos), timeoutSeconds, this.#told(options));
  }

  waitUntilReady(
    infos: readonly ResourceInfo[],
    timeoutSeconds: number,
    options: KubeCallOptions = {},
  ): Promise<void> {
    return this.#waitUntilReady(infos, { ...options, timeoutSeconds, isUnchanged: true });
  }

  async explain(infos: readonly ResourceInfo[], options: KubeCallOptions = {}): Promise<string> {
    const { explainNow } = await import("./wait/hook_reasons.ts");
    return await explainNow(this.#transport, infos, options);
  }

  podLog(namespace: string, pod: string, options?: KubeCallOptions): Promise<string> {
    return podLog(this.#transport, namespace, pod, options);
  }

  findTiller(namespace: string, options?: KubeCallOptions): Promise<string | undefined> {
    return findTiller(this.#transport, namespace, options);
  }

  /** Adds to options of waits what their errors must know. */
  #told<T extends KubeCallOptions>(options: T): T {
    return { ...options, isSandbox: this.cluster.server === "sandbox" };
  }

  /** Loads the code of waits when the first one begins: most commands have none. */
  async #waitUntilReady(
    infos: readonly ResourceInfo[],
    options: UpdateOptions & { readonly isUnchanged?: boolean },
  ): Promise<void> {
    const { waitUntilReady } = await import("./wait.ts");
    await waitUntilReady(this.#transport, infos, {
      ...this.#told(options),
      timeoutSeconds: options.timeoutSeconds ?? 0,
      firstMs: this.#waitIntervalMs,
    });
  }
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
