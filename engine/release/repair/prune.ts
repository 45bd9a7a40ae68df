/**
 * `prune`: deletes the oldest revisions.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Environment } from "../environment.ts";
import { openStatus } from "./at_work.ts";
import { change, isDeployed } from "./mark.ts";
import { ranLast } from "./ran_last.ts";
import {
  nothingToDo,
  type PreparedRepair,
  type ReleaseRecords,
  type Repair,
  type RepairNote,
  statusOf,
  type StoredRecord,
} from "./repair.ts";

/** Options of `prune`. */
export interface PruneOptions {
  /** Revisions that stay, at least 1. More stay when they may not be deleted. */
  readonly keep: number;
}

/** With `all`, the caller named no release: only releases that were deleted are pruned. */
type PruneChoices = PruneOptions & { readonly all?: boolean | undefined };

/** The repair. */
export const prune: Repair<PruneOptions> = { name: "prune", prepare };

function prepare(
  _: Environment,
  { name, records }: ReleaseRecords,
  { keep, all }: PruneChoices,
): Promise<PreparedRepair> {
  if (!Number.isInteger(keep) || keep < 1) {
    throw new SkegError("usage", `cannot keep ${keep} revisions: the least is 1`);
  }
  const newest = records.at(-1);
  if (newest === undefined || records.length <= keep) {
    return Promise.resolve(nothingToDo(newest?.key ?? name, `it has ${records.length} revisions`));
  }
  // Records of a release with live objects are never deleted without its name.
  if (all === true && statusOf(newest) !== "DELETED") {
    const hint = `Run 'skeg repair prune ${name} --keep ${keep}'.`;
    return Promise.resolve(
      nothingToDo(newest.key, "the release may have live objects: it is pruned by name only", hint),
    );
  }
  const needed = neededRecords(records, newest);
  const spare = records.filter((record) => !needed.has(record)).slice(0, records.length - keep);
  const notes = [...needed].filter(([record, why]) => why !== "" && records.indexOf(record) < records.length - keep)
    .map(([record, text]): RepairNote => ({ record: record.key, subject: "", text, unsolved: false, hint: "" }));
  return Promise.resolve({
    changes: spare.map((record) => change(record, "record", statusOf(record) || "unknown", "deleted")),
    notes,
    writes: spare.map((record) => ({ verb: "delete", record })),
  });
}

/** Returns the records that may not be deleted, with the reason; the reason is empty for the newest one. */
function neededRecords(records: readonly StoredRecord[], newest: StoredRecord): Map<StoredRecord, string> {
  const needed = new Map<StoredRecord, string>([[newest, ""]]);
  for (const record of records) {
    if (record === newest) continue;
    if (isDeployed(record)) needed.set(record, "it stays: it is DEPLOYED");
    else if (record.release === undefined) needed.set(record, `it stays: ${record.problem}`);
  }
  for (const record of ranLast(records)) {
    if (!needed.has(record)) needed.set(record, "it stays: nothing is DEPLOYED, and it may be the one that is live");
  }
  if (openStatus(newest) === undefined) return needed;
  // An interrupted operation came from the DEPLOYED revisions, from the one before it, or from the target of a rollback.
  const [, target] = /^Rollback to (\d+)$/.exec(newest.release?.info.description ?? "") ?? [];
  for (const record of [records.at(-2), records.find(({ revision }) => revision === Number(target ?? 0))]) {
    if (record !== undefined && !needed.has(record)) needed.set(record, `it stays: ${newest.key} came from it`);
  }
  return needed;
}
