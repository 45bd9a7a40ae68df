/**
 * R4: a release has several DEPLOYED revisions.
 *
 * @module
 */
import { asInText, soleRevision } from "./as_in.ts";
import type { DoctorCheck } from "./examination.ts";
import { propose } from "./repairs.ts";
import { deployedRecords, recordFact, revisionsText } from "./states.ts";

/** Revisions that are compared with the live objects. */
const COMPARED_MAX = 6;

/** R4. */
export const severalDeployed: DoctorCheck = {
  id: "R4",
  name: "several-deployed",
  scope: "release",
  async look(examination, release) {
    const deployed = deployedRecords(release);
    if (deployed.length < 2) return [];
    const compared = deployed.slice(-COMPARED_MAX);
    const summary = await release.asIn(compared);
    const live = summary === undefined ? undefined : soleRevision(summary);
    const revisions = deployed.map(({ entry }) => entry.revision);
    return [{
      severity: "broken",
      title: `${revisionsText(revisions)} are DEPLOYED, and only one should be`,
      revision: revisions.at(-1),
      evidence: [
        ...compared.map((record) => recordFact(record, examination.now)),
        {
          source: "live objects",
          text: summary === undefined ? "not compared: a manifest cannot be read" : asInText(summary),
        },
      ],
      consequence:
        "lists show the release more than once, pruning may delete the revision that runs, and a rollback or a " +
        "deletion acts on more revisions than expected",
      repairs: propose(release.store, {
        fix: "dedupe",
        release: release.name,
        flags: live === undefined ? `--trust-me ${revisions.at(-1)}` : "",
        effect: live === undefined
          ? "keeps the newest of them DEPLOYED by your word, because the live objects do not tell; the others become SUPERSEDED"
          : `keeps revision ${live} DEPLOYED, which the live objects are as in; the others become SUPERSEDED`,
        byHand: `set the label STATUS of all but one of these records to SUPERSEDED`,
      }),
    }];
  },
};
