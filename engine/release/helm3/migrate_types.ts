/**
 * Options and result of a migration to Helm 3.
 *
 * @module
 */
import type { BackupStore } from "../repair/backups.ts";
import type { MigrationChoices, MigrationPlan, ReleaseMigration } from "./plan_types.ts";
import type { CrossCheck } from "./verify.ts";

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
