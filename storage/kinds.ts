/**
 * The table of storage kinds.
 *
 * Every start reads the names, for help and flags, so this file loads nothing else: a driver is loaded
 * when it is opened.
 *
 * @module
 */
import type { ClusterDriverOptions } from "./_cluster_driver.ts";
import type { Driver, ObjectCall } from "./driver.ts";

/** Where a driver keeps records, and with which options. */
export interface StoragePlace {
  /** Calls the cluster's API. */
  readonly call: ObjectCall;
  /** Namespace of the records. */
  readonly namespace: string;
  /** The database, for records that are kept in one. */
  readonly sql?: SqlPlace | undefined;
  /** Clock, and the receiver of records that cannot be decoded. */
  readonly options: ClusterDriverOptions;
}

/** A database of records. */
export interface SqlPlace {
  /** See `readConnectionString`; empty: there is none. */
  readonly connectionString: string;
  /** If true, a missing table is made. */
  readonly createSchema?: boolean | undefined;
  /** Returns an environment variable, for PG* settings. */
  readonly variables?: ((name: string) => string | undefined) | undefined;
}

/** Opens the driver of one kind of storage. */
export type OpenStorage = (place: StoragePlace) => Promise<Driver>;

/** Opens each kind of storage. The order is that of the names in help. */
export const STORAGE_KINDS = {
  configmap: async ({ call, namespace, options }) =>
    (await import("./configmap.ts")).configMapDriver(call, namespace, options),
  secret: async ({ call, namespace, options }) => (await import("./secret.ts")).secretDriver(call, namespace, options),
  sql: async ({ sql, options }) => await (await import("./open_sql.ts")).openSql(sql, options),
  memory: async () => (await import("./memory.ts")).memoryDriver(),
} satisfies Readonly<Record<StorageName, OpenStorage>>;

/** A place for release records, as `--storage` names it. */
export type StorageName = "configmap" | "secret" | "sql" | "memory";

/** The names, in the order in which help shows them. */
export const STORAGE_NAMES: readonly string[] = Object.keys(STORAGE_KINDS);

/** The names as a sentence lists them: `configmap, secret or memory`. */
export const STORAGE_LIST: string = `${STORAGE_NAMES.slice(0, -1).join(", ")} or ${STORAGE_NAMES.at(-1)}`;

/** Returns the function that opens a kind of storage; `undefined` for other names. */
export function storageKind(name: string): OpenStorage | undefined {
  return Object.hasOwn(STORAGE_KINDS, name) ? STORAGE_KINDS[name as StorageName] : undefined;
}
