/**
 * Changes the status of a record, in its content and its label.
 *
 * @module
 */
import type { Info, Release, StatusCode } from "../../model/mod.ts";
import type { RecordChange, RepairChange, StoredRecord } from "./repair.ts";

/** A change of one record's status. */
export interface MarkedRecord {
  /** For the report. */
  readonly changes: readonly RepairChange[];
  /** For the repair. */
  readonly write: RecordChange;
}

/**
 * Returns the write that gives a record another status. Its description tells the old one, and since when:
 * `Marked FAILED by skeg repair; was PENDING_UPGRADE since 2026-01-31T12:00:00Z`.
 *
 * A record that was being deleted loses the time of its deletion, unless the new status is DELETED.
 */
export function markRecord(record: StoredRecord, release: Release, status: StatusCode): MarkedRecord {
  const { info } = release;
  const before = info.status.code;
  const label = record.object.metadata?.labels?.["STATUS"];
  // The content may have the wanted status already: then only the label was wrong.
  if (before === status) return { changes: [labelChange(record, label, status)], write: labelWrite(record, status) };
  const description = `Marked ${status} by skeg repair; was ${before}${sinceText(info)}`;
  const { deleted, ...rest } = info;
  const kept: Info = deleted !== undefined && status === "DELETED" ? info : rest;
  const marked: Info = { ...kept, status: { ...info.status, code: status }, description };
  const changes: RepairChange[] = [
    {
      record: record.key,
      subject: "status",
      before,
      after: status,
      details: label === before ? [] : [`the label STATUS is ${label ?? "missing"}`],
    },
    change(record, "description", JSON.stringify(info.description), JSON.stringify(description)),
  ];
  if (deleted !== undefined && kept.deleted === undefined) {
    changes.push(change(record, "time of deletion", timeText(deleted.seconds), "none"));
  }
  return {
    changes,
    write: { record, release: { ...release, info: marked }, labels: { STATUS: status } },
  };
}

/** Returns the write that changes only the label STATUS. */
export function labelWrite(record: StoredRecord, status: StatusCode): RecordChange {
  return { record, labels: { STATUS: status } };
}

function labelChange(record: StoredRecord, before: string | undefined, after: string): RepairChange {
  return change(record, "label STATUS", before ?? "none", after);
}

/** Returns a change without details. */
export function change(
  { key }: Pick<StoredRecord, "key">,
  subject: string,
  before: string,
  after: string,
): RepairChange {
  return { record: key, subject, before, after, details: [] };
}

function sinceText({ deleted, lastDeployed, status }: Info): string {
  const since = status.code === "DELETING" ? deleted ?? lastDeployed : lastDeployed;
  return since === undefined || since.seconds <= 0 ? "" : ` since ${timeText(since.seconds)}`;
}

/** Returns a time such as `2026-01-31T12:00:00Z`. */
export function timeText(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? "an unknown time" : time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Returns the statuses that a record has by its label and by its content; one of them when they agree. */
export function statusesOf({ object, release }: StoredRecord): readonly string[] {
  const label = object.metadata?.labels?.["STATUS"];
  const all = [label, release?.info.status.code].filter((status): status is string => status !== undefined);
  return [...new Set(all)];
}

/** True if the label or the content says DEPLOYED. */
export function isDeployed(record: StoredRecord): boolean {
  return statusesOf(record).includes("DEPLOYED");
}
