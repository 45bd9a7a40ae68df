/**
 * Migrates releases to Helm 3: the plan of all of them first, and with `yes` what it says.
 *
 * @module
 */
import { inPool } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import { archivedStorage } from "../repair/archive.ts";
import { clusterOf } from "../repair/backups.ts";
import { rawRecords } from "../repair/records.ts";
import { placeProblem } from "../repair/undo.ts";
import { timeOf } from "../transfer/export.ts";
import type { Environment } from "../environment.ts";
import { MigrationBlocked, type PerformedMigration, performMigration } from "./perform.ts";
import { MIGRATION_FORMAT, type MigrationChoices, type MigrationPlan, PREDICTION_CLASSES } from "./plan_types.ts";
import { type MigrationTools, prepareMigration } from "./prepare.ts";
import { type SharedFacts, sharedFacts } from "./shared_facts.ts";
import type { MigratedRelease, MigrateOptions, MigrationResult } from "./migrate_types.ts";
import { migrationNames, refuseUnknown } from "./migration_names.ts";
import { tillerAtWork } from "./tiller_at_work.ts";
import { failedRelease, plannedRelease } from "./migrated_release.ts";

/** Releases that are worked on at the same time. */
const RELEASES_MAX = 4;

/**
 * Plans the migration of releases, and with `yes` performs it. Releases are independent: one that fails does not stop the
 * others; the failure of a single one is thrown.
 *
 * @throws SkegError of kind `usage` unless the options name releases, all of them, or a plan; of kind `conflict` when a Tiller
 * runs.
 */
export async function migrateToHelm3(
  env: Environment,
  tools: MigrationTools,
  options: MigrateOptions,
): Promise<MigrationResult> {
  const { approved, yes = false } = options;
  if (approved !== undefined) await refuseOtherPlace(env, approved);
  const names = await migrationNames(env, options);
  if (yes && approved === undefined && options.all !== true) await refuseUnknown(env, names);
  const left = (approved?.releases ?? []).filter(({ release }) => !names.includes(release)).map(plannedRelease);
  const shared = sharedFacts(env, names.length === 1 ? names[0] : undefined);
  const choices = approved?.choices ?? choicesOf(options);
  const running = options.tillerRunning === true ? undefined : await tillerAtWork(env, names[0]);
  if (!yes) {
    const releases = await planAll(env, tools, shared, names, { ...options, choices });
    return { plan: await planOf(env, releases, choices), performed: false, releases, blocked: running?.text };
  }
  if (running !== undefined) {
    throw new SkegError("conflict", `${running.text}: it does not see that a release was migrated`, {
      hint: running.hint,
    });
  }
  const { archives } = options;
  if (archives === undefined) throw new SkegError("usage", "a migration needs a place for its archives");
  const isPlanned = options.easyFirst === true || options.namespaces !== undefined;
  const planned = approved !== undefined
    ? approved.releases.filter(({ release }) => names.includes(release)).map(plannedRelease)
    : isPlanned
    ? await planAll(env, tools, shared, names, { ...options, choices })
    : undefined;
  const order = planned === undefined
    ? names
    : (options.easyFirst === true ? easyFirst(planned) : planned).map(({ release }) => release);
  const found = new Map<string, MigratedRelease>();
  const isOne = names.length === 1 && left.length === 0 && options.all !== true;
  await inPool(order, RELEASES_MAX, async (name) => {
    const digest = approved?.releases.find(({ release }) => release === name)?.digest;
    const given = { choices, archives, approved: digest, crossCheck: options.crossCheck };
    found.set(name, await performOne(env, { ...tools, predict: undefined }, shared, name, { ...given, isOne }));
  });
  env.signal?.throwIfAborted();
  const releases = [...order.toSorted().flatMap((name) => found.get(name) ?? []), ...left];
  return { plan: approved ?? await planOf(env, releases, choices), performed: true, releases };
}

async function refuseOtherPlace(env: Environment, plan: MigrationPlan): Promise<void> {
  const problem = await placeProblem(env, rawRecords(env), plan, "plan");
  if (problem !== undefined) throw problem;
}

function choicesOf(options: MigrationChoices): MigrationChoices {
  const { to, max, includeDeleted, keepOldManifests, slim, adopt, adoptSelectable } = options;
  return { to, max, includeDeleted, keepOldManifests, slim, adopt, adoptSelectable };
}

async function planAll(
  env: Environment,
  tools: MigrationTools,
  shared: SharedFacts,
  names: readonly string[],
  { choices, namespaces, all = false }: Pick<MigrateOptions, "namespaces" | "all"> & {
    readonly choices: MigrationChoices;
  },
): Promise<MigratedRelease[]> {
  const found = new Map<string, MigratedRelease>();
  await inPool(names, RELEASES_MAX, async (name) => {
    try {
      const { plan } = await prepareMigration(env, tools, shared, name, choices);
      if (namespaces?.includes(plan.namespace) ?? true) found.set(name, plannedRelease(plan));
    } catch (error) {
      if (env.signal?.aborted || !(error instanceof SkegError)) throw error;
      if (!all && names.length === 1) throw error;
      found.set(name, failedRelease(name, error));
    }
  });
  env.signal?.throwIfAborted();
  return names.flatMap((name) => found.get(name) ?? []);
}

async function performOne(
  env: Environment,
  tools: MigrationTools,
  shared: SharedFacts,
  name: string,
  { isOne, ...options }: Parameters<typeof performMigration>[4] & { readonly isOne: boolean },
): Promise<MigratedRelease> {
  let done: PerformedMigration;
  try {
    done = await performMigration(env, tools, shared, name, options);
  } catch (error) {
    if (isOne || env.signal?.aborted || !(error instanceof SkegError)) throw error;
    return error instanceof MigrationBlocked ? plannedRelease(error.plan) : failedRelease(name, error);
  }
  const { plan, written, adopted, archive, verification } = done;
  const outcome = plan.skipped === undefined ? "done" : "skipped";
  const notes = verification?.notes ?? [];
  return { release: name, outcome, plan, written, adopted, archive, message: plan.skipped ?? "", hint: "", notes };
}

/** Sorts releases so that those whose first upgrade changes nothing that runs come first. */
export function easyFirst(releases: readonly MigratedRelease[]): MigratedRelease[] {
  const rank = ({ plan }: MigratedRelease): number => {
    const known = plan?.prediction?.class;
    return known === "nothing" || known === "metadata"
      ? 0
      : known === undefined
      ? 1
      : PREDICTION_CLASSES.indexOf(known);
  };
  return releases.toSorted((a, b) => rank(a) - rank(b));
}

async function planOf(
  env: Environment,
  releases: readonly MigratedRelease[],
  choices: MigrationChoices,
): Promise<MigrationPlan> {
  return {
    migrationPlan: MIGRATION_FORMAT,
    time: timeOf(env),
    cluster: await clusterOf(env),
    storage: archivedStorage(rawRecords(env)),
    choices,
    releases: releases.flatMap(({ plan }) => plan ?? []),
  };
}
