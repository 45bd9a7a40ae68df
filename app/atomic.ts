/**
 * `--atomic`: an operation that failed is undone.
 *
 * @module
 */
import type { Environment, ReleaseError, RollbackOptions } from "../engine/release/mod.ts";
import type { Release } from "../engine/model/mod.ts";

/** The operations that undo others. */
export type Undoing = Pick<typeof import("../engine/release/mod.ts"), "ReleaseError" | "rollback" | "uninstall">;

/**
 * Purges what a failed install recorded.
 *
 * Helm 2 purges any release with the name, even a healthy one that existed before; here only a record of this
 * install is purged.
 *
 * @param error The error of the install.
 * @returns What stays, in words, if anything was purged; empty when nothing stays.
 */
export async function undoInstall(
  environment: Environment,
  operations: Undoing,
  error: unknown,
  options: { readonly disableHooks?: boolean | undefined; readonly timeoutSeconds?: number | undefined },
): Promise<string | undefined> {
  if (!isRecorded(operations, error) || error.release === undefined) return undefined;
  // The signal that ended the install must not end this.
  const { kept } = await operations.uninstall({ ...environment, signal: undefined }, {
    ...options,
    name: error.release.name,
    purge: true,
    description: "",
  });
  return kept;
}

/**
 * Returns the revision that a failed upgrade is rolled back to; `undefined` when it left nothing to undo.
 *
 * Helm 2 rolls back to the newest revision in any state, even when nothing was changed; here to the one that
 * was deployed, and only when this upgrade has left a revision.
 */
export function revisionBefore(operations: Undoing, error: unknown): Release | undefined {
  return isRecorded(operations, error) ? error.before : undefined;
}

/** Rolls a failed upgrade back to the revision that was deployed before. */
export async function undoUpgrade(
  environment: Environment,
  operations: Undoing,
  before: Release,
  options: Omit<RollbackOptions, "name" | "revision" | "description">,
): Promise<void> {
  await operations.rollback({ ...environment, signal: undefined }, {
    ...options,
    name: before.name,
    revision: before.revision,
    description: "",
  });
}

function isRecorded({ ReleaseError }: Undoing, error: unknown): error is ReleaseError {
  return error instanceof ReleaseError && error.recorded;
}
