/**
 * R12: revisions are missing in the middle of a history. Missing at its beginning is normal: old revisions are pruned.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import { revisionsText, someOf } from "./states.ts";

/** R12. */
export const historyGaps: DoctorCheck = {
  id: "R12",
  name: "history-gaps",
  scope: "release",
  look(_, { records, name, store }) {
    const revisions = records.map(({ entry }) => entry.revision);
    const missing = revisions.flatMap((revision, at) => {
      const before = revisions[at - 1] ?? revision - 1;
      return Array.from({ length: Math.min(revision - before - 1, 1000) }, (_, more) => before + 1 + more);
    });
    if (missing.length === 0) return Promise.resolve([]);
    const aside = store.strays.filter((entry) => entry.name === name && missing.includes(entry.revision));
    return Promise.resolve([{
      severity: "note",
      title: missing.length <= 5
        ? `${revisionsText(missing)} ${missing.length === 1 ? "is" : "are"} missing in the history`
        : `${missing.length} revisions are missing in the history`,
      evidence: [
        { source: "history", text: `it has ${revisionsText(revisions.length <= 8 ? revisions : revisions.slice(-8))}` },
        ...aside.length === 0 ? [] : [{
          source: "labels",
          text: `${someOf(aside.map(({ key }) => key))} exist without the label OWNER=TILLER`,
        }],
      ],
      consequence: "a rollback to a missing revision fails",
      noRepair: "a deleted record cannot be made again; a limit of the history, or a person, deleted it",
    }]);
  },
};
