/**
 * R22: the release was migrated to Helm 3, and its records of Helm 2 are still there.
 *
 * @module
 */
import { type BothWorlds, helm3Facts, lookAtBothWorlds } from "./_both_worlds.ts";
import type { DoctorCheck } from "./examination.ts";
import type { FindingDetails, ProposedRepair } from "./finding.ts";
import type { MigrationJournal } from "../_migration_journals.ts";
import type { RecordStore } from "./inventory.ts";
import { proposeCommand } from "./repairs.ts";
import { migrateCommand } from "../helm3/command_line.ts";

/** R22. */
export const migrated: DoctorCheck = {
  id: "R22",
  name: "migrated",
  scope: "release",
  async look(examination, release) {
    const worlds = await lookAtBothWorlds(examination, release);
    if (worlds?.journal === undefined) return [];
    const evidence = helm3Facts(examination, release, worlds);
    const state = unfinished(worlds.journal, release) ?? stateOf(worlds, release.name, release.store);
    return [{ ...state, evidence }];
  },
};

type State = Pick<FindingDetails, "severity" | "title" | "consequence" | "repairs">;

/** Returns the state of a migration, or of the way back, that was stopped; `undefined` if it was not. */
function unfinished(
  { state }: MigrationJournal,
  { name, store }: { readonly name: string; readonly store: RecordStore },
): State | undefined {
  if (state === "going-back") {
    return {
      severity: "warning",
      title: "the way back from Helm 3 has begun and has not ended",
      consequence: "records of both programs are there, and neither set is complete",
      repairs: [proposeCommand(store, `skeg migrate helm3 back ${name} --yes`, "goes on where it stopped")],
    };
  }
  if (state !== "writing") return undefined;
  return {
    severity: "warning",
    title: "a migration to Helm 3 has begun and has not ended",
    consequence: "Helm 3 may have the newest revisions already, and both programs can change the release",
    repairs: [
      proposeCommand(store, migrateCommand(name, "--yes"), "goes on where it stopped"),
      back(store, name),
    ],
  };
}

/** Returns the state of a release that was migrated. */
function stateOf({ namespace, own, newest, records }: BothWorlds, name: string, store: RecordStore): State {
  if (newest === undefined || newest.status === "uninstalled") {
    return {
      severity: "warning",
      title: `the release was migrated to Helm 3, which ${
        newest === undefined ? "has no record of it now" : "has uninstalled it since"
      }`,
      consequence:
        "lists here show a release whose objects are gone, and a Tiller can still act on what has their names",
      repairs: [
        proposeCommand(
          store,
          `skeg migrate helm3 finish ${name}`,
          "removes the records of Helm 2 and no object; they stay in the archive",
        ),
        ...newest === undefined
          ? [
            proposeCommand(
              store,
              migrateCommand(name, "--yes"),
              "writes the records of Helm 3 again, if it was not uninstalled",
            ),
          ]
          : [],
      ],
    };
  }
  if (own > newest.revision) {
    return {
      severity: "warning",
      title:
        `the release was migrated to Helm 3 at revision ${newest.revision}, and Helm 2 has gone on to revision ${own}`,
      consequence: "Helm 3's next upgrade does not know what was changed since, and undoes it",
      repairs: [back(store, name), verify(store, name)],
    };
  }
  const isSettled = records.some(({ status }) => status === "deployed");
  return {
    severity: "note",
    title: newest.revision > own
      ? `the release was migrated to Helm 3, which has gone on to revision ${newest.revision}`
      : `the release was migrated to Helm 3 in namespace ${namespace}`,
    consequence: "changes here are refused; a Tiller would still make them" +
      (isSettled ? "" : `. No revision of Helm 3 is deployed: the newest is ${newest.status || "without a status"}`),
    repairs: [
      verify(store, name),
      proposeCommand(
        store,
        `skeg migrate helm3 finish ${name}`,
        "removes the records of Helm 2, if Helm 3 has settled",
      ),
      back(store, name),
    ],
  };
}

function verify(store: RecordStore, name: string): ProposedRepair {
  return proposeCommand(
    store,
    `skeg migrate helm3 verify ${name}`,
    "compares both sets of records, and changes nothing",
  );
}

function back(store: RecordStore, name: string): ProposedRepair {
  return proposeCommand(
    store,
    `skeg migrate helm3 back ${name}`,
    "gives the release back to Helm 2, if it is to stay here",
  );
}
