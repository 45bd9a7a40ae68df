/**
 * R2: an upgrade or a rollback was interrupted, and its record is PENDING.
 *
 * @module
 */
import { type AsInSummary, asInText, soleRevision } from "./as_in.ts";
import type { RecordFacts } from "./contents.ts";
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import type { ProposedRepair } from "./finding.ts";
import { propose, proposeCommand } from "./repairs.ts";
import { deployedRecords, hookFacts, isRecent, recordFact, tillerFacts } from "./states.ts";

/** R2. */
export const pendingUpgrade: DoctorCheck = {
  id: "R2",
  name: "pending-upgrade",
  scope: "release",
  async look(examination, release) {
    const { newest, records } = release;
    const { status } = newest;
    const { revision } = newest.entry;
    if (status !== "PENDING_UPGRADE" && status !== "PENDING_ROLLBACK") return [];
    const operation = status === "PENDING_UPGRADE" ? "upgrade" : "rollback";
    const old = deployedRecords(release).at(-1) ?? records.findLast((record) => record.status === "SUPERSEDED");
    const summary = old === undefined ? undefined : await release.asIn([old, newest]);
    const evidence = [
      recordFact(newest, examination.now),
      ...old === undefined ? [] : [recordFact(old, examination.now)],
      {
        source: "live objects",
        text: summary === undefined ? "not compared: there are no two manifests to compare" : asInText(summary),
      },
      ...await hookFacts(release, newest, operation === "upgrade" ? /upgrade$/ : /rollback$/),
      ...await tillerFacts(examination, newest),
    ];
    if (isRecent(newest, examination)) {
      return [{
        severity: "note",
        title: `${operation === "upgrade" ? "an upgrade" : "a rollback"} to revision ${revision} is running, or was ` +
          "interrupted a short time ago",
        revision,
        evidence,
        consequence: "none while the operation is running",
        noRepair: "wait until the operation has ended",
      }];
    }
    return [{
      severity: "broken",
      title: `the ${operation} was interrupted: revision ${revision} is ${status}` +
        (old?.status === "DEPLOYED" ? `, and revision ${old.entry.revision} is DEPLOYED` : ""),
      revision,
      evidence,
      consequence: "Tiller refuses every upgrade: another operation is in progress",
      repairs: repairsFor(release, old, summary),
    }];
  },
};

function repairsFor(
  { store, name, newest }: ExaminedRelease,
  old: RecordFacts | undefined,
  summary: AsInSummary | undefined,
): ProposedRepair[] {
  const { revision } = newest.entry;
  const isDone = summary !== undefined && soleRevision(summary) === revision && summary.missing.length === 0;
  const failed = propose(store, {
    fix: "settle",
    release: name,
    flags: "--as failed",
    effect: `marks revision ${revision} FAILED${
      old === undefined ? "" : `; revision ${old.entry.revision} stays ${old.status}`
    }`,
  });
  const deployed = propose(store, {
    fix: "settle",
    release: name,
    flags: "--as deployed",
    effect: `marks revision ${revision} DEPLOYED, and others SUPERSEDED: the objects are as in it`,
  });
  const target = old?.entry.revision ?? revision;
  const back = proposeCommand(
    store,
    `skeg rollback ${name} ${target}`,
    `rolls back to revision ${target}, which a pending revision does not stop`,
  );
  if (isDone) return [...deployed, ...failed, back];
  // Without a DEPLOYED revision, a FAILED one would leave the release without any.
  return old?.status === "DEPLOYED" ? [...failed, back] : [back, ...failed];
}
