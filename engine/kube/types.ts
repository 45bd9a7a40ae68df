/**
 * Types for talking to a cluster.
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
import type { KubeManifest } from "./manifest.ts";
import type { PodProgress } from "./wait/pod_words.ts";
import type { WaitSettings } from "./wait/settings.ts";

/** One request to an API server. */
export interface KubeRequest {
  /** The HTTP method. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query, beginning with `/`. */
  readonly path: string;
  /** Sent unchanged, with `contentType`. */
  readonly body?: string | undefined;
  /** Default `application/json`. */
  readonly contentType?: string | undefined;
  /** `Accept`; default `application/json`. */
  readonly accept?: string | undefined;
  /** `If-None-Match`: the server answers with status 304 if its content still has this ETag. */
  readonly ifNoneMatch?: string | undefined;
  /** Cancels the request, and a stream that is still open. */
  readonly signal?: AbortSignal | undefined;
  /** True if status 503 is an expected answer that is not retried: an aggregated API may be down for days. */
  readonly mayBeDown?: boolean | undefined;
}

/**
 * Sends one request. Resolves with every answer of the server, refusals included; the body may be a stream
 * (watch). Rejects with a `KubeError` of status 0 when no answer comes.
 */
export type Transport = (request: KubeRequest) => Promise<Response>;

/** An open cluster: its transport, and facts from the kubeconfig. */
export interface Cluster {
  /** Sends requests. */
  readonly transport: Transport;
  /** The server's URL, or `sandbox`. For messages; never holds credentials. */
  readonly server: string;
  /** Namespace of the chosen context, or `default`. */
  readonly namespace: string;
  /** Caches discovery between commands. */
  readonly discoveryCache?: DiscoveryCache | undefined;
  /** Closes kept connections. */
  close(): Promise<void>;
}

/** A kind and its path on the server. */
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
  /** The resource of the object's kind. */
  readonly resource: ApiResource;
  /** `metadata.name`; empty when there is none. */
  readonly name: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** The object, its namespace filled in. */
  readonly object: KubeObject;
}

/** Detail of a deletion: the pod will be created again by its controller. */
export const POD_RECREATED = "to be created again";

/** An event of one object, reported when it happens. */
export interface KubeProgress {
  /** The action, or the wait. */
  readonly verb:
    | "create"
    | "update"
    | "unchanged"
    | "delete"
    | "replace"
    | "restore" // restored to its former state, after a failure
    | "unclear" // a request was sent and not answered: it may have been carried out
    | "keep"
    | "wait"
    | "hook-wait"
    | "ready" // after waits for it
    | "wait-start" // the first look of a wait found something that is not ready
    | "wait-note" // how the wait reads its objects
    | "warning";
  /** Such as `Deployment/web`; empty for events about a wait as a whole. */
  readonly object: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** For waits: what is missing; for warnings and notes: the whole sentence; else empty. */
  readonly detail: string;
  /** For waits: the state of the object. */
  readonly state?: "ready" | "progress" | "failed" | "deleting" | undefined;
  /** For waits: since when it is so, in Unix milliseconds; for `wait-start`: when the wait began. */
  readonly since?: number | undefined;
  /** For waits: pods of the newest version, those that are not ready first. */
  readonly pods?: readonly PodProgress[] | undefined;
  /** For waits: the newest warning about the object, or empty. */
  readonly event?: string | undefined;
  /** For `wait-start`: the number of objects. */
  readonly total?: number | undefined;
  /** For `wait-start`: the objects that are ready. */
  readonly ready?: readonly string[] | undefined;
  /** For `wait-start`: the time limit; 0 means none. */
  readonly timeoutSeconds?: number | undefined;
}

/** Shared options of the calls below. */
export interface KubeCallOptions {
  /** Cancels the call. */
  readonly signal?: AbortSignal | undefined;
  /** Called with every event. */
  readonly report?: ((progress: KubeProgress) => void) | undefined;
  /** How waits judge, show and end. */
  readonly waiting?: WaitSettings | undefined;
  /**
   * Returns values that are masked in the words about a wait, such as log lines; called when there are any. Those of
   * Secrets among the objects that are waited for are masked anyway.
   */
  readonly secrets?: (() => readonly string[]) | undefined;
  /** True for a sandbox inside this process: kubectl reaches it only while it is served. */
  readonly isSandbox?: boolean | undefined;
}

/** Options of {@linkcode KubeClient.resolve}. */
export interface ResolveOptions extends KubeCallOptions {
  /** The manifest's side of an update: errors then have Helm's words for that side. Default: none. */
  readonly side?: "current" | "new" | undefined;
  /** If true, leaves out documents that cannot be resolved, instead of refusing the manifest. */
  readonly skipUnresolved?: boolean | undefined;
}

/**
 * Decides about existing objects that a release did not create. Resolves if they may be taken over; else
 * rejects, usually with `refusal`, Helm's error about the first of them.
 */
export type TakeOver = (found: readonly ExistingObject[], refusal: SkegError) => Promise<void>;

/** Options of {@linkcode KubeClient.create}. */
export interface CreateOptions extends KubeCallOptions {
  /** If true, waits until everything is ready. */
  readonly wait?: boolean;
  /** How strictly; overrides the one of `waiting`. */
  readonly waitStrict?: boolean | "all" | undefined;
  /** Time limit of the wait; 0 means no limit. */
  readonly timeoutSeconds?: number;
  /** If true, an empty list is not an error. */
  readonly allowEmpty?: boolean;
  /** Is created first when it is missing; default: none. */
  readonly namespace?: string | undefined;
  /**
   * Called with objects that exist already, before the first is created. Default: no check is made, and the
   * server refuses existing objects.
   */
  readonly onExisting?: TakeOver | undefined;
}

/** Options of {@linkcode KubeClient.table}. */
export interface TableOptions extends KubeCallOptions {
  /** If true, an empty list gives an empty text instead of an error. */
  readonly allowEmpty?: boolean | undefined;
}

/**
 * How an existing object is changed.
 *
 * - `tiller`: by the difference of the two manifests, regardless of the live object, as in Helm 2.
 * - `three-way`: so that the live object matches the new manifest; fields that neither manifest names stay.
 * - `server-side`: the same by server-side apply, where the server tracks which manager owns each field.
 */
export type ApplyMode = "tiller" | "three-way" | "server-side";

/**
 * The use of a manifest, which decides how documents with removed API versions are mapped.
 *
 * - `original`: the old side of a patch. Structure only; a document without successor is left out.
 * - `target`: the desired objects. Old defaults are written where the object is missing; problems are refused.
 * - `create`: like `target`, for objects that will be created, such as hooks.
 * - `identify`: only to find the objects. Nothing but `apiVersion` changes; a document without successor is left out.
 */
export type ManifestUse = "original" | "target" | "create" | "identify";

/** One manifest for {@linkcode KubeClient.mapRemoved}. */
export interface MapRequest {
  /** Any number of documents. */
  readonly manifest: KubeManifest;
  /** The use of the manifest. */
  readonly use: ManifestUse;
}

/** Options of {@linkcode KubeClient.mapRemoved}. */
export interface MapRemovedOptions extends KubeCallOptions {
  /**
   * If true, leaves out documents whose kind has no successor. Default: they are refused, unless an
   * `original` names them too.
   */
  readonly skipRemoved?: boolean | undefined;
  /** If true, also maps documents where information is lost; `removed-apis.md` section 6 lists them. */
  readonly allowLossy?: boolean | undefined;
  /** If true, immutable fields are not compared with the live object: the caller deletes and creates such objects. */
  readonly force?: boolean | undefined;
}

/** A document whose API version the server no longer has. */
export interface RemovedDocument {
  /** Such as `Deployment "web"`. */
  readonly object: string;
  /** Path of the template, when a `# Source:` line names it. */
  readonly source: string | undefined;
  /** The document's API version. */
  readonly from: string;
  /** The API version that it is mapped to; `undefined`: there is none, and the document is left out. */
  readonly to: string | undefined;
  /** Descriptions of changes; empty when only the version was changed. */
  readonly changes: readonly string[];
}

/** A manifest after mapping. */
export interface MappedManifest {
  /** The same manifest if the server has all API versions in it. */
  readonly manifest: KubeManifest;
  /** Documents that were mapped or left out, in order. */
  readonly documents: readonly RemovedDocument[];
}

/** An object that exists already. */
export interface ExistingObject {
  /** As the manifest names it. */
  readonly info: ResourceInfo;
  /** The metadata of the live object; of one that may not be read, the manifest's. */
  readonly metadata: ObjectMeta;
  /** True if the object may not be read, so that it may not even exist. */
  readonly isUnread?: boolean | undefined;
}

/** Options of {@linkcode KubeClient.findExisting}. */
export interface FindExistingOptions extends KubeCallOptions {
  /** If true, also returns objects that may not be read, marked `isUnread`; default: they count as absent. */
  readonly withUnread?: boolean | undefined;
}

/** Options of {@linkcode KubeClient.update}. */
export interface UpdateOptions extends CreateOptions {
  /** Default `tiller`. */
  readonly apply?: ApplyMode;
  /**
   * Objects of unfinished revisions: live objects may match any of them. With `tiller`, the differences
   * between these and the target are sent too.
   */
  readonly alsoFrom?: readonly (readonly ResourceInfo[])[] | undefined;
  /** If true, deletes and creates an object whose patch is refused. */
  readonly force?: boolean;
  /**
   * With `force`: the objects as they are created again, where that differs from the target; may be only some of
   * them.
   */
  readonly anew?: readonly ResourceInfo[] | undefined;
  /** If true, deletes the pods of every updated object. */
  readonly recreatePods?: boolean;
  /** If true, a failure deletes the objects that this update created. */
  readonly cleanupOnFail?: boolean;
  /**
   * If true, a failure restores patched objects to the original ones, and deletes created ones that are
   * not among these.
   */
  readonly putBackOnFail?: boolean;
  /** Called with existing objects that the original manifest does not name. Default: they may not be taken over. */
  readonly adopt?: TakeOver | undefined;
  /**
   * Called before objects are deleted that only the original manifest names; resolves with those that may be
   * deleted. Default: all.
   */
  readonly mayDelete?: ((found: readonly ExistingObject[]) => Promise<readonly ExistingObject[]>) | undefined;
}

/**
 * The operations of Tiller's kube client.
 *
 * {@linkcode resolve} turns a manifest into objects with their resources; the other operations take these. An
 * empty list is an error, `no objects visited`, unless an option allows it. All reject with a `KubeError` or
 * another `SkegError` whose message is Tiller's.
 *
 * Resolving needs one request at most, and only for kinds that were not known before. So a manifest is resolved
 * anew in every step that needs its objects: an earlier step may have created their kinds.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go`; `release-pipeline.md` section 8.
 */
export interface KubeClient {
  /** The cluster of this client. */
  readonly cluster: Cluster;
  /** Returns the answer of `/version`. */
  version(options?: KubeCallOptions): Promise<KubeVersion>;
  /** Returns version and kinds for `.Capabilities` (2.4). */
  capabilities(options?: KubeCallOptions): Promise<Capabilities>;
  /**
   * Maps every object of a manifest to a resource (8.2). Creates nothing.
   *
   * @param namespace For objects that name none.
   */
  resolve(namespace: string, manifest: KubeManifest, options?: ResolveOptions): Promise<ResourceInfo[]>;
  /** Maps documents whose API version the server no longer has; changes nothing in the cluster. */
  mapRemoved(
    namespace: string,
    requests: readonly MapRequest[],
    options?: MapRemovedOptions,
  ): Promise<MappedManifest[]>;
  /** Returns the documents of manifests whose API version the server no longer has. */
  findRemoved(manifests: readonly KubeManifest[], options?: KubeCallOptions): Promise<RemovedDocument[]>;
  /** Returns the objects that exist. Objects that may not be read count as absent, unless `withUnread` is set. */
  findExisting(infos: readonly ResourceInfo[], options?: FindExistingOptions): Promise<ExistingObject[]>;
  /** Creates a namespace when it is missing. */
  ensureNamespace(namespace: string, options?: KubeCallOptions): Promise<void>;
  /** Creates every object (8.4), then waits if `wait` is set. */
  create(infos: readonly ResourceInfo[], options?: CreateOptions): Promise<void>;
  /** Changes objects from the original ones to the target (8.5). */
  update(
    original: readonly ResourceInfo[],
    target: readonly ResourceInfo[],
    options?: UpdateOptions,
  ): Promise<void>;
  /**
   * Deletes every object in the background (8.6); an absent object is not an error. With `timeoutSeconds` >
   * 0, waits until all are gone.
   */
  delete(infos: readonly ResourceInfo[], options?: KubeCallOptions & { timeoutSeconds?: number }): Promise<void>;
  /** Returns the text of RESOURCES in `status` (7.2), before alignment by the command. */
  table(infos: readonly ResourceInfo[], options?: TableOptions): Promise<string>;
  /** Resolves with true if the first object exists. */
  exists(infos: readonly ResourceInfo[], options?: KubeCallOptions): Promise<boolean>;
  /** Waits until objects are ready. Changes nothing. */
  waitUntilReady(infos: readonly ResourceInfo[], timeoutSeconds: number, options?: KubeCallOptions): Promise<void>;
  /** Waits until a hook's objects are done (3.6). */
  watchUntilReady(infos: readonly ResourceInfo[], timeoutSeconds: number, options?: KubeCallOptions): Promise<void>;
  /** Waits until CRDs are established (3.5). */
  waitUntilEstablished(
    infos: readonly ResourceInfo[],
    timeoutSeconds: number,
    options?: KubeCallOptions,
  ): Promise<void>;
  /** Waits until a pod, the first of `infos`, has Succeeded or Failed and returns its phase (7.8). */
  completedPodPhase(
    infos: readonly ResourceInfo[],
    timeoutSeconds: number,
    options?: KubeCallOptions,
  ): Promise<string>;
  /** Returns what is wrong with objects, with pods and their last lines, for a person. */
  explain(infos: readonly ResourceInfo[], options?: KubeCallOptions): Promise<string>;
  /** Returns a pod's log. */
  podLog(namespace: string, pod: string, options?: KubeCallOptions): Promise<string>;
  /** Returns the name of a running Tiller's deployment in `namespace`, if there is one. */
  findTiller(namespace: string, options?: KubeCallOptions): Promise<string | undefined>;
}
