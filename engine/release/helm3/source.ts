/**
 * The records of Helm 2 that a migration begins with, and the journal of an earlier run, which belongs to their storage.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import type { Environment } from "../environment.ts";
import { rawRecords, readRecords } from "../repair/records.ts";
import type { StoredRecord } from "../repair/repair.ts";
import { storageProblem } from "../repair/undo.ts";
import { type Helm3Journal, readJournal, type StoredJournal } from "./journal.ts";

/** Records of a release, and its journal. */
export interface MigrationSource {
  /** Oldest first; at least one. */
  readonly records: readonly StoredRecord[];
  readonly journal: StoredJournal | undefined;
}

/**
 * Reads the records of a release of Helm 2 and its journal.
 *
 * @param place Namespace of the journals.
 * @throws SkegError of kind `not-found` without records: it says where others of the name are. Of kind `usage` if the journal
 * belongs to another storage.
 */
export async function readSource(env: Environment, place: string, name: string): Promise<MigrationSource> {
  const journal = await readJournal(env, place, name);
  if (journal !== undefined) refuseOtherStorage(env, journal.journal);
  try {
    return { records: (await readRecords(env, name)).records, journal };
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind !== "not-found" || error instanceof KubeError) throw error;
    if (journal?.journal.state === "finished") throw finishedError(journal.journal, error);
    throw await (await import("../elsewhere.ts")).withElsewhere(env, name, error);
  }
}

/** Returns the error for a release without records whose migration is finished. */
function finishedError({ release, namespace }: Helm3Journal, error: SkegError): SkegError {
  return new SkegError("not-found", error.message, {
    cause: error,
    missing: error.missing,
    hint: `Its migration to Helm 3 is finished: Helm 3 has it in namespace ${JSON.stringify(namespace)}. ` +
      `'skeg migrate helm3 back ${release}' gives it back to Helm 2.`,
  });
}

/**
 * Throws if a migration took the records of Helm 2 from another storage than the one that is used now: without its records, the
 * release would look as if they were gone.
 */
export function refuseOtherStorage(env: Environment, { release, storage }: Helm3Journal): void {
  if (storage === undefined) return;
  const problem = storageProblem(rawRecords(env), storage, `migration of release ${JSON.stringify(release)}`);
  if (problem !== undefined) throw problem;
}
