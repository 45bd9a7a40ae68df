/**
 * R9: a record that cannot be decoded, or that a repair put in quarantine.
 *
 * @module
 */
import { QUARANTINE, readKey } from "../../../storage/mod.ts";
import type { ReadRecord } from "./contents.ts";
import { damageOf } from "./damage.ts";
import type { DoctorCheck, Examination, PlacedFinding } from "./examination.ts";
import type { RecordStore } from "./inventory.ts";
import { propose } from "./repairs.ts";

/** R9. */
export const undecodable: DoctorCheck = {
  id: "R9",
  name: "undecodable",
  scope: "release",
  async look(_, release) {
    const broken = release.records.filter(({ problem }) => problem !== undefined);
    return await Promise.all(broken.map(async (record) => {
      const { key, revision, labels } = record.entry;
      const read = await release.content(record) as ReadRecord | undefined;
      const damage = damageOf(read?.text ?? "");
      const isNewest = record === release.records.at(-1);
      const hasOther = release.records.some(({ problem }) => problem === undefined);
      const labelText = ["NAME", "VERSION", "STATUS"].map((label) => `${label}=${labels[label] ?? ""}`).join(", ");
      return {
        severity: "broken",
        title: `the record of revision ${revision} cannot be decoded`,
        revision,
        evidence: [
          { source: `record ${key}`, text: record.problem ?? "" },
          { source: `labels of ${key}`, text: labelText },
          ...damage.lines.map((text) => ({ source: `data of ${key}`, text })),
        ],
        consequence: (read?.text ?? "") === ""
          ? "Tiller crashes when it reads this record"
          : "Tiller skips this record without a message: the history has a hole" +
            (isNewest ? `, and the next upgrade fails because revision ${revision} already exists` : ""),
        repairs: propose(
          release.store,
          // Without its manifest, a record is of no use.
          !damage.hasManifest || damage.needsOther && !hasOther ? undefined : {
            fix: "salvage",
            release: release.name,
            flags: `--revision ${revision}`,
            effect: "writes the record anew from what can be read; missing parts come from the nearest revision",
          },
          {
            fix: "quarantine",
            release: release.name,
            flags: `--revision ${revision}`,
            effect: "takes the record out of Tiller's sight; its data and its revision number stay",
            byHand: `set the label OWNER of ${key} to TILLER-QUARANTINE: Tiller does not see the record then`,
          },
        ),
      };
    }));
  },
};

/** R9, for records in quarantine: no command reads them, and their release may run. */
export const quarantined: DoctorCheck = {
  id: "R9",
  name: "undecodable",
  scope: "store",
  look: ({ stores, options }, store) => Promise.resolve(inQuarantine(stores, store, options.release)),
};

function inQuarantine(
  stores: Examination["stores"],
  store: RecordStore,
  wanted: string | undefined,
): readonly PlacedFinding[] {
  return store.strays.flatMap(({ key, labels }): PlacedFinding[] => {
    const { name: release, revision } = readKey(key) ?? {};
    if (labels.OWNER !== QUARANTINE || release === undefined || (wanted ?? release) !== release) return [];
    const isOnly = !stores.some(({ entries }) => entries.some(({ name }) => name === release));
    return [{
      severity: isOnly ? "warning" : "note",
      title: `the record of revision ${revision} is in quarantine` + (isOnly ? ", and the release has no other" : ""),
      release,
      revision,
      store,
      evidence: [{ source: `labels of ${key}`, text: `OWNER is ${QUARANTINE}` }],
      consequence: isOnly
        ? "no command finds the release, and its objects may run: they are no orphans"
        : "no command reads this revision, and its number stays taken",
      noRepair: "Nothing mends it: the data cannot be decoded. " +
        "'skeg repair undo' with the backup of the quarantine brings the label OWNER=TILLER back.",
    }];
  });
}
