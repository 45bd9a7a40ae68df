/**
 * The releases of Helm 3 in a cluster, by the metadata of their records, and the journals of migrations to it.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { ObjectMeta } from "../../model/mod.ts";
import { JOURNAL_OWNER, journalOfMetadata, type MigrationJournal } from "../_migration_journals.ts";
import type { Environment } from "../environment.ts";
import { listMetadata } from "./list_metadata.ts";
import { messageOf } from "../../base/mod.ts";

/** One revision of a release of Helm 3. */
export interface Helm3Record {
  /** The release. */
  readonly name: string;
  /** Namespace of the release, and of its records. */
  readonly namespace: string;
  /** The revision; 0 if the label is missing. */
  readonly revision: number;
  /** In Helm 3's words, such as `deployed`. */
  readonly status: string;
  /** When the record was created; empty if the server does not say. */
  readonly createdAt: string;
  /** Kind of the record's object. */
  readonly storage: "secret" | "configmap";
}

/** Notes that something could not be looked at. */
type NoteUnseen = (what: string, why: string) => void;

const KINDS = { secret: "Secrets", configmap: "ConfigMaps" } as const;

/** Name of Helm 3's records, with the release and the revision. */
const RECORD_NAME = /^sh\.helm\.release\.v1\.(.*)\.v(\d+)$/;

/** Lists the records of Helm 3 in all namespaces, Secrets first. */
export async function helm3Records(env: Environment, noteUnseen: NoteUnseen): Promise<readonly Helm3Record[]> {
  const lists = (["secret", "configmap"] as const).map((storage) => helm3RecordsOf(env, storage, noteUnseen));
  return (await Promise.all(lists)).flat();
}

/**
 * Lists the records of Helm 3 of one kind, in all namespaces.
 *
 * @param only The name of a release; absent: of all.
 */
export async function helm3RecordsOf(
  env: Environment,
  storage: Helm3Record["storage"],
  noteUnseen: NoteUnseen,
  only?: string,
): Promise<readonly Helm3Record[]> {
  const found: Helm3Record[] = [];
  const what = `releases of Helm 3 (${KINDS[storage]} of all namespaces)`;
  const selector = encodeURIComponent(only === undefined ? "owner=helm" : `owner=helm,name=${only}`);
  await listUnlessRefused(env, `/api/v1/${storage}s?labelSelector=${selector}`, what, noteUnseen, (metadata) => {
    const { name = "", namespace = "", labels, creationTimestamp = "" } = metadata;
    const [, release, revision] = RECORD_NAME.exec(name) ?? [];
    if (release === undefined) return;
    found.push({
      name: labels?.name ?? release,
      namespace,
      revision: Number(labels?.version ?? revision) || 0,
      status: labels?.status ?? "",
      createdAt: creationTimestamp,
      storage,
    });
  });
  return found;
}

/** Lists the journals of migrations in a namespace of Helm 2's records. */
export async function migrationJournals(
  env: Environment,
  namespace: string,
  noteUnseen: NoteUnseen,
): Promise<readonly MigrationJournal[]> {
  const found: MigrationJournal[] = [];
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps?labelSelector=OWNER%3D${JOURNAL_OWNER}`;
  await listUnlessRefused(env, path, `migrations to Helm 3 from namespace ${namespace}`, noteUnseen, (metadata) => {
    const journal = journalOfMetadata({ ...metadata, namespace });
    if (journal !== undefined) found.push(journal);
  });
  return found;
}

/** Returns the newest of some records of one release; `undefined` without any. */
export function newestHelm3(records: readonly Helm3Record[]): Helm3Record | undefined {
  return records.toSorted((a, b) => a.revision - b.revision).at(-1);
}

async function listUnlessRefused(
  env: Environment,
  path: string,
  what: string,
  noteUnseen: NoteUnseen,
  visit: (metadata: ObjectMeta) => void,
): Promise<void> {
  try {
    await listMetadata(env, path, visit);
  } catch (error) {
    if (!(error instanceof KubeError) || ![401, 403, 404].includes(error.status)) throw error;
    noteUnseen(what, messageOf(error));
  }
}
