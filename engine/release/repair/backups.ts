/**
 * Makes the backup that a repair must have before its first write.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import type { RecordObject } from "../../../storage/mod.ts";
import { call } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import {
  type ArchivedCluster,
  type ArchivedRepair,
  archivedStorage,
  packArchive,
  type RecordArchive,
  unpackArchive,
} from "./archive.ts";
import { dataDigest } from "./digest.ts";
import { rawRecords } from "./records.ts";
import type { ReleaseRecords } from "./repair.ts";

/** Stores backups. */
export interface BackupStore {
  /**
   * Stores an archive and returns its path. The file is created readable by the user only.
   *
   * @param cluster UID of the cluster, or its host; used as a folder name.
   * @param name Such as `web-20260131T120000Z`.
   */
  readonly save: (cluster: string, name: string, bytes: Uint8Array) => Promise<string>;
  /** Reads a whole file. */
  readonly load: (path: string) => Promise<Uint8Array>;
}

/**
 * Stores an archive under its time, reads it back, and returns its path.
 *
 * @param time As in the archive, such as `2026-01-31T12:00:00Z`.
 * @param name How the file is named: `NAME-TIME`, or `NAME-TIME-SUFFIX`; `what` names the file in the error.
 * @throws SkegError of kind `io` when reading it back gives other bytes.
 */
export async function saveArchive(
  store: BackupStore,
  { cluster, time }: { readonly cluster: ArchivedCluster; readonly time: string },
  { name, suffix, what }: { readonly name: string; readonly suffix?: string; readonly what: "archive" | "backup" },
  bytes: Uint8Array,
): Promise<string> {
  const end = suffix === undefined ? "" : `-${suffix}`;
  const path = await store.save(folderOf(cluster), `${name}-${time.replaceAll(/[-:]/g, "")}${end}`, bytes);
  const kept = await store.load(path);
  if (kept.length === bytes.length && kept.every((byte, at) => byte === bytes[at])) return path;
  throw notReadBack(what, path);
}

function notReadBack(what: string, path: string): SkegError {
  return new SkegError("io", `the ${what} ${path} does not read back as written`, {
    hint: "Nothing was changed in the cluster. Check the disk.",
  });
}

/**
 * Archives all records of a release, reads the archive back, and returns its path.
 *
 * @param planned The writes of the repair, in their order.
 * @param deleted Objects that the repair deletes, as the server returned them.
 * @throws when the archive cannot be stored, or reading it back gives other bytes.
 */
export async function backUp(
  env: Environment,
  store: BackupStore,
  repair: string,
  { name, records }: ReleaseRecords,
  planned: readonly PlannedRecord[],
  deleted: readonly KubeObject[] = [],
): Promise<string> {
  const storage = archivedStorage(rawRecords(env));
  const cluster = await clusterOf(env);
  const time = new Date(env.clock().seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  const writes = await Promise.all(planned.map(archivedWrite));
  const objects = records.map(({ object }) => object);
  const bytes = await packArchive(
    { time, cluster, storage, repair: { name: repair, release: name, writes } },
    objects,
    { objects: deleted.map((object) => ({ release: name, object })) },
  );
  const path = await saveArchive(store, { cluster, time }, { name, what: "backup" }, bytes);
  if (!holds(await unpackArchive(bytes), objects, writes, deleted)) throw notReadBack("backup", path);
  return path;
}

/** A write of a repair: the record's key and, unless it is deleted, the object to be stored. */
export interface PlannedRecord {
  /** The kind of the write. */
  readonly verb: "update" | "create" | "delete";
  /** Such as `web.v3`. */
  readonly key: string;
  /** Absent for deletions. */
  readonly after?: RecordObject | undefined;
}

/** Returns a write in the form in which archives keep it. */
export async function archivedWrite({ verb, key, after }: PlannedRecord): Promise<ArchivedRepair["writes"][number]> {
  return {
    key,
    ...verb === "update" ? {} : { verb },
    labels: after?.metadata?.labels ?? {},
    dataSha256: after === undefined ? "" : await dataDigest(after),
  };
}

function holds(
  kept: RecordArchive,
  objects: readonly RecordObject[],
  writes: ArchivedRepair["writes"],
  deleted: readonly KubeObject[],
): boolean {
  return JSON.stringify([kept.records, kept.repair?.writes, kept.objects.map(({ object }) => object)]) ===
    JSON.stringify([objects, writes, deleted]);
}

/** Returns the cluster's identity. Its UID is empty for users who may not read the namespace `kube-system`. */
export async function clusterOf(env: Environment): Promise<ArchivedCluster> {
  const { cluster } = env.kube;
  try {
    const path = "/api/v1/namespaces/kube-system";
    const { metadata } = await call(cluster.transport, { method: "GET", path, signal: callOptions(env).signal }) as {
      metadata?: { uid?: string };
    };
    return { uid: metadata?.uid ?? "", server: cluster.server };
  } catch (error) {
    if (env.signal?.aborted) throw error;
    return { uid: "", server: cluster.server };
  }
}

/** Returns a cluster's UID or host as a folder name. */
function folderOf({ uid, server }: ArchivedCluster): string {
  const host = server.replace(/^[a-z]+:\/\//i, "").replace(/[/?#].*$/, "").replaceAll(/[^A-Za-z0-9._-]/g, "_");
  return uid !== "" && /^[A-Za-z0-9-]+$/.test(uid) ? uid : host.replace(/^\.+/, "") || "cluster";
}
