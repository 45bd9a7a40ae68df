/**
 * The result of a migration for one release.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { ReleaseMigration } from "./plan_types.ts";
import type { MigratedRelease } from "./migrate_types.ts";
import { messageOf } from "../../base/mod.ts";

/** Returns a release as its plan says: nothing of it was done, or everything was before. */
export function plannedRelease(plan: ReleaseMigration): MigratedRelease {
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

/** Returns a release whose plan or migration failed. */
export function failedRelease(release: string, error: SkegError, plan?: ReleaseMigration): MigratedRelease {
  const hint = error.hint ?? "";
  return { release, outcome: "failed", plan, written: 0, adopted: 0, message: messageOf(error), hint, notes: [] };
}
