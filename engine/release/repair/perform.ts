/**
 * Performs a repair on one release: read, decide; with `yes`, back up and write.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { decodeRecord, encodeRelease, type RawRecords, type RecordObject } from "../../../storage/mod.ts";
import { messageOf, recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { refuseIfAtWork } from "./at_work.ts";
import { backUp, type BackupStore } from "./backups.ts";
import { rawRecords, readRecords } from "./records.ts";
import type { PreparedRepair, RecordWrite, Repair, RepairChange, RepairNote } from "./repair.ts";

/** Options of every repair. */
export interface RepairOptions {
  /** True to write. Default false: only reports the planned writes. */
  readonly yes?: boolean | undefined;
  /** Store for the backup; required with `yes`. */
  readonly backups?: BackupStore | undefined;
  /** A pending operation recorded this many seconds ago is assumed to have ended; default 600. */
  readonly olderThanSeconds?: number | undefined;
}

/** Changes that a repair made to one release, or would make. */
export interface RepairReport {
  /** Such as `map-apis`. */
  readonly repair: string;
  /** The release. */
  readonly release: string;
  /** True if the records were written. */
  readonly performed: boolean;
  /** In the order of records. */
  readonly changes: readonly RepairChange[];
  /** Parts that are not changed, and why. */
  readonly notes: readonly RepairNote[];
  /** Keys of the records that were written, or would be. */
  readonly records: readonly string[];
  /** Number of records of the release. */
  readonly recordCount: number;
  /** For previews: the reason why the records would not be written now, such as another running program. */
  readonly blocked?: string | undefined;
  /** Path of the backup; absent in previews, and when nothing was written. */
  readonly backup?: string | undefined;
}

/** A write with the resulting object. */
interface ReadyWrite extends RecordWrite {
  readonly after: RecordObject;
}

/**
 * Runs `repair` on one release.
 *
 * Records are written in order, each only if it was not modified since it was read. At a modified record the
 * repair stops: the earlier ones stay written, and running the repair again continues.
 *
 * @throws SkegError of kind `not-found` without records, of kind `conflict` when another program is at work.
 */
export async function runRepair<Options>(
  env: Environment,
  repair: Repair<Options>,
  release: string,
  options: Options & RepairOptions,
): Promise<RepairReport> {
  const raw = rawRecords(env);
  const records = await readRecords(env, release);
  const { ready, ...decided } = readyWrites(raw, await repair.prepare(env, records, options));
  const report = {
    repair: repair.name,
    release,
    ...decided,
    records: ready.map(({ record }) => record.key),
    recordCount: records.records.length,
  };
  if (ready.length === 0) return { ...report, performed: false };
  const refuse = (): void => refuseIfAtWork(records.records, env.clock(), options.olderThanSeconds);
  if (options.yes !== true) return { ...report, performed: false, blocked: complaintOf(refuse) };
  refuse();
  if (options.backups === undefined) throw new SkegError("usage", "a repair needs a place for its backup");
  const backup = await backUp(env, options.backups, repair.name, records, ready.map(({ after }) => after));
  await writeAll(env, raw, ready, backup);
  return { ...report, performed: true, backup };
}

/** Creates the objects to write. A record that cannot be stored is not changed; a note replaces its changes. */
function readyWrites(
  raw: RawRecords,
  prepared: PreparedRepair,
): Pick<RepairReport, "changes" | "notes"> & { readonly ready: readonly ReadyWrite[] } {
  const ready: ReadyWrite[] = [];
  const notes = [...prepared.notes];
  for (const write of prepared.writes) {
    try {
      ready.push({ ...write, after: checkedObject(raw, write) });
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind !== "record") throw error;
      const { key } = write.record;
      notes.push({ record: key, subject: "", text: messageOf(error), unsolved: true, hint: error.hint ?? "" });
    }
  }
  const written = new Set(ready.map(({ record }) => record.key));
  return { ready, notes, changes: prepared.changes.filter(({ record }) => written.has(record)) };
}

/** Creates the object to write, and decodes it again to check that it holds the same release. */
function checkedObject(raw: RawRecords, { record, release }: RecordWrite): RecordObject {
  const after = raw.withRelease(record.object, release);
  const envelope = after.data?.release ?? "";
  const stored = decodeRecord(raw.kind === "Secret" ? atob(envelope) : envelope);
  const [wanted, found] = [encodeRelease(release), encodeRelease(stored)];
  if (wanted.length !== found.length || wanted.some((byte, at) => byte !== found[at])) {
    throw new SkegError("record", `the new record of ${record.key} does not decode to the same release`);
  }
  return after;
}

async function writeAll(
  env: Environment,
  raw: RawRecords,
  writes: readonly ReadyWrite[],
  backup: string,
): Promise<void> {
  for (const [index, { record, release, after }] of writes.entries()) {
    try {
      env.signal?.throwIfAborted();
      await raw.replace(after, recordOptions(env));
    } catch (error) {
      const done = `${index} of ${writes.length} records ${
        index === 1 ? "was" : "were"
      } written; the backup is ${backup}`;
      throw stopped(record.key, env.signal?.aborted === true ? asAborted(error) : error, done);
    }
    env.report({ type: "record", release, verb: "update" });
  }
}

function asAborted(error: unknown): SkegError {
  if (error instanceof SkegError && error.kind === "aborted") return error;
  return new SkegError("aborted", messageOf(error), { cause: error });
}

function stopped(key: string, error: unknown, done: string): SkegError {
  const kind = error instanceof SkegError ? error.kind : "record";
  const what = kind === "conflict"
    ? `${key} was modified by another client since it was read`
    : kind === "not-found"
    ? `${key} was deleted since it was read`
    : `cannot write ${key}: ${messageOf(error)}`;
  const isMoved = kind === "conflict" || kind === "not-found";
  const own = error instanceof SkegError && !isMoved ? error.hint : undefined;
  return new SkegError(kind, `${what}. ${done}`, {
    cause: error,
    hint: own ?? "Check the preview, then run the repair again: it continues with the remaining records.",
    exitCode: error instanceof SkegError ? error.exitCode : undefined,
  });
}

function complaintOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
