/**
 * Performs the migration of one release, step by step: lock, check, archive, write, adopt, verify, fence.
 *
 * Every step that is repeated does nothing new, so the same command goes on after a stop at any request.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { BackupStore } from "../repair/backups.ts";
import { readObjects } from "../repair/records.ts";
import type { Environment } from "../environment.ts";
import { withLease } from "../lease.ts";
import { writeJournal } from "./journal.ts";
import type { MigrationChoices, ReleaseMigration } from "./plan_types.ts";
import { type MigrationTools, type PreparedMigration, prepareMigration } from "./prepare.ts";
import { migrationRights, refuseWithoutRights } from "./rights.ts";
import type { SharedFacts } from "./shared_facts.ts";
import { type CrossCheck, type Helm3Comparison, verifyRelease } from "./verify.ts";
import { archiveRecords } from "./archive.ts";
import { beginJournal, migratedJournal } from "./begin_journal.ts";
import { inStep } from "./step.ts";
import { adoptAll, writeRecords } from "./write_records.ts";

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
  await inStep("rights", () => refuseWithoutRights(env, rightsFor(env, tools, prepared), plan.release));
  const archive = await inStep("archive", () => archiveRecords(env, prepared, archives));
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

/** Returns the rights that the steps need. */
function rightsFor(
  env: Environment,
  { store, place }: MigrationTools,
  { plan, adoption }: PreparedMigration,
): ReturnType<typeof migrationRights> {
  const objects = adoption.filter(({ step }) => step.add.length > 0).map(({ info }) => info);
  return migrationRights(env, { store, place, namespaces: [plan.namespace], objects });
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
