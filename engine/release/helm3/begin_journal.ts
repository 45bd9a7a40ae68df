/**
 * The journal of a migration: as it begins, and as it ends.
 *
 * @module
 */
import type { Environment } from "../environment.ts";
import { archivedStorage } from "../repair/archive.ts";
import { rawRecords } from "../repair/records.ts";
import { timeOf } from "../transfer/export.ts";
import { addressOf, type PreparedAdoption } from "./adopt.ts";
import {
  type Helm3Journal,
  type JournalArchive,
  type JournalObject,
  newJournal,
  type StoredJournal,
  writeJournal,
} from "./journal.ts";
import type { MigrationChoices, ObjectAddress } from "./plan_types.ts";
import type { MigrationTools, PreparedMigration } from "./prepare.ts";

/** Writes what is to be done before anything of it is done. What an earlier run has set stays known. */
export async function beginJournal(
  env: Environment,
  { store, place }: MigrationTools,
  { plan, revisions, adoption, journal }: PreparedMigration,
  { archive, choices }: { readonly archive: JournalArchive; readonly choices: MigrationChoices },
): Promise<StoredJournal> {
  const before = journal?.journal.state === "finished" ? undefined : journal?.journal;
  const time = timeOf(env);
  const fresh = newJournal({
    release: plan.release,
    namespace: plan.namespace,
    storage: archivedStorage(rawRecords(env)),
    to: store.storage,
    state: "writing",
    begun: before?.begun ?? time,
    changed: time,
    archive,
    choices,
    revisions: revisions.map(({ plan: { key, uid, sourceSha256, target, targetSha256 } }) => ({
      key,
      uid,
      source: sourceSha256,
      target,
      json: targetSha256,
      state: "planned",
    })),
    objects: mergedObjects(adoption, before?.objects ?? []),
  });
  return await writeJournal(env, place, fresh, journal);
}

function mergedObjects(adoption: readonly PreparedAdoption[], before: readonly JournalObject[]): JournalObject[] {
  const known = new Map(before.map((one) => [idOf(one.object, one.uid), one]));
  for (const { step: { uid, add }, info, label } of adoption) {
    if (add.length === 0) continue;
    const object = addressOf(info);
    const id = idOf(object, uid);
    const earlier = known.get(id);
    const added = [...new Set([...earlier?.added ?? [], ...add])];
    const was = earlier?.label ?? (add.includes("label") ? label : undefined);
    known.set(id, { object, uid, added, ...was === undefined ? {} : { label: was } });
  }
  return [...known.values()];
}

function idOf({ apiVersion, kind, namespace, name }: ObjectAddress, uid: string): string {
  return JSON.stringify([apiVersion.split("/").slice(0, -1), kind, namespace, name, uid]);
}

/** Returns the journal of a release that is Helm 3's from now on. */
export function migratedJournal(env: Environment, journal: Helm3Journal): Helm3Journal {
  const revisions = journal.revisions.map((one) => ({ ...one, state: "written" as const }));
  return { ...journal, state: "migrated", changed: timeOf(env), revisions };
}
