/**
 * Gives revisions the status SUPERSEDED.
 *
 * @module
 */
import { change, labelWrite, markRecord } from "./mark.ts";
import type { PreparedRepair, RecordWrite, RepairChange, StoredRecord } from "./repair.ts";

/** Returns the writes that make records SUPERSEDED. Of one that cannot be decoded, only the label is changed. */
export function supersedeAll(records: readonly StoredRecord[]): PreparedRepair {
  const changes: RepairChange[] = [];
  const writes: RecordWrite[] = [];
  for (const record of records) {
    const { release, object } = record;
    if (release === undefined) {
      changes.push(change(record, "label STATUS", object.metadata?.labels?.["STATUS"] ?? "none", "SUPERSEDED"));
      writes.push(labelWrite(record, "SUPERSEDED"));
      continue;
    }
    const marked = markRecord(record, release, "SUPERSEDED");
    changes.push(...marked.changes);
    writes.push(marked.write);
  }
  return { changes, notes: [], writes };
}
