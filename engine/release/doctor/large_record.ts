/**
 * R14: a record that is nearly, or already, too large for an object of the cluster.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import { RECORD_BYTES_MAX, recordParts } from "../../../storage/mod.ts";
import type { DoctorCheck } from "./examination.ts";
import type { FindingFact } from "./finding.ts";
import { hasRepair, propose } from "./repairs.ts";

/** Above this size in bytes, a few more lines in the chart may be too many. */
const LARGE_BYTES = 900 * 1024;
/** Parts that are named. */
const NAMED_MAX = 5;

/** R14. */
export const largeRecord: DoctorCheck = {
  id: "R14",
  name: "large-record",
  scope: "release",
  async look(_, release) {
    const { newest, store, name } = release;
    const size = newest.textBytes ?? 0;
    if (size <= LARGE_BYTES) return [];
    const isTooLarge = size > RECORD_BYTES_MAX;
    const isSql = store.storage === "sql";
    return [{
      // A database has no such limit.
      severity: isSql ? "note" : isTooLarge ? "broken" : "warning",
      title: `the record of revision ${newest.entry.revision} has ${kilobytes(size)}, and an object holds ` +
        `${kilobytes(RECORD_BYTES_MAX)} at most`,
      revision: newest.entry.revision,
      evidence: [
        { source: `data of ${newest.entry.key}`, text: `${size} bytes` },
        ...partFacts((await release.content(newest))?.release),
      ],
      consequence: isSql
        ? "the record cannot be moved out of the database"
        : "a larger record cannot be stored: the next upgrade is not recorded, and Tiller changes the objects all the same",
      repairs: [
        {
          command: "",
          effect: "keep files that no template reads out of the chart, with .helmignore; Secrets have the same limit",
        },
        ...hasRepair("slim")
          ? propose(store, { fix: "slim", release: name, effect: "takes the chart's files out of old revisions" })
          : [],
      ],
    }];
  },
};

function partFacts(release: Release | undefined): FindingFact[] {
  if (release === undefined) return [];
  const largest = recordParts(release).toSorted((a, b) => b.sizeBytes - a.sizeBytes).slice(0, NAMED_MAX);
  return [{
    source: "largest parts, before compression",
    text: largest.map(({ name, sizeBytes }) => `${name} (${kilobytes(sizeBytes)})`).join(", "),
  }];
}

function kilobytes(sizeBytes: number): string {
  return `${Math.ceil(sizeBytes / 1024)} kB`;
}
