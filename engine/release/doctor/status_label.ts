/**
 * R10: the label STATUS of a record differs from the status in its content.
 *
 * Tiller looks for the DEPLOYED revision by the label, and lists by the content.
 *
 * @module
 */
import type { RecordFacts } from "./contents.ts";
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import type { FindingFact, ProposedRepair } from "./finding.ts";
import { propose } from "./repairs.ts";

/** R10. */
export const statusLabel: DoctorCheck = {
  id: "R10",
  name: "status-label",
  scope: "release",
  look(_, release) {
    const wrong = release.records.filter(({ content, status, entry }) =>
      content !== undefined && (entry.labels.STATUS ?? "") !== status
    );
    return Promise.resolve(wrong.map((record) => {
      const { entry, status } = record;
      const label = entry.labels.STATUS ?? "";
      const isFound = release.records.some((other) => other.entry.status === "DEPLOYED");
      const isLost = status === "DEPLOYED" && !isFound;
      return {
        severity: isLost ? "broken" : "warning",
        title: `revision ${entry.revision} is ${status} in its content, and ${
          label || "without a status"
        } by its label`,
        revision: entry.revision,
        evidence: evidenceOf(record),
        consequence: isLost
          ? "Tiller does not find the DEPLOYED revision: an upgrade is refused, although lists show the release as DEPLOYED"
          : "Tiller takes the label's status for upgrades, and the content's for lists",
        repairs: repairsOf(release, record),
      };
    }));
  },
};

function evidenceOf({ entry, status, content }: RecordFacts): FindingFact[] {
  const { STATUS, MODIFIED_AT } = entry.labels;
  const { statusWriter: writer } = entry;
  const modified = Number(MODIFIED_AT ?? Number.NaN);
  const description = content?.info.description ?? "";
  return [
    { source: `content of ${entry.key}`, text: `${status}${description === "" ? "" : `: ${description}`}` },
    { source: `labels of ${entry.key}`, text: `STATUS is ${STATUS ?? "missing"}` },
    ...writer === undefined ? [] : [{
      source: "managedFields",
      text: `the label was last set by ${JSON.stringify(writer.manager)}${
        writer.time === "" ? "" : ` at ${writer.time}`
      }`,
    }],
    ...Number.isFinite(modified)
      ? [{
        source: `labels of ${entry.key}`,
        text: `MODIFIED_AT: a release program wrote the record at ${
          new Date(modified * 1000).toISOString().slice(0, 19)
        }Z`,
      }]
      : [],
  ];
}

/** The label is right if it is the only one that says DEPLOYED: people set it to make upgrades possible again. */
function repairsOf({ store, name, records }: ExaminedRelease, { entry, status }: RecordFacts): ProposedRepair[] {
  const label = entry.labels.STATUS ?? "";
  const isOther = records.some((other) => other.entry !== entry && other.status === "DEPLOYED");
  const followLabel = {
    fix: "relabel",
    release: name,
    flags: "--truth label",
    effect: `writes ${label} into the content, if the live objects agree`,
  };
  const followContent = {
    fix: "relabel",
    release: name,
    flags: "--truth content",
    effect: `sets the label to ${status}`,
    byHand: `set the label STATUS of ${entry.key} to ${status}`,
  };
  return label === "DEPLOYED" && status !== "DEPLOYED" && !isOther
    ? propose(store, followLabel, followContent)
    : propose(store, followContent);
}
