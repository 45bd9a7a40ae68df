/**
 * The contract of a storage driver for release records.
 *
 * Keys are `NAME.vREVISION`. Every write is guarded: `create` fails when the
 * record exists, `update` when another client wrote it since the version that
 * the caller holds. A driver remembers nothing of what it read.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver`; `release-pipeline.md` 1.5.
 *
 * @module
 */
import type { KubeObject, ObjectMeta, Release, StatusCode } from "../engine/model/mod.ts";
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
   * Also returns objects that have a record's name and lack the label OWNER=TILLER, even those without a
   * record, and returns every head's labels. `onHead` is called for labelled records only. Drivers without
   * labels ignore this.
   */
  readonly anyOwner?: boolean | undefined;
  /** Objects of another owner that the same list brings, so that they cost no request. Drivers without labels ignore this. */
  readonly besides?: ObjectsBesides | undefined;
  /** If true, heads have the record's `version`, where the storage knows it without reading the record. */
  readonly withVersion?: boolean | undefined;
  /** Called with each head as soon as it arrives; a driver may ignore this. */
  readonly onHead?: ((head: RecordHead) => void) | undefined;
}

/** Objects beside the records, by their label OWNER. */
export interface ObjectsBesides {
  /** The value of the label. */
  readonly owner: string;
  /** Called with the metadata of each. */
  readonly visit: (metadata: ObjectMeta) => void;
}

/** Options of {@linkcode Driver.fetch}. */
export interface RecordFetchOptions extends DriverOptions {
  /** How much of each record to return; default: all. Whole records take much memory. */
  readonly detail?: RecordDetail | undefined;
  /**
   * Called with the key of each record that is returned: the release in the content may differ from the one
   * in the key.
   */
  readonly onRecord?: ((key: string, release: Release) => void) | undefined;
  /** If true, objects that cannot be decoded are not reported: they may not be records. */
  readonly quiet?: boolean | undefined;
}

/** The labels by which a record is found; `undefined` where the object has none. */
export type RecordLabels = { readonly [label in "NAME" | "OWNER" | "STATUS" | "VERSION"]: string | undefined };

/** The facts of a record that need no content. */
export interface RecordHead {
  /** Such as `web.v3`. */
  readonly key: string;
  /** The release. */
  readonly name: string;
  /** Counted from 1. */
  readonly revision: number;
  /** From the label STATUS; empty when there is no such label. */
  readonly status: StatusCode | "";
  /**
   * False if the label is missing, or was last set by another client than the record: then the status must be
   * read from the record.
   */
  readonly certain: boolean;
  /** When the server created the record, by its own clock, such as `2019-12-01T10:11:12Z`; absent without a server. */
  readonly createdAt?: string | undefined;
  /** The object's labels, if they were requested. */
  readonly labels?: RecordLabels | undefined;
  /** Changes with every write of the record, if it was requested; absent for storages that have none. */
  readonly version?: string | undefined;
}

/** An object that holds a record, with every field that the API server sent. */
export interface RecordObject extends KubeObject {
  /** `release` holds the record; the other entries were added by other clients. */
  data?: Record<string, string>;
}

/**
 * Records as whole objects, for backups and repairs, which save and restore every field of an object.
 *
 * Nothing here remembers what was read: the `resourceVersion` inside an object guards its replacement.
 */
export interface RawRecords {
  /** Kind of the objects. */
  readonly kind: RecordObjectKind;
  /** Namespace of the objects; empty for rows of a database, which have none. */
  readonly namespace: string;
  /** SHA-256 of host, port, database and search_path, in hexadecimal; absent for other storages than a database. */
  readonly database?: string | undefined;
  /** Returns objects by label, in storage order; an empty list when there are none. */
  list(labels: RecordQuery, options?: DriverOptions): Promise<RecordObject[]>;
  /** Returns the object of a key; `undefined` when there is none. */
  get(key: string, options?: DriverOptions): Promise<RecordObject | undefined>;
  /** Returns the release in an object; rejects with kind `record` when it holds none. */
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
  /**
   * Creates an object under its name and returns it as it is stored. Fields that the server sets are left out. Rejects with
   * kind `exists` when there is an object of that name.
   */
  create(object: RecordObject, options?: DriverOptions): Promise<RecordObject>;
  /**
   * Deletes an object. Rejects with kind `conflict` when its `resourceVersion` or `uid` is not the current one. One that is
   * gone already counts as deleted.
   */
  remove(object: RecordObject, options?: DriverOptions): Promise<void>;
}

/** The kind of an object that holds a record. A row of Tiller's SQL table has the form of a ConfigMap. */
export type RecordObjectKind = "ConfigMap" | "Secret" | "SQL";

/** Metadata that only the server sets. */
const SERVER_FIELDS: readonly string[] = [
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "managedFields",
  "selfLink",
  "generation",
];

/** Returns an object without the metadata that only the server sets, to create it again. */
export function withoutServerFields(object: RecordObject): RecordObject {
  const metadata = Object.entries(object.metadata ?? {}).filter(([field]) => !SERVER_FIELDS.includes(field));
  return { ...object, metadata: Object.fromEntries(metadata) };
}

/** A stored record, independent of the kind of its storage. */
export interface PlainRecord {
  /** Such as `web.v3`. */
  readonly key: string;
  /** All labels, those of other programs included. */
  readonly labels: Readonly<Record<string, string>>;
  /** All annotations. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Texts by name: `release` is the record itself, and missing in a broken one; others are of other programs. */
  readonly data: Readonly<Record<string, string>>;
  /** Entries that are not text, in base64. */
  readonly binaryData: Readonly<Record<string, string>>;
  /** When the storage created it, such as `2019-12-01T10:11:12Z`; absent when unknown. */
  readonly createdAt?: string | undefined;
  /** Guards the removal; opaque to all but the storage that returned it. */
  readonly version?: unknown;
}

/** The kinds of storage that hold records. */
export type PlainKind = "ConfigMap" | "Secret" | "SQL" | "Memory";

/** Reads, creates and removes records in their neutral form. */
export interface PlainRecords {
  /** Kind of the storage. */
  readonly kind: PlainKind;
  /** Namespace of the objects; empty for storages without namespaces. */
  readonly namespace: string;
  /** SHA-256 of host, port, database and search_path, in hexadecimal; absent for other storages than a database. */
  readonly database?: string | undefined;
  /**
   * Returns a text that is the same for all addresses and users of one table of a database; `undefined` when the server does not
   * tell. Absent for other storages than a database.
   */
  identity?(options?: DriverOptions): Promise<string | undefined>;
  /** Returns records by label, in storage order; an empty list when there are none. */
  list(labels: RecordQuery, options?: DriverOptions): Promise<PlainRecord[]>;
  /** Creates a record with its labels, times included. Rejects with kind `exists` when its key is taken. */
  create(record: PlainRecord, options?: DriverOptions): Promise<void>;
  /**
   * Removes a record that was listed; one that is gone already is no error. Rejects with kind `conflict` when it
   * was modified since.
   */
  remove(record: PlainRecord, options?: DriverOptions): Promise<void>;
  /** Returns the record as this storage would return it: what it cannot hold is left out. Throws with kind `record`. */
  held(record: PlainRecord): PlainRecord;
}

/**
 * The version of a record when it was read or written; guards an update. Opaque to all but the driver that
 * returned it.
 */
export type RecordVersion = object;

/** A release that was read from its record. */
export interface StoredRelease extends Release {
  /**
   * The record's version when it was read; absent for reads that cannot be followed by a guarded update. Not
   * enumerable: it is not part of the release, and copies do not have it.
   */
  readonly recordVersion?: RecordVersion | undefined;
}

/** Options of {@linkcode Driver.update}. */
export interface RecordUpdateOptions extends DriverOptions {
  /** The version that is replaced; absent: any version. */
  readonly version?: RecordVersion | undefined;
}

/** Adds the version to a release, in place. */
export function withVersion(release: Release, recordVersion: RecordVersion): StoredRelease {
  return Object.defineProperty(release, "recordVersion", { value: recordVersion, configurable: true });
}

/** Facts about the schema of a database that holds Tiller's table. */
export interface SqlBookkeeping {
  /** Migrations besides Tiller's own; Tiller does not start when there is one. */
  readonly foreignMigrations: readonly string[];
  /** True if there is the table of Helm 3's releases. */
  readonly hasHelm3Table: boolean;
  /** Number of rows in the table of Helm 3's labels, 1 at most; absent when there is no such table. */
  readonly customLabels?: number | undefined;
}

/** Stores release records. */
export interface Driver {
  /** `ConfigMap`, `Secret`, `SQL` or `Memory`. */
  readonly name: string;
  /**
   * Where in a cluster the records are; absent for other stores. When nothing is found here, other such
   * places are searched.
   */
  readonly place?: ClusterPlace | undefined;
  /** Returns the record under `key`; rejects with kind `not-found` and `release: "key" not found`. */
  get(key: string, options?: DriverOptions): Promise<StoredRelease>;
  /** Returns all records that can be decoded; the others are reported to `onBroken` and left out. */
  list(options?: DriverOptions): Promise<Release[]>;
  /** Returns records by label. When there are none, rejects with kind `not-found` and `release: "name" not found`. */
  query(labels: RecordQuery, options?: DriverOptions): Promise<StoredRelease[]>;
  /**
   * Writes a new record and returns its version; rejects with kind `exists` and `release: "key" already
   * exists` when there is one.
   */
  create(release: Release, options?: DriverOptions): Promise<RecordVersion>;
  /**
   * Rewrites a record and returns its new version; rejects with kind `conflict` when another client wrote it
   * since `options.version`.
   */
  update(release: Release, options?: RecordUpdateOptions): Promise<RecordVersion>;
  /** Removes a record and returns it; rejects with kind `not-found` when there is none. */
  delete(key: string, options?: DriverOptions): Promise<Release>;
  /**
   * Returns heads by label, in storage order; an empty list when there are none. A driver that cannot read
   * heads more cheaply than records omits this and `fetch`: call `recordHeads` and `fetchRecords`, which work
   * with every driver.
   */
  heads?(labels: RecordQuery, options?: HeadsOptions): Promise<RecordHead[]>;
  /**
   * Returns the records under `keys`, in their order, for reading only: they carry no version to guard an
   * update. Leaves out missing records, and those that cannot be decoded, which are reported to `onBroken`.
   */
  fetch?(keys: readonly string[], options?: RecordFetchOptions): Promise<Release[]>;
  /**
   * Returns the text of a record as it is stored, which may be damaged; `undefined` when there is no such record. Empty
   * when the object has no text. Absent for drivers that keep no text.
   */
  envelope?(key: string, options?: DriverOptions): Promise<string | undefined>;
  /** Returns facts about the schema of a database; absent for other stores. */
  bookkeeping?(options?: DriverOptions): Promise<SqlBookkeeping>;
  /**
   * Removes what a run of Helm 3 has left in the schema of Tiller's table, in one transaction: its empty table
   * `custom_labels_v1` and its row in `gorp_migrations`. Rejects with kind `record`, and changes nothing, if there is more than
   * that. Absent for other storages than databases.
   */
  mendBookkeeping?(options?: DriverOptions): Promise<void>;
  /** Throws with kind `record` when `release` cannot be stored here; called before anything else is created. */
  check?(release: Release): void;
  /** Ends the driver's own connection; absent when it has none. */
  close?(): Promise<void>;
  /** Records as whole objects; absent when records are not kept as objects of a cluster. */
  readonly raw?: RawRecords;
  /** Records in the form that all kinds of storage share, for export, import and moves; absent in drivers of scripts. */
  readonly plain?: PlainRecords;
}

/** The part of a driver that reads records. */
export type RecordReader = Pick<Driver, "get" | "query" | "heads" | "fetch">;

/** One answer of the API server: JSON body and HTTP status. */
export interface ObjectAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Parsed JSON. */
  readonly body: unknown;
}

/** Options of {@linkcode ObjectCall}. */
export interface ObjectCallOptions extends DriverOptions {
  /** For lists: requests only metadata, if the server can send it alone. */
  readonly metadataOnly?: boolean | undefined;
}

/** Sends the few object requests of cluster drivers; an adapter over the kube client's transport. */
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
  /** Sends requests to the cluster. */
  readonly call: ObjectCall;
}

/** Returns the key of a revision's record, such as `web.v3`. */
export function releaseKey(name: string, revision: number): string {
  return `${name}.v${revision}`;
}

/** Returns the name and the revision in a key; `undefined` when `key` is not one. A name may contain `.v` too. */
export function readKey(key: string): { readonly name: string; readonly revision: number } | undefined {
  const [, name, revision] = /^(.*)\.v([0-9]+)$/s.exec(key) ?? [];
  return name === undefined || revision === undefined ? undefined : { name, revision: Number(revision) };
}
