/**
 * R2: an upgrade or a rollback was interrupted, and its record is PENDING.
 *
 * @module
 */
import { asInText, soleRevision } from "./as_in.ts";
import type { DoctorCheck } from "./examination.ts";
import { propose, proposeCommand } from "./repairs.ts";
import { deployedRecords, hookFacts, isRecent, recordFact, tillerFacts } from "./states.ts";

/** R2. */
export const pendingUpgrade: DoctorCheck = {
  id: "R2",
  name: "pending-upgrade",
  scope: "release",
  async look(examination, release) {
    const { newest, name, store, records } = release;
    const { status } = newest;
    const { revision } = newest.entry;
    if (status !== "PENDING_UPGRADE" && status !== "PENDING_ROLLBACK") return [];
    const operation = status === "PENDING_UPGRADE" ? "upgrade" : "rollback";
    const old = deployedRecords(release).at(-1) ?? records.filter((record) => record.status === "SUPERSEDED").at(-1);
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
    const isDone = summary !== undefined && soleRevision(summary) === revision && summary.missing.length === 0;
    const before = old === undefined ? "" : `; revision ${old.entry.revision} stays ${old.status}`;
    const failed = {
      fix: "settle",
      release: name,
      flags: "--as failed",
      effect: `marks revision ${revision} FAILED${before}`,
    };
    const deployed = {
      fix: "settle",
      release: name,
      flags: "--as deployed",
      effect: `marks revision ${revision} DEPLOYED, and others SUPERSEDED: the objects are as in it`,
    };
    const back = old?.entry.revision ?? revision;
    return [{
      severity: "broken",
      title: `the ${operation} was interrupted: revision ${revision} is ${status}` +
        (old?.status === "DEPLOYED" ? `, and revision ${old.entry.revision} is DEPLOYED` : ""),
      revision,
      evidence,
      consequence: "Tiller refuses every upgrade: another operation is in progress",
      repairs: [
        ...propose(store, ...isDone ? [deployed, failed] : [failed]),
        proposeCommand(
          store,
          `skeg rollback ${name} ${back}`,
          `rolls back to revision ${back}, which a pending revision does not stop`,
        ),
      ],
    }];
  },
};
