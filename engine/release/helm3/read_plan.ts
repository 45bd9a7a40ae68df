/**
 * Reads a saved plan of a migration.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { isObject, type JsonObject } from "../../base/mod.ts";
import { MIGRATION_FORMAT, type MigrationPlan } from "./plan_types.ts";

/**
 * Reads a plan from its JSON.
 *
 * @param source Name of the file, for errors.
 * @throws SkegError of kind `io` for anything else.
 */
export function readMigrationPlan(text: string, source: string): MigrationPlan {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (cause) {
    throw new SkegError("io", `${source} is not the plan of a migration: it is not JSON`, { cause });
  }
  if (isObject(plan) && typeof plan.migrationPlan === "number" && plan.migrationPlan > MIGRATION_FORMAT) {
    throw new SkegError(
      "io",
      `${source} has format version ${plan.migrationPlan}; this program reads ${MIGRATION_FORMAT}`,
      {
        hint: "Use a newer version of this program.",
      },
    );
  }
  if (!isPlan(plan)) {
    throw new SkegError("io", `${source} is not the plan of a migration, or it was changed by hand`, {
      hint: "Make a new one: 'skeg migrate helm3 --all --plan-out FILE'.",
    });
  }
  return plan;
}

function isPlan(value: unknown): value is MigrationPlan {
  if (!isObject(value) || value.migrationPlan !== MIGRATION_FORMAT) return false;
  const { cluster, storage, choices, releases } = value;
  return hasTexts(cluster, "uid") && hasTexts(storage, "kind") && isObject(choices) &&
    (choices.to === undefined || TARGETS.includes(choices.to)) && isListOf(releases, isRelease);
}

/** Storages of Helm 3. */
const TARGETS: readonly unknown[] = ["secret", "configmap", "sql"];

/** True for a release with all fields that are shown or compared; of those that are migrated, the rest is found anew. */
function isRelease(value: unknown): boolean {
  return hasTexts(value, "release", "namespace", "chart", "digest") &&
    isListOf(value.revisions, isRevision) && isListOf(value.adoption, isStep) && isListOf(value.notes, isText) &&
    isListOf(value.blockers, (one) => hasTexts(one, "code", "text", "hint"));
}

function isRevision(value: unknown): boolean {
  return hasTexts(value, "key", "target", "status") && typeof value.sizeBytes === "number" &&
    [value.mapped, value.notes, value.slimmed].every((list) => isListOf(list, isText));
}

function isStep(value: unknown): boolean {
  return hasTexts(value, "note") && hasTexts(value.object, "kind", "name") && isListOf(value.add, isText);
}

const isText = (value: unknown): boolean => typeof value === "string";

function hasTexts(value: unknown, ...names: readonly string[]): value is JsonObject {
  return isObject(value) && names.every((name) => typeof value[name] === "string");
}

function isListOf(value: unknown, test: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test);
}
