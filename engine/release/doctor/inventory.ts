/**
 * Finds the places of release records, and every record in them, by metadata alone.
 *
 * One paged list of each kind of object has all records of the cluster. Another one for each place finds objects that
 * are named like records and lack the label OWNER=TILLER.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { ObjectMeta, StatusCode } from "../../model/mod.ts";
import {
  type Driver,
  driverAt,
  type FieldWriter,
  isCertain,
  isHelm3Record,
  isStatusCode,
  OWNER,
  QUARANTINE,
  readKey,
  recordHeads,
  statusLabelWriter,
  type StorageName,
} from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import { objectCallOf } from "../_object_call.ts";
import type { Environment } from "../environment.ts";
import type { Unseen } from "./finding.ts";
import { listMetadata } from "./list_metadata.ts";
import { messageOf } from "../../base/mod.ts";

/** A record, or an object that is named like one, as its metadata describes it. */
export interface RecordEntry {
  /** Name of the object, such as `web.v3`. */
  readonly key: string;
  /** The release in the key; for a key of another form, the label NAME. */
  readonly name: string;
  /** The revision in the key; 0 for a key of another form. */
  readonly revision: number;
  /** The label STATUS; empty if it is missing or no status. */
  readonly status: StatusCode | "";
  /** All labels of the object. */
  readonly labels: Readonly<Record<string, string>>;
  /** When the server created the object, such as `2019-12-01T10:11:12Z`; absent without a server. */
  readonly createdAt?: string | undefined;
  /** False if another client than the writer of the record set the label STATUS. */
  readonly isCertain: boolean;
  /** The last writer of the label STATUS, where the server keeps it. */
  readonly statusWriter?: FieldWriter | undefined;
}

/** One place of records. */
export interface RecordStore {
  /** Kind of storage. */
  readonly storage: StorageName;
  /** Namespace of the records; empty for SQL and memory. */
  readonly namespace: string;
  /** True for the place that commands use with the given flags. */
  readonly isConfigured: boolean;
  /** Reads and writes its records. */
  readonly driver: Driver;
  /** Labelled records, in the order of keys. */
  readonly entries: readonly RecordEntry[];
  /** Labelled objects whose name is not that of a record. */
  readonly misnamed: readonly RecordEntry[];
  /** Objects that are named like records and lack the label OWNER=TILLER; they may not be records. */
  readonly strays: readonly RecordEntry[];
}

/** The places that are searched. */
export interface InventoryScope {
  /** Only this namespace; absent: all of them. */
  readonly namespace?: string | undefined;
}

/** All places, the configured one first, and what could not be listed. */
export interface Inventory {
  /** At least the configured one. */
  readonly stores: readonly RecordStore[];
  /** Places that could not be listed. */
  readonly unseen: readonly Unseen[];
}

type ObjectStorage = "configmap" | "secret";

const KINDS: Readonly<Record<ObjectStorage, string>> = { configmap: "ConfigMaps", secret: "Secrets" };

/** Finds all records. */
export async function takeInventory(env: Environment, scope: InventoryScope = {}): Promise<Inventory> {
  const unseen: Unseen[] = [];
  const { place } = env.driver;
  const stores: RecordStore[] = place === undefined ? [await driverStore(env)] : [];
  const found = await Promise.all(
    (["configmap", "secret"] as const).map((storage) => storesOf(env, storage, scope, unseen)),
  );
  for (const store of found.flat()) stores.push(store);
  if (place !== undefined && !stores.some(({ isConfigured }) => isConfigured)) {
    stores.push({ ...place, isConfigured: true, driver: env.driver, entries: [], misnamed: [], strays: [] });
  }
  return { stores: stores.toSorted((a, b) => Number(b.isConfigured) - Number(a.isConfigured)), unseen };
}

/** Returns the store of a driver that keeps no objects in the cluster. */
async function driverStore(env: Environment): Promise<RecordStore> {
  const { driver } = env;
  const heads = await recordHeads(driver, {}, { ...recordOptions(env), anyOwner: true });
  const entries = heads.map((head): RecordEntry => {
    const { key, name, revision, status, certain, createdAt } = head;
    const given = head.labels ?? { NAME: name, OWNER, STATUS: status, VERSION: `${revision}` };
    const labels = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >;
    return { key, name, revision, status, labels, createdAt, isCertain: certain };
  });
  const isOwned = ({ labels }: RecordEntry): boolean => labels.OWNER === OWNER;
  return {
    storage: driver.name.toLowerCase() as StorageName,
    namespace: "",
    isConfigured: true,
    driver,
    entries: entries.filter(isOwned),
    misnamed: [],
    strays: entries.filter((entry) => !isOwned(entry)),
  };
}

/** Finds the stores of one kind of object. */
async function storesOf(
  env: Environment,
  storage: ObjectStorage,
  scope: InventoryScope,
  unseen: Unseen[],
): Promise<RecordStore[]> {
  const own = env.driver.place?.storage === storage ? env.driver.place.namespace : undefined;
  const within = scope.namespace ?? own;
  let labelled = await labelledIn(env, storage, scope.namespace, unseen);
  // Not every user may list the whole cluster.
  if (labelled === undefined && scope.namespace === undefined && within !== undefined) {
    labelled = await labelledIn(env, storage, within, unseen);
  }
  if (labelled === undefined) return [];
  const namespaces = new Set([...own === undefined ? [] : [own], ...labelled.keys()]);
  if (scope.namespace !== undefined && own !== scope.namespace) namespaces.delete(own ?? "");
  return await Promise.all([...namespaces].map(async (namespace): Promise<RecordStore> => {
    const isConfigured = namespace === own;
    const entries = labelled.get(namespace) ?? [];
    return {
      storage,
      namespace,
      isConfigured,
      driver: isConfigured ? env.driver : driverAt({ storage, namespace, call: objectCallOf(env) }),
      entries: entries.filter(({ revision }) => revision > 0),
      misnamed: entries.filter(({ revision }) => revision === 0),
      strays: await straysIn(env, storage, namespace, unseen),
    };
  }));
}

/** Lists labelled records by namespace; `undefined` when they may not be listed. */
async function labelledIn(
  env: Environment,
  storage: ObjectStorage,
  namespace: string | undefined,
  unseen: Unseen[],
): Promise<Map<string, RecordEntry[]> | undefined> {
  const found = new Map<string, RecordEntry[]>();
  const add = (metadata: ObjectMeta): void => {
    const at = metadata.namespace ?? namespace ?? "";
    const entries = found.get(at);
    // A record in quarantine makes its namespace a place of records, and is found there among the strays.
    const fresh = metadata.labels?.OWNER === QUARANTINE ? [] : [entryOf(metadata)];
    if (entries === undefined) found.set(at, fresh);
    else entries.push(...fresh);
  };
  const where = namespace === undefined ? "all namespaces" : `namespace ${namespace}`;
  const path = pathOf(storage, namespace) + `?labelSelector=${encodeURIComponent(`OWNER in (${OWNER},${QUARANTINE})`)}`;
  return await orUnseen(unseen, `${KINDS[storage]} of ${where}`, async () => {
    await listMetadata(env, path, add);
    return found;
  });
}

/** Lists objects that are named like records and lack the label. */
async function straysIn(
  env: Environment,
  storage: ObjectStorage,
  namespace: string,
  unseen: Unseen[],
): Promise<RecordEntry[]> {
  const found: RecordEntry[] = [];
  const path = pathOf(storage, namespace) + `?labelSelector=${encodeURIComponent(`OWNER!=${OWNER}`)}`;
  await orUnseen(
    unseen,
    `${KINDS[storage]} of namespace ${namespace} without the label OWNER=${OWNER}`,
    () =>
      listMetadata(env, path, (metadata) => {
        if (readKey(metadata.name ?? "") !== undefined && !isHelm3Record(metadata)) found.push(entryOf(metadata));
      }),
  );
  return found;
}

/** Runs `look`; a refusal is noted as something that could not be looked at. */
async function orUnseen<T>(unseen: Unseen[], what: string, look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof KubeError) || ![401, 403, 404].includes(error.status)) throw error;
    unseen.push({ what, why: messageOf(error) });
    return undefined;
  }
}

function entryOf(metadata: ObjectMeta): RecordEntry {
  const key = metadata.name ?? "";
  const labels = metadata.labels ?? {};
  const { name, revision } = readKey(key) ?? { name: labels.NAME ?? "", revision: 0 };
  const status = labels.STATUS ?? "";
  return {
    key,
    name,
    revision,
    status: isStatusCode(status) ? status : "",
    labels,
    createdAt: metadata.creationTimestamp,
    isCertain: isStatusCode(status) && isCertain(metadata),
    statusWriter: statusLabelWriter(metadata),
  };
}

function pathOf(storage: ObjectStorage, namespace: string | undefined): string {
  return `/api/v1/${namespace === undefined ? "" : `namespaces/${encodeURIComponent(namespace)}/`}${storage}s`;
}
