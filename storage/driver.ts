/**
 * What a place for release records promises.
 *
 * Keys are `NAME.vREVISION`. Every write is guarded: `create` fails when the
 * record exists, `update` when another client wrote it since the version that
 * the caller holds. A driver remembers nothing of what it read.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver`; `release-pipeline.md` 1.5.
 *
 * @module
 */
import type { KubeObject, Release, StatusCode } from "../engine/model/mod.ts";
import type { RecordDetail } from "./detail.ts";

/** Labels that a query can ask for. */
export interface RecordQuery {
  /** By the label NAME. */
  readonly name?: string;
  /** By the label STATUS, which may differ from the decoded record after a manual edit. */
  readonly status?: StatusCode;
}

/** Shared options of all driver calls. */
export interface DriverOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@linkcode Driver.heads}. */
export interface HeadsOptions extends DriverOptions {
  /**
   * Also give objects that are named as a record is and lack the label OWNER=TILLER, whether they hold a record or not,
   * and give every head its labels. `onHead` is called for labelled records only. Drivers without labels ignore this.
   */
  readonly anyOwner?: boolean | undefined;
  /** Is told of each head as soon as it is there; a driver may leave that. */
  readonly onHead?: ((head: RecordHead) => void) | undefined;
}

/** Options of {@linkcode Driver.fetch}. */
export interface FetchOptions extends DriverOptions {
  /** How much of each record is wanted; default: all. Whole records are a lot of memory. */
  readonly detail?: RecordDetail | undefined;
  /** Called with the key of each record that is returned: the content may name another release than the key does. */
  readonly onRecord?: ((key: string, release: Release) => void) | undefined;
  /** Do not report objects that cannot be decoded: they may not be records. */
  readonly quiet?: boolean | undefined;
}

/** The labels by which a record is found; `undefined` where the object has none. */
export type RecordLabels = { readonly [label in "NAME" | "OWNER" | "STATUS" | "VERSION"]: string | undefined };

/** What a place tells of a record without its content. */
export interface RecordHead {
  /** Such as `web.v3`. */
  readonly key: string;
  /** The release. */
  readonly name: string;
  /** Counted from 1. */
  readonly revision: number;
  /** As the label STATUS has it; empty when there is no such label. */
  readonly status: StatusCode | "";
  /**
   * False when the label is missing, or was last set by another client than
   * the record: then only the record says what its status is.
   */
  readonly certain: boolean;
  /** When the server created the record, by its own clock, such as `2019-12-01T10:11:12Z`; absent where there is no server. */
  readonly createdAt?: string | undefined;
  /** The object's labels, where they were asked for. */
  readonly labels?: RecordLabels | undefined;
}

/** An object that holds a record, as the API server gives it, with every field that the server sent. */
export interface RecordObject extends KubeObject {
  /** `release` holds the record; the other entries were added by other clients. */
  data?: Record<string, string>;
}

/**
 * Records as whole objects: for backups and repairs, which keep and restore everything that is in an object.
 *
 * Nothing here remembers what was read: the `resourceVersion` inside an object guards its replacement.
 */
export interface RawRecords {
  /** Kind of the objects. */
  readonly kind: "ConfigMap" | "Secret";
  /** Namespace of the objects. */
  readonly namespace: string;
  /** Objects by label, in the order of storage; none is no error. */
  list(labels: RecordQuery, options?: DriverOptions): Promise<RecordObject[]>;
  /** The object of a key; `undefined` when there is none. */
  get(key: string, options?: DriverOptions): Promise<RecordObject | undefined>;
  /** The release in an object; rejects with kind `record` when it holds none. */
  decode(object: RecordObject): Promise<Release>;
  /**
   * Returns `object` with `release` as its record; labels and everything else stay as they are.
   * Throws with kind `record` when the record does not fit into an object.
   */
  withRelease(object: RecordObject, release: Release): RecordObject;
  /**
   * Replaces an object and returns it as it is stored now. Rejects with kind `conflict` when its `resourceVersion` is
   * not the current one, with kind `not-found` when there is no such object.
   */
  replace(object: RecordObject, options?: DriverOptions): Promise<RecordObject>;
}

/** A record as it was when it was read or written; guards an update. Only the driver that returned it knows what is in it. */
export type RecordVersion = object;

/** A release that was read from its record. */
export interface StoredRelease extends Release {
  /**
   * The record as it was then; absent: the release was read to be looked at only. Not enumerable: it is no part of
   * the release, and copies do not have it.
   */
  readonly recordVersion?: RecordVersion | undefined;
}

/** Options of {@linkcode Driver.update}. */
export interface UpdateOptions extends DriverOptions {
  /** The record that is replaced; absent: whatever is there. */
  readonly version?: RecordVersion | undefined;
}

/** Adds the version to a release that was read, in place. */
export function withVersion(release: Release, recordVersion: RecordVersion): StoredRelease {
  return Object.defineProperty(release, "recordVersion", { value: recordVersion, configurable: true });
}

/** A place for release records. */
export interface Driver {
  /** `ConfigMap`, `Secret` or `Memory`. */
  readonly name: string;
  /** Where in a cluster the records are; absent when they are in none. Other such places are looked at when nothing is found here. */
  readonly place?: ClusterPlace | undefined;
  /** The record under `key`; rejects with kind `not-found` and `release: "key" not found`. */
  get(key: string, options?: DriverOptions): Promise<StoredRelease>;
  /** All records that can be decoded; those that cannot are reported to `onBroken` and left out. */
  list(options?: DriverOptions): Promise<Release[]>;
  /** Records by label. None: rejects with kind `not-found` and `release: "name" not found`. */
  query(labels: RecordQuery, options?: DriverOptions): Promise<StoredRelease[]>;
  /** Writes a new record and returns its version; kind `exists` and `release: "key" already exists` when there is one. */
  create(release: Release, options?: DriverOptions): Promise<RecordVersion>;
  /**
   * Rewrites a record and returns its new version; kind `conflict` when another client wrote it since
   * `options.version`.
   */
  update(release: Release, options?: UpdateOptions): Promise<RecordVersion>;
  /** Removes a record and returns it; kind `not-found` when there is none. */
  delete(key: string, options?: DriverOptions): Promise<Release>;
  /**
   * Heads by label, in the order of storage; none is no error. A driver that has no cheaper way leaves this out,
   * and `fetch` with it: use `recordHeads` and `fetchRecords`, which do without.
   */
  heads?(labels: RecordQuery, options?: HeadsOptions): Promise<RecordHead[]>;
  /**
   * The records under `keys`, in their order, to be looked at only: an update of one is not guarded by this. Left out
   * are those that are gone, and those that cannot be decoded, which are reported to `onBroken`.
   */
  fetch?(keys: readonly string[], options?: FetchOptions): Promise<Release[]>;
  /** Throws with kind `record` when `release` could never be stored here; asked before anything else is created. */
  check?(release: Release): void;
  /** Records as whole objects; absent when records are not kept as objects of a cluster. */
  readonly raw?: RawRecords;
}

/** What reading records takes of a driver. */
export type RecordReader = Pick<Driver, "get" | "query" | "heads" | "fetch">;

/** One answer of the API server, as far as drivers care: JSON body and HTTP status. */
export interface ObjectAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Parsed JSON. */
  readonly body: unknown;
}

/** Options of {@linkcode ObjectCall}. */
export interface ObjectCallOptions extends DriverOptions {
  /** Of a list: metadata is enough, if the server can send it alone. */
  readonly metadataOnly?: boolean | undefined;
}

/** The few object calls that cluster drivers need; the kube client's transport is adapted to it. */
export type ObjectCall = (
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  options?: ObjectCallOptions,
) => Promise<ObjectAnswer>;

/** Where in a cluster records are kept. */
export interface ClusterPlace {
  /** The kind of object, as `--storage` names it. */
  readonly storage: "configmap" | "secret";
  /** Of the objects. */
  readonly namespace: string;
  /** Reaches the cluster. */
  readonly call: ObjectCall;
}

/** The key of a revision's record, such as `web.v3`. */
export function releaseKey(name: string, revision: number): string {
  return `${name}.v${revision}`;
}

/** The name and the revision in a key; `undefined` when it is none. A name may hold `.v` too. */
export function readKey(key: string): { readonly name: string; readonly revision: number } | undefined {
  const [, name, revision] = /^(.*)\.v([0-9]+)$/s.exec(key) ?? [];
  return name === undefined || revision === undefined ? undefined : { name, revision: Number(revision) };
}
