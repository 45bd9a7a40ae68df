/**
 * Reads a saved plan of a migration.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { MIGRATION_FORMAT, type MigrationPlan } from "./plan_types.ts";

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
