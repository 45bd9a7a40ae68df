/**
 * Performs the migration of one release, step by step: lock, check, archive, write, adopt, verify, fence.
 *
 * Every step that is repeated does nothing new, so the same command goes on after a stop at any request.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { archivedStorage, packArchive } from "../repair/archive.ts";
import { type BackupStore, clusterOf, folderOf } from "../repair/backups.ts";
import { sha256 } from "../repair/digest.ts";
import { rawRecords, readObjects } from "../repair/records.ts";
import { messageOf } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { withLease } from "../lease.ts";
import { timeOf } from "../transfer/export.ts";
import { addressOf, adoptObject, type PreparedAdoption } from "./adopt.ts";
import {
  type Helm3Journal,
  type JournalArchive,
  type JournalObject,
  newJournal,
  type StoredJournal,
  writeJournal,
} from "./journal.ts";
import type { MigrationChoices, ObjectAddress, ReleaseMigration } from "./plan_types.ts";
import { compareTarget, type MigrationTools, type PreparedMigration, prepareMigration } from "./prepare.ts";
import type { PreparedRevision } from "./revisions.ts";
import { migrationRights, missingRightsBlocker } from "./rights.ts";
import type { SharedFacts } from "./shared_facts.ts";
import { mayBeThere } from "./store.ts";
import { type CrossCheck, type Helm3Comparison, verifyRelease } from "./verify.ts";

/** Options of {@linkcode performMigration}. */
export interface PerformOptions {
  readonly choices: MigrationChoices;
  /** Where archives go. */
  readonly archives: BackupStore;
  /** Digest of the plan that was approved; absent: what is found now is approved. */
  readonly approved?: string | undefined;
  /** Asks the real Helm 3 at the end. */
  readonly crossCheck?: CrossCheck | undefined;
}

/** Result of a migration. */
export interface PerformedMigration {
  readonly plan: ReleaseMigration;
  /** Records that were created. */
  readonly written: number;
  /** Objects that were given marks. */
  readonly adopted: number;
  /** Path of the archive; absent when nothing was done. */
  readonly archive?: string | undefined;
  /** Absent when nothing was done. */
  readonly verification?: Helm3Comparison | undefined;
}

/**
 * Migrates one release, while its lease is held.
 *
 * @throws SkegError of kind `conflict` when something keeps it from being migrated: nothing was changed then. Other errors
 * name the step; the same call goes on.
 */
export async function performMigration(
  env: Environment,
  tools: MigrationTools,
  shared: SharedFacts,
  name: string,
  options: PerformOptions,
): Promise<PerformedMigration> {
  let isDone = false;
  const work = { name, operation: "migrate helm3", migration: { mark: () => isDone ? true : undefined } };
  return await withLease(env, work, async (inner) => {
    const prepared = await prepareMigration(inner, tools, shared, name, options.choices);
    const { plan } = prepared;
    if (plan.skipped !== undefined) return { plan, written: 0, adopted: 0 };
    if (plan.blockers.length > 0) throw new MigrationBlocked(plan);
    refuseOther(plan, options.approved);
    if (plan.migrated) {
      isDone = true;
      return { plan, written: 0, adopted: 0 };
    }
    const done = await steps(inner, tools, shared, prepared, options);
    isDone = true;
    return done;
  });
}

async function steps(
  env: Environment,
  tools: MigrationTools,
  shared: SharedFacts,
  prepared: PreparedMigration,
  { archives, choices, crossCheck }: PerformOptions,
): Promise<PerformedMigration> {
  const { plan, revisions, adoption } = prepared;
  await inStep("rights", () => refuseWithoutRights(env, tools, prepared));
  const archive = await inStep("archive", () => archived(env, prepared, archives));
  let journal = await inStep("journal", () => beginJournal(env, tools, prepared, { archive, choices }));
  const written = await inStep("write", () => writeRecords(env, tools, plan, revisions));
  const adopted = await inStep("adopt", () => adoptAll(env, plan, adoption, choices));
  const verification = await inStep(
    "verify",
    () => verifyRelease(env, tools, shared, prepared, { adopted: choices.adopt !== false, crossCheck }),
  );
  const [problem] = verification.problems;
  if (problem !== undefined) {
    throw new SkegError("record", `verify: ${problem}`, { details: verification.problems.join("\n") });
  }
  await inStep("verify", () => refuseOtherHistory(env, prepared));
  journal = await inStep("fence", () => writeJournal(env, tools.place, migratedJournal(env, journal.journal), journal));
  return { plan, written, adopted, archive: journal.journal.archive?.path, verification };
}

/** Runs one step; its failure names it and says how to go on. */
export async function inStep<T>(step: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    const { kind, hint, exitCode, details } = error;
    throw new SkegError(kind, `${step}: ${messageOf(error)}`, {
      cause: error,
      exitCode,
      details,
      hint: hint ?? "Run the same command again: it goes on where it stopped.",
    });
  }
}

/** Something must be mended before a release can be migrated; nothing was changed. */
export class MigrationBlocked extends SkegError {
  /** The plan with its blockers. */
  readonly plan: ReleaseMigration;

  /** Takes a plan that has a blocker. */
  constructor(plan: ReleaseMigration) {
    const [first, ...more] = plan.blockers;
    super("conflict", first?.text ?? "", {
      hint: first?.hint === "" ? undefined : first?.hint,
      details: more.length === 0
        ? undefined
        : more.map(({ text, hint }) => hint === "" ? text : `${text}. ${hint}`).join("\n"),
    });
    this.plan = plan;
  }
}

function refuseOther(plan: ReleaseMigration, approved: string | undefined): void {
  if (approved === undefined || approved === plan.digest) return;
  throw new SkegError(
    "conflict",
    `the records of release ${
      JSON.stringify(plan.release)
    }, its objects or what becomes of them changed since the plan was made; ` +
      "nothing was written",
    { hint: "Make a new plan, read it, and perform that one." },
  );
}

async function refuseWithoutRights(
  env: Environment,
  { store, place }: MigrationTools,
  { plan, adoption }: PreparedMigration,
): Promise<void> {
  const objects = adoption.filter(({ step }) => step.add.length > 0).map(({ info }) => info);
  const rights = migrationRights(env, { store, place, namespaces: [plan.namespace], objects });
  const missing = await missingRightsBlocker(env, rights);
  if (missing === undefined) return;
  throw new SkegError("conflict", `${missing.text}; nothing was changed`, { hint: missing.hint });
}

/** Archives all records of Helm 2, unless the archive of an earlier run is there and holds them. */
async function archived(
  env: Environment,
  { plan, records, journal }: PreparedMigration,
  archives: BackupStore,
): Promise<JournalArchive> {
  const known = journal?.journal.archive;
  if (known !== undefined && isSameSource(plan, journal) && await isWhole(archives, known)) return known;
  const time = timeOf(env);
  const cluster = await clusterOf(env);
  const facts = { time, cluster, storage: archivedStorage(rawRecords(env)) };
  const bytes = await packArchive(facts, records.map(({ object }) => object));
  const path = await archives.save(folderOf(cluster), `${plan.release}-${time.replaceAll(/[-:]/g, "")}-helm3`, bytes);
  const archive = { path, sha256: await sha256(bytes) };
  if (await isWhole(archives, archive)) return archive;
  throw new SkegError("io", `the archive ${path} does not read back as written`, {
    hint: "Nothing was changed in the cluster. Check the disk.",
  });
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

/** Writes what is to be done before anything of it is done. What an earlier run has set stays known. */
async function beginJournal(
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

function migratedJournal(env: Environment, journal: Helm3Journal): Helm3Journal {
  const revisions = journal.revisions.map((one) => ({ ...one, state: "written" as const }));
  return { ...journal, state: "migrated", changed: timeOf(env), revisions };
}

/** Creates the records that are missing, newest first. Returns their number. */
async function writeRecords(
  env: Environment,
  { store }: MigrationTools,
  { namespace, revisions: planned }: ReleaseMigration,
  revisions: readonly PreparedRevision[],
): Promise<number> {
  const states = new Map(planned.map(({ target, state }) => [target, state]));
  let written = 0;
  for (const { plan, make, release } of revisions) {
    env.signal?.throwIfAborted();
    if (states.get(plan.target) === "equal") continue;
    try {
      await store.create(namespace, make());
    } catch (error) {
      if (!mayBeThere(error)) throw error;
      const state = await compareTarget(store, namespace, plan, make);
      if (state === "missing") throw error;
      if (state === "other") {
        throw new SkegError("exists", `${plan.target} exists and is another release`, { cause: error });
      }
    }
    written++;
    env.report({ type: "record", release, verb: "create" });
  }
  return written;
}

async function adoptAll(
  env: Environment,
  { release: name, namespace }: ReleaseMigration,
  adoption: readonly PreparedAdoption[],
  { adoptSelectable }: MigrationChoices,
): Promise<number> {
  let adopted = 0;
  for (const one of adoption) {
    env.signal?.throwIfAborted();
    if (one.step.add.length === 0) continue;
    if (await adoptObject(env, one, { name, namespace, adoptSelectable }) === "done") adopted++;
  }
  return adopted;
}

/** Throws if a record of Helm 2 came, went or changed meanwhile: Tiller and Helm 2 do not look at leases. */
async function refuseOtherHistory(env: Environment, { plan, records }: PreparedMigration): Promise<void> {
  const versions = (
    objects: readonly { readonly metadata?: { uid?: string; resourceVersion?: string; name?: string } }[],
  ) => new Map(objects.map(({ metadata }) => [metadata?.name ?? "", `${metadata?.uid} ${metadata?.resourceVersion}`]));
  const before = versions(records.map(({ object }) => object));
  const now = versions(await readObjects(env, plan.release));
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter((key) => before.get(key) !== now.get(key));
  if (changed.length === 0) return;
  throw new SkegError("conflict", `another client changed ${changed.join(", ")} during the migration`, {
    hint: "Stop Tiller and everything else that changes the release with Helm 2, then run the same command again.",
  });
}
