/**
 * Undoes a repair: restores the records from its backup.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { RawRecords, RecordObject } from "../../../storage/mod.ts";
import { messageOf, recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { type ArchivedRepair, type RecordArchive, unpackArchive } from "./archive.ts";
import { refuseIfAtWork, warnOfTiller } from "./at_work.ts";
import { clusterOf } from "./backups.ts";
import { compareRecord, type UndoRecord } from "./compare_record.ts";
import { rawRecords, readRecords } from "./records.ts";

/** Options of {@linkcode undoRepair}. */
export interface UndoOptions {
  /** Bytes of the backup. */
  readonly archive: Uint8Array;
  /** True to write. Default false: only reports the planned writes. */
  readonly yes?: boolean | undefined;
  /** A pending operation recorded this many seconds ago is assumed to have ended; default 600. */
  readonly olderThanSeconds?: number | undefined;
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
}

/** A record to restore. */
interface Restoration {
  readonly key: string;
  readonly object: RecordObject;
}

/**
 * Restores data and labels of the records that a repair wrote, if each of them is as the repair left it or as
 * it was before. Otherwise reports the differences and restores nothing.
 *
 * @throws SkegError of kind `io` for a damaged archive, `usage` for one of another cluster or storage, `conflict` when
 * another program is at work.
 */
export async function undoRepair(env: Environment, options: UndoOptions): Promise<UndoReport> {
  const archive = await unpackArchive(options.archive);
  const { repair } = archive;
  if (repair === undefined) {
    throw new SkegError("usage", "the archive is not the backup of a repair: there is nothing to undo");
  }
  const raw = rawRecords(env);
  await refuseOtherPlace(env, raw, archive);
  const live = await liveObjects(env, repair.release);
  const records: UndoRecord[] = [];
  const restorations: Restoration[] = [];
  for (const write of repair.writes) {
    const original = archive.records.find(({ metadata }) => metadata?.name === write.key);
    if (original === undefined) {
      throw new SkegError("io", `the archive does not hold ${write.key}, which the repair wrote`);
    }
    const found = live.get(write.key);
    const record = await compareRecord(raw, write, original, found);
    records.push(record);
    if (record.state === "repaired" && found !== undefined) {
      restorations.push({ key: write.key, object: restored(found, original) });
    }
  }
  const refused = records.some(({ state }) => state === "modified" || state === "missing");
  const report = { repair: repair.name, release: repair.release, time: archive.time, refused, records };
  if (restorations.length > 0) await warnOfTiller(env, raw.namespace);
  if (options.yes !== true || refused || restorations.length === 0) return { ...report, performed: false };
  await refuseIfBusy(env, repair, options);
  await writeAll(env, raw, restorations);
  return { ...report, performed: true };
}

/** Refuses an archive of another cluster, or of another place in it. */
async function refuseOtherPlace(env: Environment, raw: RawRecords, { storage, cluster }: RecordArchive): Promise<void> {
  if (storage.kind !== raw.kind || storage.namespace !== raw.namespace) {
    throw new SkegError(
      "usage",
      `the archive holds ${storage.kind}s of namespace ${JSON.stringify(storage.namespace)}, not ${raw.kind}s of ` +
        `namespace ${JSON.stringify(raw.namespace)}`,
      { hint: `Use --storage ${storage.kind.toLowerCase()} --tiller-namespace ${storage.namespace}.` },
    );
  }
  const here = await clusterOf(env);
  const [archived, now] = here.uid !== "" && cluster.uid !== ""
    ? [cluster.uid, here.uid]
    : [cluster.server, here.server];
  if (archived === now) return;
  throw new SkegError("usage", `the archive is from another cluster: ${archived}; this one is ${now}`, {
    hint: "Choose the cluster with --kube-context.",
  });
}

async function liveObjects(env: Environment, release: string): Promise<Map<string, RecordObject>> {
  try {
    const { records } = await readRecords(env, release);
    return new Map(records.map(({ key, object }) => [key, object]));
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return new Map();
    throw error;
  }
}

async function refuseIfBusy(env: Environment, { release }: ArchivedRepair, options: UndoOptions): Promise<void> {
  refuseIfAtWork((await readRecords(env, release)).records, env.clock(), options.olderThanSeconds);
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
  for (const [index, { key, object }] of restorations.entries()) {
    try {
      env.signal?.throwIfAborted();
      await raw.replace(object, recordOptions(env));
    } catch (error) {
      const conflict = error instanceof SkegError && error.kind === "conflict";
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
