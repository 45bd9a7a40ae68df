/**
 * Compares the records that a migration writes with those that Helm 3 has.
 *
 * @module
 */
import { inPool } from "../../base/mod.ts";
import { readKey } from "../../../storage/mod.ts";
import { helm3JsonOf, sortedJson } from "./encode.ts";
import type { StoredJournal } from "./journal.ts";
import type { MigrationBlocker, RevisionMigration, TargetState } from "./plan_types.ts";
import type { PreparedRevision } from "./revisions.ts";
import { blocker } from "./states.ts";
import { helm3Revision, type Helm3Store } from "./store.ts";

/** Records that are compared at the same time. */
const READS_MAX = 16;

/** Helm 3's records, compared with those that are to be written. */
interface ComparedTargets {
  /** By the name of the record. */
  readonly states: ReadonlyMap<string, TargetState>;
  readonly blockers: readonly MigrationBlocker[];
  /** True if Helm 3 has newer revisions than Helm 2. */
  readonly hasGoneOn: boolean;
}

/** Compares the records that are to be written with those that are there. */
export async function compareTargets(
  store: Helm3Store,
  namespace: string,
  name: string,
  revisions: readonly PreparedRevision[],
  journal: StoredJournal | undefined,
): Promise<ComparedTargets> {
  const existing = new Set(await store.names(namespace, name));
  const states = new Map<string, TargetState>();
  await inPool(revisions, READS_MAX, async ({ plan, make }) => {
    // The labels by which records are listed may be gone, and the name is taken all the same: creating finds that out.
    if (existing.has(plan.target)) states.set(plan.target, await compareTarget(store, namespace, plan, make));
  });
  const newest = Math.max(0, ...[...existing].map((target) => helm3Revision(name, target) ?? 0));
  const hasGoneOn = revisions.every(({ plan }) => plan.revision < newest);
  // A release that was migrated is Helm 3's: it may have changed its records since.
  if (journal?.journal.state === "migrated") return { states, blockers: goneOn(name, revisions, journal), hasGoneOn };
  const known = new Set(revisions.map(({ plan }) => plan.target));
  for (const { target } of journal?.journal.revisions ?? []) known.add(target);
  const others = [...existing].filter((target) => !known.has(target) || states.get(target) === "other")
    .sort((a, b) => (helm3Revision(name, a) ?? 0) - (helm3Revision(name, b) ?? 0));
  const [first] = others;
  if (first === undefined) return { states, blockers: [], hasGoneOn };
  const more = others.length === 1 ? "" : `, and ${others.length - 1} more`;
  const byHand = store.storage === "sql"
    ? "delete those records first"
    : `delete those of Helm 3 first, which deletes no object: 'kubectl delete ${store.storage}s -n ${namespace} ` +
      `-l owner=helm,name=${name}'`;
  const hint =
    `Helm 3's history of ${name} in namespace ${namespace} shows what it is. If the records of Helm 2 count, ${byHand}.`;
  return { states, hasGoneOn, blockers: [blocker("exists", `${first} exists and is another release${more}`, hint)] };
}

/** Returns a blocker if Helm 2 has gone on after the migration. */
function goneOn(name: string, revisions: readonly PreparedRevision[], { journal }: StoredJournal): MigrationBlocker[] {
  const known = new Map(journal.revisions.map(({ key, source }) => [key, source]));
  const changed = revisions.filter(({ plan }) => {
    const isNew = !known.has(plan.key) &&
      journal.revisions.every(({ key }) => (readKey(key)?.revision ?? 0) < plan.revision);
    return isNew || (known.has(plan.key) && known.get(plan.key) !== plan.sourceSha256);
  });
  if (changed.length === 0) return [];
  const keys = changed.map(({ plan }) => plan.key).join(", ");
  return [blocker(
    "exists",
    `it was migrated before, and Helm 2 has changed ${keys} since`,
    `If Helm 2 is right, run 'skeg migrate helm3 back ${name} --all-revisions --yes', then migrate it again.`,
  )];
}

/** Compares one record by its content. */
export async function compareTarget(
  store: Helm3Store,
  namespace: string,
  { target }: Pick<RevisionMigration, "target">,
  make: PreparedRevision["make"],
): Promise<TargetState> {
  const found = await store.get(namespace, target);
  if (found === undefined) return "missing";
  try {
    return sortedJson(helm3JsonOf(found.text)) === sortedJson(make().json) ? "equal" : "other";
  } catch {
    return "other"; // it is not a record
  }
}
