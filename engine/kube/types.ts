/**
 * The shapes other rooms hold when they talk to a cluster.
 *
 * Two levels: a {@linkcode Transport} moves one HTTP request (to a real API
 * server, or to the sandbox in this process), and a {@linkcode KubeClient}
 * does what Tiller's kube client did with whole manifests.
 *
 * @module
 */
import type { SkegError } from "../../errors.ts";
import type { Capabilities, KubeObject, KubeVersion, ObjectMeta } from "../model/mod.ts";
import type { DiscoveryCache } from "./discovery_cache.ts";

/** One request to an API server. */
export interface KubeRequest {
  /** The HTTP method. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query, beginning with `/`. */
  readonly path: string;
  /** Sent as is; `contentType` says what it is. */
  readonly body?: string | undefined;
  /** Default `application/json`. */
  readonly contentType?: string | undefined;
  /** `Accept`; default `application/json`. */
  readonly accept?: string | undefined;
  /** `If-None-Match`: the server answers with status 304 when what it has is still that. */
  readonly ifNoneMatch?: string | undefined;
  /** Ends the request, and a stream that is still open. */
  readonly signal?: AbortSignal | undefined;
  /** Set where "unavailable" is an answer like any other: an aggregated API may be down for days. */
  readonly mayBeDown?: boolean | undefined;
}

/**
 * Moves one request. Resolves with every answer the server gives, refusals
 * included; the body may be a stream (watch). Rejects with a `KubeError` of
 * status 0 when no answer comes.
 */
export type Transport = (request: KubeRequest) => Promise<Response>;

/** An open cluster: where to send requests, and what the kubeconfig says besides. */
export interface Cluster {
  /** Moves requests. */
  readonly transport: Transport;
  /** The server's URL, or `sandbox`. For messages; never holds credentials. */
  readonly server: string;
  /** Namespace of the chosen context, or `default`. */
  readonly namespace: string;
  /** Keeps between commands what the server says of its kinds. */
  readonly discoveryCache?: DiscoveryCache | undefined;
  /** Ends kept connections. */
  close(): Promise<void>;
}

/** Where a kind lives. */
export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  /** Such as `v1`. */
  readonly version: string;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** Plural name, as in paths. */
  readonly plural: string;
  /** False for cluster-scoped kinds. */
  readonly namespaced: boolean;
}

/** One object of a manifest, with the resource it maps to. */
export interface ResourceInfo {
  /** What the object's kind maps to. */
  readonly resource: ApiResource;
  /** `metadata.name`; empty when there is none. */
  readonly name: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** The object, its namespace filled in. */
  readonly object: KubeObject;
}

/** Detail of a deletion: the pod is made anew by what it belongs to. */
export const POD_RECREATED = "to be made anew";

/** What happened to one object, told while it happens. */
export interface KubeProgress {
  /** What was done, or is waited for. */
  readonly verb:
    | "create"
    | "update"
    | "unchanged"
    | "delete"
    | "replace"
    | "restore" // put back to what it was, after a failure
    | "unclear" // a request was sent and not answered: it may have been carried out
    | "keep"
    | "wait"
    | "hook-wait"
    | "ready" // after waits for it
    | "warning";
  /** Such as `Deployment/web`. */
  readonly object: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** For waits: in words, what is missing; for warnings: the whole sentence; else empty. */
  readonly detail: string;
}

/** Shared options of the calls below. */
export interface KubeCallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
  /** Is told of every object. */
  readonly report?: ((progress: KubeProgress) => void) | undefined;
}

/**
 * Decides about existing objects that a release did not make: resolves when they may be taken over; rejects, most often
 * with `refusal`, Helm's error about the first of them, when they may not.
 */
export type TakeOver = (found: readonly ExistingObject[], refusal: SkegError) => Promise<void>;

/** Options of {@linkcode KubeClient.create}. */
export interface CreateOptions extends KubeCallOptions {
  /** Wait until everything is ready. */
  readonly wait?: boolean;
  /** In the wait, a workload is ready only when its newest change has reached all of its pods. */
  readonly strictWait?: boolean;
  /** For the wait; 0 waits for ever. */
  readonly timeoutSeconds?: number;
  /** A manifest without objects is no error. */
  readonly allowEmpty?: boolean;
  /**
   * Look for all objects before the first is created; when some exist, this is asked. Default: nothing is looked for,
   * and the server refuses.
   */
  readonly onExisting?: TakeOver | undefined;
}

/** Options of {@linkcode KubeClient.table}. */
export interface TableOptions extends KubeCallOptions {
  /** A manifest without objects gives an empty text, and is no error. */
  readonly allowEmpty?: boolean | undefined;
}

/**
 * How an existing object is changed.
 *
 * - `tiller`: by the difference of the two manifests, whatever the live object is. What Helm 2 does.
 * - `three-way`: so that the live object follows the new manifest; what neither manifest names stays.
 * - `server-side`: the same, left to the server's own bookkeeping of who manages which field.
 */
export type ApplyMode = "tiller" | "three-way" | "server-side";

/**
 * What a manifest is read for, which decides how a document is mapped whose API version the server no longer has.
 *
 * - `original`: the old side of a patch. Structure only; a document without successor is left out.
 * - `target`: what the objects shall become. Old defaults where the object is missing; problems are refused.
 * - `create`: as `target`, for objects that are about to be created, such as hooks.
 * - `identify`: only to find the objects. Nothing but `apiVersion` changes; a document without successor is left out.
 */
export type ManifestUse = "original" | "target" | "create" | "identify";

/** One manifest for {@linkcode KubeClient.mapRemoved}. */
export interface MapRequest {
  /** YAML text of any number of documents. */
  readonly manifest: string;
  /** What it is read for. */
  readonly use: ManifestUse;
}

/** Options of {@linkcode KubeClient.mapRemoved}. */
export interface MapRemovedOptions extends KubeCallOptions {
  /** Leave documents out whose kind has no successor. Default: they are refused, unless an `original` names them too. */
  readonly skipRemoved?: boolean | undefined;
  /** Also map what loses something; `removed-apis.md` section 6 says which documents that are. */
  readonly allowLossy?: boolean | undefined;
  /** Fields that cannot be changed are not held against the live object: the caller deletes and creates such objects. */
  readonly force?: boolean | undefined;
}

/** A document whose API version the server no longer has. */
export interface RemovedDocument {
  /** Such as `Deployment "web"`. */
  readonly object: string;
  /** Path of the template, when a `# Source:` line names it. */
  readonly source: string | undefined;
  /** The API version that the document names. */
  readonly from: string;
  /** The API version that it is mapped to; `undefined`: there is none, and the document is left out. */
  readonly to: string | undefined;
  /** What was changed, in words; empty when only the version was. */
  readonly changes: readonly string[];
}

/** A manifest after mapping. */
export interface MappedManifest {
  /** The text; the same as before when the server has all that it names. */
  readonly manifest: string;
  /** Documents that were mapped or left out, in order. */
  readonly documents: readonly RemovedDocument[];
}

/** An object that exists already. */
export interface ExistingObject {
  /** As the manifest names it. */
  readonly info: ResourceInfo;
  /** The metadata of the live object; of one that may not be read, the manifest's. */
  readonly metadata: ObjectMeta;
  /** The object may not be read: perhaps it does not even exist. */
  readonly isUnread?: boolean | undefined;
}

/** Options of {@linkcode KubeClient.findExisting}. */
export interface FindExistingOptions extends KubeCallOptions {
  /** Also resolve with objects that may not be read, marked so; default: they count as absent. */
  readonly withUnread?: boolean | undefined;
}

/** Options of {@linkcode KubeClient.update}. */
export interface UpdateOptions extends CreateOptions {
  /** Default `tiller`. */
  readonly apply?: ApplyMode;
  /**
   * Manifests of revisions that were begun and never finished: an object may be as any of them has it. With `tiller`, it
   * also gets what differs between these and the target.
   */
  readonly alsoFrom?: readonly string[] | undefined;
  /** Delete and create an object whose patch is refused. */
  readonly force?: boolean;
  /** With `force`: the manifest that objects are made from then, where it is not the target; any part of it. */
  readonly anew?: string | undefined;
  /** Delete the pods of every updated object. */
  readonly recreatePods?: boolean;
  /** On failure, delete the objects that this update created. */
  readonly cleanupOnFail?: boolean;
  /** On failure, bring patched objects back to the original manifest, and delete created ones that it does not name. */
  readonly putBackOnFail?: boolean;
  /** Is asked about existing objects that the original manifest does not name. Default: they may not be taken over. */
  readonly adopt?: TakeOver | undefined;
  /** Is asked before objects are deleted that only the original manifest names; resolves with those that may go. Default: all. */
  readonly mayDelete?: ((found: readonly ExistingObject[]) => Promise<readonly ExistingObject[]>) | undefined;
}

/**
 * What Tiller's kube client did. A `manifest` is YAML text of any number of
 * documents; `namespace` is the release's, for objects that name none. All
 * reject with a `KubeError` or another `SkegError` whose message is Tiller's.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go`; `release-pipeline.md` section 8.
 */
export interface KubeClient {
  /** The cluster it talks to. */
  readonly cluster: Cluster;
  /** `/version`. */
  version(options?: KubeCallOptions): Promise<KubeVersion>;
  /** Version and kinds for `.Capabilities` (2.4). */
  capabilities(options?: KubeCallOptions): Promise<Capabilities>;
  /** Parses documents and maps each to a resource (8.2). Creates nothing. */
  build(namespace: string, manifest: string, options?: KubeCallOptions): Promise<ResourceInfo[]>;
  /** Maps documents whose API version the server no longer has; changes nothing in the cluster. */
  mapRemoved(
    namespace: string,
    requests: readonly MapRequest[],
    options?: MapRemovedOptions,
  ): Promise<MappedManifest[]>;
  /** The documents of manifests whose API version the server no longer has. */
  findRemoved(manifests: readonly string[], options?: KubeCallOptions): Promise<RemovedDocument[]>;
  /** The objects of a manifest that exist. What may not be read counts as absent, unless `withUnread` is set. */
  findExisting(namespace: string, manifest: string, options?: FindExistingOptions): Promise<ExistingObject[]>;
  /** Creates the namespace when missing, then every object (8.4), then waits when asked. */
  create(namespace: string, manifest: string, options?: CreateOptions): Promise<void>;
  /** Original manifest → target manifest (8.5). */
  update(namespace: string, original: string, target: string, options?: UpdateOptions): Promise<void>;
  /** Deletes every object in the background (8.6); an absent object is no error. With `timeoutSeconds` > 0 waits until all are gone. */
  delete(namespace: string, manifest: string, options?: KubeCallOptions & { timeoutSeconds?: number }): Promise<void>;
  /** The text of RESOURCES in `status` (7.2), before alignment by the command. */
  table(namespace: string, manifest: string, options?: TableOptions): Promise<string>;
  /** True when the one object of `manifest` exists. */
  exists(namespace: string, manifest: string, options?: KubeCallOptions): Promise<boolean>;
  /** Waits until a hook's objects are done (3.6). */
  watchUntilReady(
    namespace: string,
    manifest: string,
    timeoutSeconds: number,
    options?: KubeCallOptions,
  ): Promise<void>;
  /** Waits until CRDs are established (3.5). */
  waitUntilEstablished(manifest: string, timeoutSeconds: number, options?: KubeCallOptions): Promise<void>;
  /** Waits until a pod has Succeeded or Failed and returns its phase (7.8). */
  completedPodPhase(
    namespace: string,
    manifest: string,
    timeoutSeconds: number,
    options?: KubeCallOptions,
  ): Promise<string>;
  /** A pod's log as text. */
  podLog(namespace: string, pod: string, options?: KubeCallOptions): Promise<string>;
  /** The deployment of a running Tiller in `namespace`, when there is one: its name. */
  findTiller(namespace: string, options?: KubeCallOptions): Promise<string | undefined>;
}
