/**
 * Decides the migration of one release. Reads the cluster; writes nothing.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import type { Environment } from "../environment.ts";
import { sha256 } from "../repair/digest.ts";
import { statusOf, type StoredRecord } from "../repair/repair.ts";
import { type AdoptionPlan, prepareAdoption, type PreparedAdoption } from "./adopt.ts";
import type { StoredJournal } from "./journal.ts";
import type {
  MigrationChoices,
  PredictUpgrade,
  ReleaseMigration,
  RevisionMigration,
  TargetState,
} from "./plan_types.ts";
import { type PreparedRevision, prepareRevisions } from "./revisions.ts";
import type { SharedFacts } from "./shared_facts.ts";
import { readSource } from "./source.ts";
import { chosenRevisions, nothingDeployed, stateBlockers } from "./states.ts";
import type { Helm3Store } from "./store.ts";
import { leavingBlockers, placeBlockers } from "./blockers.ts";
import { notesOf } from "./notes.ts";
import { compareTargets } from "./targets.ts";

/** The tools of a migration, besides the environment. */
export interface MigrationTools {
  /** Helm 3's storage. */
  readonly store: Helm3Store;
  /** Namespace of the journals: that of Helm 2's records. */
  readonly place: string;
  /** Predicts the first upgrade of Helm 3; absent: nothing is predicted. */
  readonly predict?: PredictUpgrade | undefined;
}

/** A migration, decided, with what is needed to perform it. */
export interface PreparedMigration {
  readonly plan: ReleaseMigration;
  /** All records of Helm 2, oldest first. */
  readonly records: readonly StoredRecord[];
  /** Those that are written, newest first. */
  readonly revisions: readonly PreparedRevision[];
  /** Live objects of the DEPLOYED revision. */
  readonly adoption: readonly PreparedAdoption[];
  /** The journal of an earlier run. */
  readonly journal: StoredJournal | undefined;
}

/**
 * Decides the migration of release `name`.
 *
 * @throws SkegError of kind `not-found` without records, of kind `usage` if it was migrated from another storage.
 */
export async function prepareMigration(
  env: Environment,
  tools: MigrationTools,
  shared: SharedFacts,
  name: string,
  choices: MigrationChoices,
): Promise<PreparedMigration> {
  const { store, place } = tools;
  const { records, journal } = await readSource(env, place, name);
  const newest = records.at(-1);
  const namespace = newest?.release?.namespace ?? records.findLast(({ release }) => release)?.release?.namespace ?? "";
  const isGone = newest !== undefined && statusOf(newest) === "DELETED";
  const nothing = { records, revisions: [], adoption: [], journal };
  const common = { release: name, namespace, chart: chartOf(newest), migrated: false };
  if (isGone && choices.includeDeleted !== true && journal === undefined) {
    const skipped = "it was deleted; --include-deleted migrates its history";
    const plan = { ...common, revisions: [], adoption: [], blockers: [], skipped, notes: [], digest: "" };
    return { ...nothing, plan };
  }
  const chosen = chosenRevisions(records, choices);
  const prepared = await prepareRevisions(env, chosen, { name, choices, bytesMax: store.bytesMax });
  const written = prepared.revisions.filter(({ plan }) => plan.leftOut === undefined);
  const blockers = [
    ...stateBlockers(name, chosen),
    ...await placeBlockers(shared, name, namespace, store),
    ...prepared.blockers,
    ...leavingBlockers(journal, store),
  ];
  const targets = namespace === "" || blockers.some(({ code }) => code === "namespace-gone")
    ? { states: new Map<string, TargetState>(), blockers: [], hasGoneOn: false }
    : await compareTargets(store, namespace, name, prepared.revisions, journal);
  blockers.push(...targets.blockers);
  const base = prepared.revisions.find(({ plan }) => plan.status === "deployed") ?? prepared.revisions[0];
  const live = await lookAtObjects(env, shared, base?.release, choices);
  const stranded = nothingDeployed(name, records, live.objects.length);
  if (stranded !== undefined) blockers.push(stranded);
  const adoption = choices.adopt === false || base?.plan.status !== "deployed" ? [] : live.objects;
  const revisions = prepared.revisions.map(({ plan }): RevisionMigration => ({
    ...plan,
    state: targets.states.get(plan.target) ?? "missing",
  }));
  const plan: Omit<ReleaseMigration, "digest"> = {
    ...common,
    // A stop of Helm 3's own, or a person, may have removed records. Once Helm 3 has gone on, it prunes them itself.
    migrated: journal?.journal.state === "migrated" &&
      (targets.hasGoneOn || revisions.every(({ state, leftOut }) => state !== "missing" || leftOut !== undefined)),
    revisions,
    adoption: adoption.map(({ step }) => step),
    blockers,
    notes: notesOf({ records, written, live, choices, base: base?.release, isGone }),
  };
  // Helm 3 has upgraded a release that has gone on: its first upgrade is no longer ahead.
  const isPast = plan.migrated && targets.hasGoneOn;
  const prediction = blockers.length > 0 || isPast ? {} : await predictionOf(env, tools, records, base, adoption);
  const digest = await digestOf(plan, choices, store);
  return { records, revisions: written, adoption, journal, plan: { ...plan, ...prediction, digest } };
}

/** Returns the prediction of Helm 3's first upgrade, if one is asked for and the release has a revision to begin with. */
async function predictionOf(
  env: Environment,
  { predict }: MigrationTools,
  records: readonly StoredRecord[],
  base: PreparedRevision | undefined,
  adoption: readonly PreparedAdoption[],
): Promise<Pick<ReleaseMigration, "prediction">> {
  const newest = records.at(-1)?.release;
  if (predict === undefined || base === undefined || newest === undefined) return {};
  const prediction = await predict(env, {
    release: records.find(({ key }) => key === base.plan.key)?.release ?? base.release,
    newest,
    record: base.make().release,
    adopted: adoption.filter(({ step }) => step.note === "").map(({ step }) => step.object),
  });
  return { prediction };
}

async function lookAtObjects(
  env: Environment,
  shared: SharedFacts,
  base: Release | undefined,
  choices: MigrationChoices,
): Promise<AdoptionPlan> {
  if (base === undefined) return { objects: [], unread: [] };
  const { name, namespace } = base;
  const owner = { name, namespace, adoptSelectable: choices.adoptSelectable };
  return await prepareAdoption(env, base, owner, shared.ownersBeside(name));
}

function chartOf(record: StoredRecord | undefined): string {
  const metadata = record?.release?.chart?.metadata;
  return metadata === undefined ? "" : `${metadata.name}-${metadata.version ?? ""}`;
}

/** Returns the digest of what is written, and of what it is made from. What an earlier run has done already does not count. */
async function digestOf(
  { release, namespace, revisions, adoption }: Omit<ReleaseMigration, "digest">,
  { adopt = true, adoptSelectable = false }: MigrationChoices,
  { storage }: Helm3Store,
): Promise<string> {
  const facts = [
    release,
    namespace,
    storage,
    revisions.map((
      { key, uid, sourceSha256, target, targetSha256, leftOut },
    ) => [key, uid, sourceSha256, target, targetSha256, leftOut ?? ""]),
    adopt,
    adoptSelectable,
    adoption.map((
      { object: { apiVersion, kind, namespace, name }, uid, note },
    ) => [apiVersion, kind, namespace, name, uid, note]),
  ];
  return await sha256(new TextEncoder().encode(JSON.stringify(facts)));
}
