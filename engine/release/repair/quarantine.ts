/**
 * `quarantine`: takes records that cannot be decoded out of Tiller's sight.
 *
 * @module
 */
import { QUARANTINE, readKey } from "../../../storage/mod.ts";
import type { Environment } from "../environment.ts";
import { change } from "./mark.ts";
import { rawRecords } from "./records.ts";
import {
  nothingToDo,
  type PreparedRepair,
  type ReleaseRecords,
  type Repair,
  type RepairChange,
  type RepairNote,
  type StoredRecord,
} from "./repair.ts";

/** Options of `quarantine`. */
export interface QuarantineOptions {
  /** Only this revision; 0 or absent: all that cannot be decoded. */
  readonly revision?: number | undefined;
}

/** The repair. Data stays; the object keeps its name, so its revision number stays taken. */
export const quarantine: Repair<QuarantineOptions> = { name: "quarantine", prepare };

function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  { revision = 0 }: QuarantineOptions,
): Promise<PreparedRepair> {
  const broken = records.filter((record) =>
    record.release === undefined && (revision === 0 || record.revision === revision)
  );
  if (broken.length === 0) {
    return Promise.resolve(nothingToDo(name, revision === 0 ? "all records can be decoded" : "it can be decoded"));
  }
  // A row of a database has no further labels.
  const hasLabels = rawRecords(env).kind !== "SQL";
  const writes = broken.map((record) => ({
    record,
    labels: { OWNER: QUARANTINE, ...hasLabels ? copies(record) : {} },
  }));
  return Promise.resolve({
    changes: writes.flatMap(({ record, labels }) =>
      Object.entries(labels).map(([label, value]): RepairChange =>
        change(record, `label ${label}`, record.object.metadata?.labels?.[label] ?? "none", value)
      )
    ),
    notes: broken.map((record): RepairNote => ({
      record: record.key,
      subject: "",
      text: record.problem ?? "it cannot be decoded",
      unsolved: false,
      hint: record === records.at(-1)
        ? `Tiller's next upgrade will say that ${record.key} exists. Upgrade once with this program: it takes the next number.`
        : "",
    })),
    writes,
  });
}

/** Copies of the labels that tell the release and the revision, by which a person finds the record again. */
function copies({ key, revision, object }: StoredRecord): Record<string, string> {
  const { NAME, VERSION } = object.metadata?.labels ?? {};
  return { "skeg.dev/name": NAME || readKey(key)?.name || "", "skeg.dev/version": VERSION || String(revision) };
}
