/**
 * Migrates releases to Helm 3: the plan of all of them first, and with `yes` what it says.
 *
 * @module
 */
import { inPool } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import { messageOf } from "../_calls.ts";
import { archivedStorage } from "../repair/archive.ts";
import { type BackupStore, clusterOf } from "../repair/backups.ts";
import { rawRecords, releaseNames } from "../repair/records.ts";
import { runningTillers } from "../repair/running_tillers.ts";
import { placeProblem } from "../repair/undo.ts";
import { listMetadata } from "../doctor/list_metadata.ts";
import { readKey } from "../../../storage/mod.ts";
import { timeOf } from "../transfer/export.ts";
import { checkExistingName } from "../names.ts";
import type { Environment } from "../environment.ts";
import { MigrationBlocked, type PerformedMigration, performMigration } from "./perform.ts";
import {
  MIGRATION_FORMAT,
  type MigrationChoices,
  type MigrationPlan,
  PREDICTION_CLASSES,
  type ReleaseMigration,
} from "./plan_types.ts";
import { type MigrationTools, prepareMigration } from "./prepare.ts";
import { type SharedFacts, sharedFacts } from "./shared_facts.ts";
import type { CrossCheck } from "./verify.ts";

/** Releases that are worked on at the same time. */
const RELEASES_MAX = 4;

/** The releases to migrate. */
export interface MigrationSubject {
  /** Names of releases. */
  readonly releases?: readonly string[] | undefined;
  /** All releases of the storage instead. */
  readonly all?: boolean | undefined;
  /** With `all`: only releases in these namespaces. */
  readonly namespaces?: readonly string[] | undefined;
  /** With `all`: only releases with a record whose labels fit, such as `team=shop`. */
  readonly selector?: string | undefined;
}

/** Options of {@linkcode migrateToHelm3}. */
export interface MigrateOptions extends MigrationSubject, MigrationChoices {
  /** True to write. Default false: only the plan. */
  readonly yes?: boolean | undefined;
  /** Where archives go; required with `yes`. */
  readonly archives?: BackupStore | undefined;
  /** The plan that was approved: exactly that is done. Its releases and its choices count. */
  readonly approved?: MigrationPlan | undefined;
  /** If true, migrates although a Tiller runs. */
  readonly tillerRunning?: boolean | undefined;
  /** If true, releases whose first upgrade changes nothing that runs come first. Needs a prediction. */
  readonly easyFirst?: boolean | undefined;
  /** Asks the real Helm 3 after a release was migrated. */
  readonly crossCheck?: CrossCheck | undefined;
}

/**
 * Result for a release: `planned` in a plan; `done` now or before; `skipped` when nothing is to be done; `blocked` when
 * something must be mended first; `failed` when a step failed.
 */
export type MigrationOutcome = "planned" | "done" | "skipped" | "blocked" | "failed";

/** One release of a migration. */
export interface MigratedRelease {
  /** The release. */
  readonly release: string;
  /** Result for the release. */
  readonly outcome: MigrationOutcome;
  /** Absent when not even the plan could be made. */
  readonly plan?: ReleaseMigration | undefined;
  /** Records that were created. */
  readonly written: number;
  /** Objects that were given marks. */
  readonly adopted: number;
  /** Path of the archive. */
  readonly archive?: string | undefined;
  /** Why it failed or is blocked; empty else. */
  readonly message: string;
  /** The next step; empty when there is none. */
  readonly hint: string;
  /** Facts that a person should know afterwards. */
  readonly notes: readonly string[];
}

/** Result of a migration. */
export interface MigrationResult {
  /** The plan, as it can be saved and approved. */
  readonly plan: MigrationPlan;
  /** True if it was performed. */
  readonly performed: boolean;
  /** By name. */
  readonly releases: readonly MigratedRelease[];
  /** For plans: why nothing would be done now, such as a Tiller that runs. */
  readonly blocked?: string | undefined;
}

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
  const left = (approved?.releases ?? []).filter(({ release }) => !names.includes(release)).map(plannedRelease);
  const shared = sharedFacts(env, names.length === 1 ? names[0] : undefined);
  const choices = approved?.choices ?? choicesOf(options);
  const running = options.tillerRunning === true ? undefined : await tillerText(env);
  if (!yes) {
    const releases = await planAll(env, tools, shared, names, { ...options, choices });
    return { plan: await planOf(env, releases, choices), performed: false, releases, blocked: running };
  }
  if (running !== undefined) {
    throw new SkegError("conflict", `${running}: it does not see that a release was migrated`, {
      hint: "Scale Tiller's Deployment to 0 first. If nobody uses that Tiller, give --tiller-running.",
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

/** Returns the names of the releases that a migration is about, sorted. */
export async function migrationNames(env: Environment, options: MigrateOptions): Promise<string[]> {
  const { releases = [], all = false, approved } = options;
  if (approved !== undefined) {
    if (all || releases.length > 0) throw new SkegError("usage", "a plan names its releases: give no others");
    return approved.releases.filter(({ blockers, skipped }) => blockers.length === 0 && skipped === undefined)
      .map(({ release }) => release);
  }
  if (all === releases.length > 0) throw new SkegError("usage", "name releases, or all of them, to migrate");
  for (const name of releases) checkExistingName(name);
  return all ? await selectedNames(env, options.selector) : [...new Set(releases)].sort();
}

/** Returns the names of all releases that have a record whose labels fit a selector. */
async function selectedNames(env: Environment, selector = ""): Promise<string[]> {
  if (selector === "") return await releaseNames(env);
  const { place } = env.driver;
  if (place === undefined) {
    throw new SkegError("usage", "rows of a database have no labels that a selector could ask for");
  }
  const found = new Set<string>();
  const path = `/api/v1/namespaces/${encodeURIComponent(place.namespace)}/${place.storage}s?labelSelector=` +
    encodeURIComponent(`OWNER=TILLER,${selector}`);
  await listMetadata(env, path, ({ name = "" }) => {
    const key = readKey(name);
    if (key !== undefined) found.add(key.name);
  });
  return [...found].sort();
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

function plannedRelease(plan: ReleaseMigration): MigratedRelease {
  const [first] = plan.blockers;
  const outcome = plan.skipped !== undefined
    ? "skipped"
    : first !== undefined
    ? "blocked"
    : plan.migrated
    ? "done"
    : "planned";
  return {
    release: plan.release,
    outcome,
    plan,
    written: 0,
    adopted: 0,
    message: first?.text ?? plan.skipped ?? "",
    hint: first?.hint ?? "",
    notes: [],
  };
}

function failedRelease(release: string, error: SkegError, plan?: ReleaseMigration): MigratedRelease {
  const hint = error.hint ?? "";
  return { release, outcome: "failed", plan, written: 0, adopted: 0, message: messageOf(error), hint, notes: [] };
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
function easyFirst(releases: readonly MigratedRelease[]): MigratedRelease[] {
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

/** Returns which Tiller runs, in words; `undefined` when none does. */
async function tillerText(env: Environment): Promise<string | undefined> {
  const { kind, namespace } = rawRecords(env);
  // Any Tiller of the cluster may use a database.
  const pods = await runningTillers(env, kind === "SQL" ? "" : namespace);
  const where = kind === "SQL" ? "the cluster" : `namespace ${JSON.stringify(namespace)}`;
  if (pods === undefined) return `the pods of Tiller in ${where} cannot be listed: one may run`;
  const [first] = pods;
  return first === undefined
    ? undefined
    : `a Tiller runs in namespace ${JSON.stringify(first.namespace)} (pod ${JSON.stringify(first.name)})`;
}

/**
 * Reads a plan from its JSON.
 *
 * @param source Name of the file, for errors.
 * @throws SkegError of kind `io` for anything else.
 */
export function readMigrationPlan(text: string, source: string): MigrationPlan {
  let plan: Partial<MigrationPlan> | null;
  try {
    plan = JSON.parse(text);
  } catch (cause) {
    throw new SkegError("io", `${source} is not the plan of a migration: it is not JSON`, { cause });
  }
  if (typeof plan?.migrationPlan === "number" && plan.migrationPlan > MIGRATION_FORMAT) {
    throw new SkegError(
      "io",
      `${source} has format version ${plan.migrationPlan}; this program reads ${MIGRATION_FORMAT}`,
      {
        hint: "Use a newer version of this program.",
      },
    );
  }
  const isWhole = plan?.migrationPlan === MIGRATION_FORMAT && typeof plan.cluster?.uid === "string" &&
    typeof plan.storage?.kind === "string" && typeof plan.choices === "object" && Array.isArray(plan.releases) &&
    plan.releases.every((one) =>
      typeof one?.release === "string" && typeof one.digest === "string" && Array.isArray(one.blockers)
    );
  if (!isWhole) throw new SkegError("io", `${source} is not the plan of a migration`);
  return plan as MigrationPlan;
}
