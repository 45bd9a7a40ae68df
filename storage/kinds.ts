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
import { secretDriver } from "./secret.ts";

/** Where a driver keeps records, and with which options. */
export interface StoragePlace {
  /** Calls the cluster's API. */
  readonly call: ObjectCall;
  /** Namespace of the records. */
  readonly namespace: string;
  /** Clock, and the receiver of records that cannot be decoded. */
  readonly options: ClusterDriverOptions;
}

/** Opens each kind of storage. */
export const STORAGE_KINDS: Readonly<Record<StorageName, (place: StoragePlace) => Driver>> = {
  configmap: ({ call, namespace, options }) => configMapDriver(call, namespace, options),
  secret: ({ call, namespace, options }) => secretDriver(call, namespace, options),
  memory: () => memoryDriver(),
};
