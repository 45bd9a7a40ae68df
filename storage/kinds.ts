/**
 * The table of storage kinds.
 *
 * @module
 */
import type { StorageName } from "../engine/model/mod.ts";
import type { ClusterDriverOptions } from "./_cluster_driver.ts";
import { configMapDriver } from "./configmap.ts";
import type { Driver, ObjectCall } from "./driver.ts";
import { memoryDriver } from "./memory.ts";
import { openSql } from "./open_sql.ts";
import { secretDriver } from "./secret.ts";

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

/** Opens each kind of storage. */
export const STORAGE_KINDS: Readonly<Record<StorageName, (place: StoragePlace) => Driver | Promise<Driver>>> = {
  configmap: ({ call, namespace, options }) => configMapDriver(call, namespace, options),
  secret: ({ call, namespace, options }) => secretDriver(call, namespace, options),
  sql: ({ sql, options }) => openSql(sql, options),
  memory: () => memoryDriver(),
};
