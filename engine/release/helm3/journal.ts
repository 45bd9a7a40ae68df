/**
 * The journal of a migration: a ConfigMap `skeg-migration.NAME` beside the records of Helm 2.
 *
 * It says what was written where, so that a migration that was stopped goes on, and can be taken back. It holds no values and
 * no manifests. Tiller does not see it: its label OWNER is `SKEG`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { call, isNotFound } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import { JOURNAL_OWNER } from "../_migration_journals.ts";
import type { Environment } from "../environment.ts";
import type { ArchivedStorage } from "../repair/archive.ts";
import type { AdoptionMark, Helm3StorageName, MigrationChoices, ObjectAddress } from "./plan_types.ts";
import { messageOf } from "../../base/mod.ts";

/** Version of the format. A reader refuses a higher one. */
const JOURNAL_FORMAT = 1;
const STATES: readonly string[] = ["writing", "migrated", "going-back", "finished"];

/**
 * How far a migration is: `writing` until all steps are done, then `migrated`; `going-back` from the first step of the way
 * back on; `finished` once the records of Helm 2 are gone.
 */
export type JournalState = "writing" | "migrated" | "going-back" | "finished";

/** One revision in a journal. */
export interface JournalRevision {
  /** Such as `web.v3`. */
  readonly key: string;
  /** UID of the record of Helm 2; empty for rows of a database. */
  readonly uid: string;
  /** SHA-256 of the record of Helm 2. */
  readonly source: string;
  /** Name of the record of Helm 3. */
  readonly target: string;
  /** SHA-256 of the JSON of the record of Helm 3. */
  readonly json: string;
  readonly state: "planned" | "written";
}

/** A live object in a journal, and the marks that the migration set. */
export interface JournalObject {
  readonly object: ObjectAddress;
  readonly uid: string;
  readonly added: readonly AdoptionMark[];
  /** Value of the label before; absent: there was none, or it was not changed. */
  readonly label?: string | undefined;
}

/** The archive of the records of Helm 2. */
export interface JournalArchive {
  /** Path of the file, on the machine that made it. */
  readonly path: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** The journal of the migration of one release. */
export interface Helm3Journal {
  readonly journal: number;
  readonly release: string;
  /** Namespace of the release and of the records of Helm 3. */
  readonly namespace: string;
  /** Where the records of Helm 2 are; absent in journals of earlier versions. */
  readonly storage?: ArchivedStorage | undefined;
  readonly to: Helm3StorageName;
  readonly state: JournalState;
  /** When it was begun, such as `2026-01-31T12:00:00Z`. */
  readonly begun: string;
  /** When its state was written last. */
  readonly changed: string;
  readonly archive?: JournalArchive | undefined;
  /** As the migration was asked for: the records can be made again with them. */
  readonly choices: MigrationChoices;
  /** Newest first. */
  readonly revisions: readonly JournalRevision[];
  readonly objects: readonly JournalObject[];
}

/** A journal that was read, with the version that guards its replacement. */
export interface StoredJournal {
  readonly journal: Helm3Journal;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Returns the name of a release's journal. */
export function journalName(release: string): string {
  return `skeg-migration.${release.toLowerCase()}`;
}

/**
 * Reads the journal of a release; `undefined` when there is none.
 *
 * @param place Namespace of the journals.
 * @throws SkegError of kind `record` for a ConfigMap of that name that holds no journal.
 */
export async function readJournal(
  env: Environment,
  place: string,
  release: string,
): Promise<StoredJournal | undefined> {
  try {
    const path = `${collectionOf(place)}/${encodeURIComponent(journalName(release))}`;
    const object = await call(env.kube.cluster.transport, { method: "GET", path, signal: callOptions(env).signal });
    return storedOf(object as KubeObject, place);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Creates a journal, or replaces the one that was read. Returns it as it is stored. */
export async function writeJournal(
  env: Environment,
  place: string,
  journal: Helm3Journal,
  before: StoredJournal | undefined,
): Promise<StoredJournal> {
  const name = journalName(journal.release);
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name,
      labels: { NAME: journal.release, OWNER: JOURNAL_OWNER, STATE: journal.state },
      ...before === undefined ? {} : { uid: before.uid, resourceVersion: before.resourceVersion },
    },
    data: { journal: JSON.stringify(journal) },
  };
  const path = before === undefined ? collectionOf(place) : `${collectionOf(place)}/${encodeURIComponent(name)}`;
  const request = {
    method: before === undefined ? "POST" : "PUT",
    path,
    body: JSON.stringify(object),
    signal: callOptions(env).signal,
  } as const;
  try {
    return storedOf(await call(env.kube.cluster.transport, request) as KubeObject, place);
  } catch (error) {
    // The answer of a request that was carried out may be lost.
    const found = await readJournal(env, place, journal.release).catch(() => undefined);
    if (found !== undefined && JSON.stringify(found.journal) === JSON.stringify(journal)) return found;
    throw error;
  }
}

/** Deletes the journal that was read; one that is gone is no error. */
export async function deleteJournal(env: Environment, place: string, stored: StoredJournal): Promise<void> {
  const { journal: { release }, uid, resourceVersion } = stored;
  const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
  const path = `${collectionOf(place)}/${encodeURIComponent(journalName(release))}`;
  const request = { method: "DELETE", path, body: JSON.stringify(body), signal: callOptions(env).signal } as const;
  try {
    await call(env.kube.cluster.transport, request);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Returns the journal in a ConfigMap. */
function storedOf({ metadata, data }: KubeObject, place: string): StoredJournal {
  const where = `ConfigMap ${JSON.stringify(metadata?.name ?? "")} in namespace ${JSON.stringify(place)}`;
  let journal: Partial<Helm3Journal> | null;
  try {
    journal = JSON.parse(String((data as { readonly journal?: unknown } | undefined)?.journal ?? ""));
  } catch (cause) {
    throw new SkegError("record", `${where} is not the journal of a migration: ${messageOf(cause)}`, { cause });
  }
  if (typeof journal?.journal === "number" && journal.journal > JOURNAL_FORMAT) {
    throw new SkegError(
      "record",
      `${where} has format version ${journal.journal}; this program reads ${JOURNAL_FORMAT}`,
      {
        hint: "Use a newer version of this program.",
      },
    );
  }
  const isWhole = journal?.journal === JOURNAL_FORMAT && typeof journal.release === "string" &&
    typeof journal.namespace === "string" && Array.isArray(journal.revisions) && Array.isArray(journal.objects) &&
    STATES.includes(journal.state ?? "");
  if (!isWhole) throw new SkegError("record", `${where} is not the journal of a migration`);
  return {
    journal: journal as Helm3Journal,
    uid: metadata?.uid ?? "",
    resourceVersion: metadata?.resourceVersion ?? "",
  };
}

function collectionOf(place: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(place)}/configmaps`;
}

/** Returns a new journal. */
export function newJournal(given: Omit<Helm3Journal, "journal">): Helm3Journal {
  return { journal: JOURNAL_FORMAT, ...given };
}
