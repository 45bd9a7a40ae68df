/**
 * Decides the migration of one release. Reads the cluster; writes nothing.
 *
 * @module
 */
import { counted, inPool } from "../../base/mod.ts";
import type { Release } from "../../model/mod.ts";
import type { Environment } from "../environment.ts";
import { sha256 } from "../repair/digest.ts";
import { isDeployed } from "../repair/mark.ts";
import { readRecords } from "../repair/records.ts";
import { statusOf, type StoredRecord } from "../repair/repair.ts";
import { type AdoptionPlan, prepareAdoption, type PreparedAdoption } from "./adopt.ts";
import { helm3JsonOf, sortedJson } from "./encode.ts";
import { readJournal, type StoredJournal } from "./journal.ts";
import type {
  MigrationBlocker,
  MigrationChoices,
  PredictUpgrade,
  ReleaseMigration,
  RevisionMigration,
  TargetState,
} from "./plan_types.ts";
import { type PreparedRevision, prepareRevisions } from "./revisions.ts";
import type { SharedFacts } from "./shared_facts.ts";
import { blocker, chosenRevisions, nothingDeployed, stateBlockers } from "./states.ts";
import { helm3Revision, type Helm3Store } from "./store.ts";

/** Records that are compared at the same time. */
const READS_MAX = 16;
/** Helm 3 keeps this many revisions of a release, unless it is told otherwise. */
const HELM3_HISTORY_MAX = 10;

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
 * @throws SkegError of kind `not-found` without records.
 */
export async function prepareMigration(
  env: Environment,
  tools: MigrationTools,
  shared: SharedFacts,
  name: string,
  choices: MigrationChoices,
): Promise<PreparedMigration> {
  // Long: the decisions are taken one after the other, and each needs those before it.
  const { store, place, predict } = tools;
  const { records } = await readRecords(env, name);
  const journal = await readJournal(env, place, name);
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
  const prediction = predict === undefined || base === undefined || newest?.release === undefined || blockers.length > 0
    ? undefined
    : await predict(env, {
      release: records.find(({ key }) => key === base.plan.key)?.release ?? base.release,
      newest: newest.release,
      record: base.make().release,
      adopted: adoption.filter(({ step }) => step.note === "").map(({ step }) => step.object),
    });
  const digest = await digestOf(plan, choices, store);
  return {
    records,
    revisions: written,
    adoption,
    journal,
    plan: { ...plan, ...prediction === undefined ? {} : { prediction }, digest },
  };
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

/** Returns why Helm 3's storage has no place for the release. */
async function placeBlockers(
  shared: SharedFacts,
  name: string,
  namespace: string,
  store: Helm3Store,
): Promise<MigrationBlocker[]> {
  const found: MigrationBlocker[] = [];
  const quoted = JSON.stringify(namespace);
  const state = store.storage === "sql" || namespace === "" ? "there" : await shared.namespace(namespace);
  if (state === "gone") {
    found.push(blocker(
      "namespace-gone",
      `the namespace ${quoted} of the release is gone, and Helm 3 keeps its records there`,
      `Make it with 'kubectl create namespace ${namespace}', or forget the release with 'skeg repair forget ${name}'.`,
    ));
  }
  if (state === "ending") {
    found.push(blocker("namespace-gone", `the namespace ${quoted} of the release is being deleted`));
  }
  for (const place of await shared.elsewhere(name)) {
    const other = await shared.newestAt(place, name);
    if (other === undefined || other.namespace !== namespace || other.info.status.code === "DELETED") continue;
    const kind = place.storage === "configmap" ? "ConfigMaps" : "Secrets";
    found.push(blocker(
      "collision",
      `${kind} in namespace ${JSON.stringify(place.namespace)} have a release ${JSON.stringify(name)} in namespace ` +
        `${quoted}, too, and Helm 3 has one of a name there`,
      "Find out which of them owns the objects. Then forget the other one's records, or give it another name with " +
        "'skeg move-storage --rename'.",
    ));
  }
  return found;
}

/** Returns why an earlier migration of the release must end first. */
function leavingBlockers(journal: StoredJournal | undefined, store: Helm3Store): MigrationBlocker[] {
  if (journal === undefined) return [];
  const { state, release, to } = journal.journal;
  if (state === "going-back") {
    return [
      blocker("going-back", "its way back to Helm 2 has begun", `Run 'skeg migrate helm3 back ${release} --yes'.`),
    ];
  }
  if (state !== "finished" && to !== store.storage) {
    return [blocker("exists", `an earlier run wrote its records to Helm 3's storage ${to}`, `Use --to ${to}.`)];
  }
  return [];
}

/** Helm 3's records, compared with those that are to be written. */
interface ComparedTargets {
  /** By the name of the record. */
  readonly states: ReadonlyMap<string, TargetState>;
  readonly blockers: readonly MigrationBlocker[];
  /** True if Helm 3 has newer revisions than Helm 2. */
  readonly hasGoneOn: boolean;
}

/** Compares the records that are to be written with those that are there. */
async function compareTargets(
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
  const hint = "If Helm 3 is to take this release over, delete those records first. Helm 3's history of " +
    `${name} in namespace ${namespace} shows them.`;
  return { states, hasGoneOn, blockers: [blocker("exists", `${first} exists and is another release${more}`, hint)] };
}

/** Returns a blocker if Helm 2 has gone on after the migration. */
function goneOn(name: string, revisions: readonly PreparedRevision[], { journal }: StoredJournal): MigrationBlocker[] {
  const known = new Map(journal.revisions.map(({ key, source }) => [key, source]));
  const changed = revisions.filter(({ plan }) => {
    const isNew = !known.has(plan.key) && journal.revisions.every(({ key }) => revisionOf(key) < plan.revision);
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

function revisionOf(key: string): number {
  return Number(/\.v(\d+)$/.exec(key)?.[1] ?? 0);
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

interface NoteFacts {
  readonly records: readonly StoredRecord[];
  readonly written: readonly PreparedRevision[];
  readonly live: AdoptionPlan;
  readonly choices: MigrationChoices;
  readonly base: Release | undefined;
  readonly isGone: boolean;
}

/** Returns what a person should know before the migration is approved. */
function notesOf({ records, written, live, choices, base, isGone }: NoteFacts): string[] {
  const notes: string[] = [];
  const left = records.length - written.length;
  if (left > 0) notes.push(`${counted(left, "older revision")} ${left === 1 ? "is" : "are"} not migrated`);
  const pruned = written.length + 1 - HELM3_HISTORY_MAX;
  if (pruned > 0) {
    notes.push(
      `Helm 3 keeps ${HELM3_HISTORY_MAX} revisions: its first upgrade deletes ${pruned} of these, unless --history-max says ` +
        "otherwise",
    );
  }
  if (!isGone && !records.some(isDeployed)) {
    notes.push("no revision is DEPLOYED: Helm 3 takes the newest one as the base of its first upgrade");
  }
  const plain = (base?.hooks ?? []).filter(({ deletePolicies }) => deletePolicies.length === 0).length;
  if (plain > 0) {
    notes.push(
      `${counted(plain, "hook")} ${
        plain === 1 ? "has" : "have"
      } no delete policy: Helm 3 deletes the old object before it ` +
        "makes the new one, and Helm 2 did not",
    );
  }
  for (const what of live.unread) notes.push(`${what} cannot be read, so it is not adopted`);
  if (choices.adopt === false) {
    const bare = live.objects.filter(({ step }) => step.add.length > 0).length;
    if (bare > 0) {
      const lack = bare === 1 ? "1 live object lacks" : `${bare} live objects lack`;
      notes.push(`${lack} Helm 3's marks: it refuses an upgrade that changes the API version of such an object`);
    }
  }
  return notes;
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
