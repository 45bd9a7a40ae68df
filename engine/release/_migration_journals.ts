/**
 * The journals of migrations to Helm 3, as far as the metadata of their ConfigMaps says; `helm3/journal.ts` has the rest.
 *
 * @module
 */
import type { ObjectMeta } from "../model/mod.ts";
import type { ObjectsBesides } from "../../storage/mod.ts";

/** Value of the label OWNER of journals: no query for records asks for it. */
export const JOURNAL_OWNER = "SKEG";

/** Name of a journal, with the release. */
const JOURNAL_NAME = /^skeg-migration\.(.+)$/;

/** The journal of a release's migration to Helm 3. */
export interface MigrationJournal {
  /** The release. */
  readonly release: string;
  /** Name of the ConfigMap. */
  readonly name: string;
  /** Its namespace, that of the release's Helm 2 records. */
  readonly namespace: string;
  /** When the migration began; empty if the server does not say. */
  readonly createdAt: string;
  /** How far it is: `writing`, `migrated`, `going-back` or `finished`; empty if the label is missing. */
  readonly state: string;
}

/** Reads a journal from an object's metadata; `undefined` if its name is not that of a journal. */
export function journalOfMetadata(
  { name = "", namespace = "", labels, ...metadata }: ObjectMeta,
): MigrationJournal | undefined {
  const [, named] = JOURNAL_NAME.exec(name) ?? [];
  if (named === undefined) return undefined;
  const { NAME: release = named, STATE: state = "" } = labels ?? {};
  return { release, name, namespace, createdAt: metadata.creationTimestamp ?? "", state };
}

/** Returns a set of the releases that Helm 3 has now; a list of heads fills it. */
export function migratedReleases(): { readonly names: ReadonlySet<string>; readonly besides: ObjectsBesides } {
  const names = new Set<string>();
  const visit = (metadata: ObjectMeta): void => {
    const journal = journalOfMetadata(metadata);
    if (journal?.state === "migrated") names.add(journal.release);
  };
  return { names, besides: { owner: JOURNAL_OWNER, visit } };
}
