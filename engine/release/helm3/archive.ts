/**
 * The archive that a migration makes before it writes.
 *
 * @module
 */
import { archivedStorage, packArchive } from "../repair/archive.ts";
import { type BackupStore, clusterOf, saveArchive } from "../repair/backups.ts";
import { sha256 } from "../repair/digest.ts";
import { rawRecords } from "../repair/records.ts";
import type { Environment } from "../environment.ts";
import { timeOf } from "../transfer/export.ts";
import type { JournalArchive, StoredJournal } from "./journal.ts";
import type { ReleaseMigration } from "./plan_types.ts";
import type { PreparedMigration } from "./prepare.ts";

/** Archives all records of Helm 2, unless the archive of an earlier run is there and holds them. */
export async function archiveRecords(
  env: Environment,
  { plan, records, journal }: PreparedMigration,
  archives: BackupStore,
): Promise<JournalArchive> {
  const known = journal?.journal.archive;
  if (known !== undefined && isSameSource(plan, journal) && await isWhole(archives, known)) return known;
  const facts = { time: timeOf(env), cluster: await clusterOf(env), storage: archivedStorage(rawRecords(env)) };
  const bytes = await packArchive(facts, records.map(({ object }) => object));
  const name = { name: plan.release, suffix: "helm3", what: "archive" } as const;
  return { path: await saveArchive(archives, facts, name, bytes), sha256: await sha256(bytes) };
}

function isSameSource({ revisions }: ReleaseMigration, stored: StoredJournal | undefined): boolean {
  const known = new Map(stored?.journal.revisions.map(({ key, source }) => [key, source]));
  return revisions.every(({ key, sourceSha256, leftOut }) => leftOut !== undefined || known.get(key) === sourceSha256);
}

/** True if the file of an archive is there, with its digest. */
export async function isWhole(archives: BackupStore, { path, sha256: digest }: JournalArchive): Promise<boolean> {
  try {
    return await sha256(await archives.load(path)) === digest;
  } catch {
    return false;
  }
}
