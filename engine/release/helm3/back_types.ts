/**
 * Options and result of the way back to Helm 2.
 *
 * @module
 */
import type { BackupStore } from "../repair/backups.ts";
import type { Helm3Options } from "./tools.ts";

/** Options of {@linkcode migrateBack}. */
export interface BackOptions extends Helm3Options {
  /** Names of releases. */
  readonly releases?: readonly string[] | undefined;
  /** All releases that were migrated instead. */
  readonly all?: boolean | undefined;
  /** True to write. Default false: only the plan. */
  readonly yes?: boolean | undefined;
  /** Where archives are, and go; required with `yes`. */
  readonly archives?: BackupStore | undefined;
  /** If true, also removes the records that Helm 3 has made or changed itself. */
  readonly allRevisions?: boolean | undefined;
}

/** The way back of one release. */
export interface ReturnedRelease {
  /** The release. */
  readonly release: string;
  /** Namespace of the release. */
  readonly namespace: string;
  /** `failed` when a step failed or the way back is barred; the others were not touched by it. */
  readonly outcome: "planned" | "done" | "failed";
  /** Keys of records of Helm 2 that are taken from the archive. */
  readonly restored: readonly string[];
  /** Keys of records of Helm 2 that are made from revisions of Helm 3. */
  readonly created: readonly string[];
  /** Records of Helm 2 that get another status: `web.v7: DEPLOYED → SUPERSEDED`. */
  readonly changed: readonly string[];
  /** Number of live objects that had marks, or have them. */
  readonly marked: number;
  /** Names of Helm 3's records that are removed. */
  readonly removed: readonly string[];
  /** Names of Helm 3's records that stay. */
  readonly kept: readonly string[];
  /** Path of the archive that is made before. */
  readonly archive?: string | undefined;
  /** Why it failed; empty else. */
  readonly message: string;
  /** The next step; empty when there is none. */
  readonly hint: string;
}
