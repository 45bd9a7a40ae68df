/**
 * The records that Helm 2 and Helm 3 have of one release, side by side.
 *
 * @module
 */
import type { Examination, ExaminedRelease } from "./examination.ts";
import type { FindingFact } from "./finding.ts";
import type { MigrationJournal } from "../_migration_journals.ts";
import { type Helm3Record, newestHelm3 } from "./helm3.ts";
import { recordFact, revisionsText } from "./states.ts";

/** A release with records of Helm 2, and what Helm 3 has of the same name and namespace. */
export interface BothWorlds {
  /** Namespace of the release. */
  readonly namespace: string;
  /** The newest revision of Helm 2. */
  readonly own: number;
  /** All records of Helm 3, oldest first. */
  readonly records: readonly Helm3Record[];
  /** The newest of them; absent: Helm 3 has none. */
  readonly newest: Helm3Record | undefined;
  /** The journal of a migration; absent: there is none. */
  readonly journal: MigrationJournal | undefined;
}

/**
 * Returns what Helm 3 and a migration's journal say about a release; `undefined` when neither knows it, when its namespace is
 * unknown, or when Helm 2 deleted it.
 */
export async function lookAtBothWorlds(
  examination: Examination,
  { newest, name, store, records }: ExaminedRelease,
): Promise<BothWorlds | undefined> {
  const namespace = newest.content?.namespace;
  if (namespace === undefined || newest.status === "DELETED") return undefined;
  const [all, journals] = await Promise.all([examination.helm3(), examination.migrations(store)]);
  const theirs = all.filter((record) => record.name === name && record.namespace === namespace)
    .toSorted((a, b) => a.revision - b.revision);
  const journal = journals.find(({ release }) => release === name);
  if (theirs.length === 0 && journal === undefined) return undefined;
  const own = Math.max(...records.map(({ entry }) => entry.revision));
  return { namespace, own, records: theirs, newest: newestHelm3(theirs), journal };
}

/** The most revisions of Helm 3 that are named. */
const NAMED_MAX = 5;

/** Returns the newest record of each side, and the journal, as evidence. */
export function helm3Facts(
  examination: Examination,
  { newest }: ExaminedRelease,
  worlds: BothWorlds,
): FindingFact[] {
  const { namespace, records, journal } = worlds;
  const last = worlds.newest;
  const kind = last?.storage === "configmap" ? "ConfigMaps" : "Secrets";
  const shown = records.slice(-NAMED_MAX).map(({ revision }) => revision);
  const more = records.length > shown.length ? ` (of ${records.length})` : "";
  const created = last === undefined || last.createdAt === "" ? "" : `, created ${last.createdAt}`;
  return [
    recordFact(newest, examination.now),
    {
      source: `${kind} of namespace ${namespace}`,
      text: last === undefined
        ? "Helm 3 has no record of the release"
        : `Helm 3 has ${revisionsText(shown)}${more}; the newest is ${last.status || "without a status"}${created}`,
    },
    ...journal === undefined ? [] : [{
      source: `ConfigMap ${journal.namespace}/${journal.name}`,
      text: `the journal of a migration to Helm 3${journal.state === "" ? "" : `: ${journal.state}`}${
        journal.createdAt === "" ? "" : `, begun ${journal.createdAt}`
      }`,
    }],
  ];
}
