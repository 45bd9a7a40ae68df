/**
 * Performs a repair on one release: read, decide; with `yes`, back up and write.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { encodeRelease, type RawRecords, type RecordObject, withoutServerFields } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { withLease } from "../lease.ts";
import type { Release } from "../../model/mod.ts";
import { type AtWorkOptions, refuseIfBusy } from "./at_work.ts";
import { backUp, type BackupStore, type PlannedRecord } from "./backups.ts";
import { describeObject } from "../object_names.ts";
import { deleteObjects, deletionChange, inOrderOfDeletion } from "./object_deletion.ts";
import { withMaskedTexts } from "./masked_texts.ts";
import { rawRecords, readObjects, readRecords } from "./records.ts";
import type {
  PreparedRepair,
  RecordChange,
  RecordCreation,
  RecordWrite,
  ReleaseRecords,
  Repair,
  RepairChange,
  RepairNote,
  RepairOperation,
} from "./repair.ts";
import { messageOf } from "../../base/mod.ts";

/** Options of every repair. */
export interface RepairOptions extends AtWorkOptions {
  /** True to write. Default false: only reports the planned writes. */
  readonly yes?: boolean | undefined;
  /** Store for the backup; required with `yes`. */
  readonly backups?: BackupStore | undefined;
  /**
   * Called with the planned writes before the backup; throws when they are not the ones that were agreed on, such as those
   * of a plan.
   */
  readonly check?: ((writes: PlannedRepair) => Promise<void>) | undefined;
}

/** The writes that a repair has decided on, and the records that it read. */
export interface PlannedRepair {
  /** All records of the release, oldest first. */
  readonly records: ReleaseRecords;
  /** In their order. */
  readonly writes: readonly PlannedRecord[];
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
  /** Keys of the records that were written or deleted, or would be. */
  readonly records: readonly string[];
  /** Keys of those of them that were deleted, or would be. */
  readonly deleted: readonly string[];
  /** Objects that were deleted, or would be, in words: `Job "web-init" in namespace "blue"`. */
  readonly objects: readonly string[];
  /** The operation that follows the writes, in words; absent when there is none. */
  readonly operation?: string | undefined;
  /** Number of records of the release. */
  readonly recordCount: number;
  /** For previews: the reason why the records would not be written now, such as another running program. */
  readonly blocked?: string | undefined;
  /** Path of the backup; absent in previews, and when nothing was written. */
  readonly backup?: string | undefined;
}

/** A write with the resulting object. */
interface ReadyWrite extends PlannedRecord {
  /** The object as it was read. */
  readonly before: RecordObject;
  /** The release in the record, for reports of progress; absent when it cannot be decoded. */
  readonly release?: Release | undefined;
}

/** The writes, deletions and operation of a repair, and its report. */
interface Decision extends PlannedRepair {
  readonly writes: readonly ReadyWrite[];
  readonly deletions: ReturnType<typeof inOrderOfDeletion>;
  readonly operation?: RepairOperation | undefined;
  /** Without its outcome. */
  readonly report: Omit<RepairReport, "performed">;
  /** True if there is nothing to do. */
  readonly isEmpty: boolean;
}

/**
 * Runs `repair` on one release.
 *
 * With `yes`, the release's lease is held from before the records are read until the end. Helm 2 and Tiller do not look at
 * leases, so the whole history is compared with what was read once more before the first write.
 *
 * Records are written in order, each only if it was not modified since it was read. At a modified record the
 * repair stops: the earlier ones stay written, and running the repair again continues.
 *
 * @throws SkegError of kind `not-found` without records, of kind `conflict` when another program is at work, the repair's
 * conditions do not hold, or another client changes the history meanwhile.
 */
export async function runRepair<Options>(
  env: Environment,
  repair: Repair<Options>,
  release: string,
  options: Options & RepairOptions,
): Promise<RepairReport> {
  if (options.yes === true) {
    const work = { name: release, operation: `repair ${repair.name}` };
    return await withLease(env, work, (inner) => performRepair(inner, repair, release, options));
  }
  const decision = await decide(env, repair, release, options);
  const { records, report } = decision;
  if (decision.isEmpty) return { ...report, performed: false };
  await options.check?.(decision);
  const blocked = await complaintOf(() => refuseIfBusy(env, records.records, options));
  return { ...report, performed: false, blocked };
}

/** Reads the records and decides on the writes. Writes nothing. */
async function decide<Options>(
  env: Environment,
  repair: Repair<Options>,
  release: string,
  options: Options & RepairOptions,
): Promise<Decision> {
  const records = repair.withoutRecords === true
    ? { name: release, records: [] }
    : await readRecords(env, release, { unlabelled: repair.readsUnlabelled });
  const prepared = await repair.prepare(env, records, options);
  const { ready, ...decided } = await readyWrites(rawRecords(env), prepared);
  const { operation } = prepared;
  const deletions = inOrderOfDeletion(prepared.deletions ?? []);
  const report = {
    repair: repair.name,
    release,
    ...decided,
    changes: [
      ...deletions.map((one) => deletionChange(one, env.clock().seconds)),
      ...withMaskedTexts(decided.changes, records),
    ],
    objects: deletions.map(({ info }) => describeObject(info)),
    records: ready.map(({ key }) => key),
    deleted: ready.filter(({ verb }) => verb === "delete").map(({ key }) => key),
    recordCount: records.records.length,
    ...operation === undefined ? {} : { operation: operation.text },
  };
  const isEmpty = ready.length === 0 && operation === undefined && deletions.length === 0;
  return { records, writes: ready, deletions, operation, report, isEmpty };
}

/** Runs a repair with writes, while the lease is held. */
async function performRepair<Options>(
  env: Environment,
  repair: Repair<Options>,
  release: string,
  options: Options & RepairOptions,
): Promise<RepairReport> {
  const decision = await decide(env, repair, release, options);
  const { records, writes, deletions, operation, report } = decision;
  if (decision.isEmpty) return { ...report, performed: false };
  await refuseIfBusy(env, records.records, options);
  await options.check?.(decision);
  const { backups } = options;
  if (backups === undefined) throw new SkegError("usage", "a repair needs a place for its backup");
  const backup = await backUp(env, backups, repair.name, records, writes, deletions.map(({ object }) => object));
  await refuseOtherHistory(env, records, repair.readsUnlabelled);
  // Objects first: a record says what is left to delete.
  await deleteObjects(env, deletions, backup);
  await writeAll(env, rawRecords(env), writes, backup);
  if (operation !== undefined) await runOperation(env, operation, backup);
  return { ...report, performed: true, backup };
}

/**
 * Throws if the release has other records than those that were read, or a record was modified. Each write is guarded by its
 * own record's version alone, and a new revision may make it wrong: such as a second DEPLOYED one.
 */
async function refuseOtherHistory(
  env: Environment,
  { name, records }: ReleaseRecords,
  unlabelled: boolean | undefined,
): Promise<void> {
  const before = new Map(records.map(({ key, object }) => [key, versionOf(object)]));
  const found = await readObjects(env, name, { unlabelled });
  const now = new Map(found.map((object) => [object.metadata?.name ?? "", versionOf(object)]));
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter((key) => before.get(key) !== now.get(key));
  if (changed.length === 0) return;
  throw new SkegError(
    "conflict",
    `another client changed ${changed.join(", ")} since the records were read; nothing was written`,
    { hint: "Wait until no other operation works on the release, check the preview, then run the repair again." },
  );
}

function versionOf({ metadata }: RecordObject): string {
  return `${metadata?.uid ?? ""} ${metadata?.resourceVersion ?? ""}`;
}

/** Creates the objects to write. A record that cannot be stored is not changed; a note replaces its changes. */
async function readyWrites(
  raw: RawRecords,
  prepared: PreparedRepair,
): Promise<Pick<RepairReport, "changes" | "notes"> & { readonly ready: readonly ReadyWrite[] }> {
  const ready: ReadyWrite[] = [];
  const notes = [...prepared.notes];
  const failed = new Set<string>();
  for (const write of prepared.writes) {
    try {
      ready.push(await readyWrite(raw, write));
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind !== "record") throw error;
      const { key } = write.record;
      failed.add(key);
      notes.push({ record: key, subject: "", text: messageOf(error), unsolved: true, hint: error.hint ?? "" });
    }
  }
  return { ready, notes, changes: prepared.changes.filter(({ record }) => !failed.has(record)) };
}

async function readyWrite(raw: RawRecords, write: RecordWrite): Promise<ReadyWrite> {
  const { record } = write;
  const { key, object: before } = record;
  switch (write.verb) {
    case "delete":
      return { verb: "delete", key, before, release: record.release };
    case "create":
      return { verb: "create", key: write.key, before, after: movedObject(write), release: record.release };
    default:
      return {
        verb: "update",
        key,
        before,
        after: await changedObject(raw, write),
        release: write.release ?? record.release,
      };
  }
}

/** Creates the object to write; decodes a new release again to check that the object holds it. */
async function changedObject(raw: RawRecords, { record, release, labels }: RecordChange): Promise<RecordObject> {
  if (release === undefined) return withLabels(record.object, labels);
  const after = raw.withRelease(record.object, release);
  const [wanted, found] = [encodeRelease(release), encodeRelease(await raw.decode(after))];
  if (wanted.length !== found.length || wanted.some((byte, at) => byte !== found[at])) {
    throw new SkegError("record", `the new record of ${record.key} does not decode to the same release`);
  }
  return withLabels(after, labels);
}

function movedObject({ key, record, labels }: RecordCreation): RecordObject {
  const object = withoutServerFields(withLabels(record.object, labels));
  return { ...object, metadata: { ...object.metadata, name: key } };
}

function withLabels(object: RecordObject, changes: RecordChange["labels"] = {}): RecordObject {
  if (Object.keys(changes).length === 0) return object;
  const labels = Object.entries({ ...object.metadata?.labels, ...changes })
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...object, metadata: { ...object.metadata, labels: Object.fromEntries(labels) } };
}

async function writeAll(
  env: Environment,
  raw: RawRecords,
  writes: readonly ReadyWrite[],
  backup: string,
): Promise<void> {
  for (const [index, write] of writes.entries()) {
    const { key, verb, release } = write;
    try {
      env.signal?.throwIfAborted();
      await perform(env, raw, write);
    } catch (error) {
      const done = `${index} of ${writes.length} records ${
        index === 1 ? "was" : "were"
      } written; the backup is ${backup}`;
      throw stopped(key, env.signal?.aborted === true ? asAborted(error) : error, done);
    }
    if (release !== undefined) env.report({ type: "record", release, verb });
  }
}

async function perform(env: Environment, raw: RawRecords, { verb, before, after }: ReadyWrite): Promise<void> {
  if (verb === "delete" || after === undefined) await raw.remove(before, recordOptions(env));
  else if (verb === "create") await raw.create(after, recordOptions(env));
  else await raw.replace(after, recordOptions(env));
}

async function runOperation(env: Environment, { text, run }: RepairOperation, backup: string): Promise<void> {
  try {
    await run(env);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    const { kind, hint, exitCode } = error;
    throw new SkegError(kind, `${text} failed: ${error.message}. The backup is ${backup}`, {
      cause: error,
      hint,
      exitCode,
    });
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
    : kind === "exists"
    ? `${key} was created by another client since the records were read`
    : kind === "not-found"
    ? `${key} was deleted since it was read`
    : `cannot write ${key}: ${messageOf(error)}`;
  const isMoved = kind === "conflict" || kind === "not-found" || kind === "exists";
  const own = error instanceof SkegError && !isMoved ? error.hint : undefined;
  return new SkegError(kind, `${what}. ${done}`, {
    cause: error,
    hint: own ?? "Check the preview, then run the repair again: it continues with the remaining records.",
    exitCode: error instanceof SkegError ? error.exitCode : undefined,
  });
}

async function complaintOf(check: () => Promise<void>): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind !== "conflict") throw error;
    return messageOf(error);
  }
}
