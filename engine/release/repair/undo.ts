/**
 * Undoes a repair: restores the records from its backup.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { RawRecords, RecordObject } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { type ArchivedStorage, type RecordArchive, unpackArchive } from "./archive.ts";
import { type AtWorkOptions, refuseIfBusy, warnOfTiller } from "./at_work.ts";
import { createObjects, type ImportedObject } from "../transfer/import_objects.ts";
import { clusterOf } from "./backups.ts";
import { compareRecord, type UndoRecord } from "./compare_record.ts";
import { rawRecords, readRecords } from "./records.ts";
import type { StoredRecord } from "./repair.ts";
import { withLease } from "../lease.ts";
import { checkUndoArchive, recordToCreate, refuseSeveralDeployed } from "./undo_checks.ts";
import { messageOf } from "../../base/mod.ts";

/** Options of {@linkcode undoRepair}. */
export interface UndoOptions extends AtWorkOptions {
  /** Bytes of the backup. */
  readonly archive: Uint8Array;
  /** True to write. Default false: only reports the planned writes. */
  readonly yes?: boolean | undefined;
  /** If true, objects that the repair deleted are created again, if none of their name exists. Default false. */
  readonly objects?: boolean | undefined;
}

/** Options of {@linkcode undoRepair}, for callers that have unpacked the backup already. */
export interface UndoRequest extends Omit<UndoOptions, "archive"> {
  /** Bytes of the backup, or the backup as `openArchive()` unpacked it. */
  readonly archive: Uint8Array | RecordArchive;
}

/** Changes that an undo made, or would make. */
export interface UndoReport {
  /** The repair: `map-apis`. */
  readonly repair: string;
  /** The release. */
  readonly release: string;
  /** When the backup was made, such as `2026-01-31T12:00:00Z`. */
  readonly time: string;
  /** True if the records were restored. */
  readonly performed: boolean;
  /** True if a record is `modified` or `missing`: then nothing is restored. */
  readonly refused: boolean;
  /** The records that the repair planned to write, in order. */
  readonly records: readonly UndoRecord[];
  /** Objects that the repair deleted, and what became of them; only with `objects`. */
  readonly objects: readonly ImportedObject[];
  /** Number of objects that the repair deleted. */
  readonly objectCount: number;
}

/** A record to restore: written, created again, or deleted. */
interface Restoration {
  readonly key: string;
  readonly verb: "update" | "create" | "delete";
  readonly object: RecordObject;
}

/**
 * Restores data and labels of the records that a repair wrote, if each of them is as the repair left it or as
 * it was before. Otherwise reports the differences and restores nothing.
 *
 * @throws SkegError of kind `io` for a damaged archive, or of one with other objects than records of the release; `usage` for one of another
 * cluster or storage; `conflict` when another program is at work, or two revisions would be DEPLOYED that were not.
 */
export async function undoRepair(env: Environment, options: UndoRequest): Promise<UndoReport> {
  const archive = options.archive instanceof Uint8Array ? await unpackArchive(options.archive) : options.archive;
  const { repair } = archive;
  if (repair === undefined) {
    throw new SkegError("usage", "the archive is not the backup of a repair: there is nothing to undo", {
      hint: "An archive of 'skeg export' is restored with 'skeg import ARCHIVE'.",
    });
  }
  checkUndoArchive(archive, repair);
  const raw = rawRecords(env);
  const problem = await placeProblem(env, raw, archive, "archive");
  if (problem !== undefined) throw problem;
  const live = await liveObjects(env, repair.release);
  const unlisted = new Map<string, RecordObject>();
  const records: UndoRecord[] = [];
  const restorations: Restoration[] = [];
  for (const write of repair.writes) {
    const { key } = write;
    const original = archive.records.find(({ metadata }) => metadata?.name === key);
    if (original === undefined && write.verb !== "create") {
      throw new SkegError("io", `the archive does not hold ${key}, which the repair wrote`);
    }
    // A repair may have changed the labels by which records are listed.
    const found = live.get(key) ?? await raw.get(key, recordOptions(env));
    if (found !== undefined && !live.has(key)) unlisted.set(key, found);
    const record = await compareRecord(raw, write, original, found);
    records.push(record);
    // Last written, first restored: the records go through the states of the repair, backwards.
    if (record.state === "repaired") restorations.unshift(restoration(raw, key, original, found));
  }
  const refused = records.some(({ state }) => state === "modified" || state === "missing");
  const archived = new Map(archive.records.map((record) => [record.metadata?.name ?? "", record]));
  const checkHistory = async (listed: ReadonlyMap<string, RecordObject>) => {
    const now = new Map([...unlisted, ...listed]);
    await refuseSeveralDeployed(raw, repair.release, { now, after: historyAfter(now, restorations), archived });
  };
  if (!refused && restorations.length > 0) await checkHistory(live);
  const again = options.objects === true ? archive.objects : [];
  const objects = refused ? [] : await createObjects(env, again, { dryRun: true });
  const report = {
    repair: repair.name,
    release: repair.release,
    time: archive.time,
    refused,
    records,
    objects,
    objectCount: archive.objects.length,
  };
  const isDone = restorations.length === 0 && !objects.some(({ state }) => state === "create");
  if (restorations.length > 0) await warnOfTiller(env, raw.namespace);
  if (options.yes !== true || refused || isDone) return { ...report, performed: false };
  await refuseIfBusy(env, await storedRecords(env, repair.release), options);
  const created = await withLease(env, { name: repair.release, operation: "repair undo" }, async (inner) => {
    // Another operation may have ended just before the lease was taken.
    if (restorations.length > 0) await checkHistory(await liveObjects(inner, repair.release));
    await writeAll(inner, raw, restorations);
    return await createObjects(inner, again);
  });
  return { ...report, performed: true, objects: created };
}

/** Returns the records of a release as they would be after restorations. */
function historyAfter(
  now: ReadonlyMap<string, RecordObject>,
  restorations: readonly Restoration[],
): Map<string, RecordObject> {
  const after = new Map(now);
  for (const { key, verb, object } of restorations) {
    if (verb === "delete") after.delete(key);
    else after.set(key, object);
  }
  return after;
}

/** Returns the value of `--storage` for records of a kind. */
export function storageFlag(kind: ArchivedStorage["kind"]): string {
  return kind === "SQL" ? "sql" : kind.toLowerCase();
}

/**
 * Returns the error for an archive or a plan of another cluster, or of another place in it; `undefined` when it is of this one.
 *
 * @param what `archive` or `plan`, for the message.
 */
export async function placeProblem(
  env: Environment,
  raw: RawRecords,
  { storage, cluster }: Pick<RecordArchive, "storage" | "cluster">,
  what: string,
): Promise<SkegError | undefined> {
  const other = storageProblem(raw, storage, what);
  if (other !== undefined) return other;
  const here = await clusterOf(env);
  const [known, now] = here.uid !== "" && cluster.uid !== "" ? [cluster.uid, here.uid] : [cluster.server, here.server];
  if (known === now) return undefined;
  return new SkegError("usage", `the ${what} is from another cluster: ${known}; this one is ${now}`, {
    hint: "Choose the cluster with --kube-context.",
  });
}

function placeText({ kind, namespace }: ArchivedStorage): string {
  return kind === "SQL" ? "rows of a database" : `${kind}s of namespace ${JSON.stringify(namespace)}`;
}

async function liveObjects(env: Environment, release: string): Promise<Map<string, RecordObject>> {
  return new Map((await storedRecords(env, release)).map(({ key, object }) => [key, object]));
}

async function storedRecords(env: Environment, release: string): Promise<readonly StoredRecord[]> {
  try {
    return (await readRecords(env, release)).records;
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return [];
    throw error;
  }
}

/** @param original Absent for a record that the repair created. */
function restoration(
  raw: RawRecords,
  key: string,
  original: RecordObject | undefined,
  live: RecordObject | undefined,
): Restoration {
  if (original === undefined) return { key, verb: "delete", object: live ?? { metadata: { name: key } } };
  if (live === undefined) return { key, verb: "create", object: recordToCreate(raw, original) };
  return { key, verb: "update", object: restored(live, original) };
}

/** Returns the live object with the data and labels of the backup; its `resourceVersion` guards the write. */
function restored(live: RecordObject, original: RecordObject): RecordObject {
  const { labels: _, ...metadata } = live.metadata ?? {};
  const { data: __, ...rest } = live;
  return {
    ...rest,
    metadata: { ...metadata, ...original.metadata?.labels === undefined ? {} : { labels: original.metadata.labels } },
    ...original.data === undefined ? {} : { data: original.data },
  };
}

async function writeAll(env: Environment, raw: RawRecords, restorations: readonly Restoration[]): Promise<void> {
  for (const [index, { key, verb, object }] of restorations.entries()) {
    try {
      env.signal?.throwIfAborted();
      if (verb === "delete") await raw.remove(object, recordOptions(env));
      else if (verb === "create") await raw.create(object, recordOptions(env));
      else await raw.replace(object, recordOptions(env));
    } catch (error) {
      const conflict = error instanceof SkegError && ["conflict", "exists"].includes(error.kind);
      const what = conflict
        ? `${key} was modified by another client since it was read`
        : `cannot write ${key}: ${messageOf(error)}`;
      throw new SkegError(
        error instanceof SkegError ? error.kind : "record",
        `${what}. ${index} of ${restorations.length} records ${index === 1 ? "was" : "were"} restored`,
        { cause: error, hint: "Run the undo again: it continues with the remaining records." },
      );
    }
  }
}

/**
 * Returns the error that what was made for one storage is used with another; `undefined` when they are the same.
 *
 * @param what Such as `plan`.
 */
export function storageProblem(raw: RawRecords, storage: ArchivedStorage, what: string): SkegError | undefined {
  if (storage.kind !== raw.kind || storage.namespace !== raw.namespace) {
    const place = storage.namespace === "" ? "" : ` --tiller-namespace ${storage.namespace}`;
    return new SkegError("usage", `the ${what} is about ${placeText(storage)}, not ${placeText(raw)}`, {
      hint: `Use --storage ${storageFlag(storage.kind)}${place}.`,
    });
  }
  if (storage.database !== undefined && raw.database !== undefined && storage.database !== raw.database) {
    return new SkegError("usage", `the ${what} is about rows of another database`, {
      hint: "Use the connection string with the host, port, database and search_path that it was made with.",
    });
  }
  return undefined;
}
