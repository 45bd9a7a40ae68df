/**
 * Command lines in the results of migrations, completed as those of other advice are.
 *
 * @module
 */
import type {
  MigratedRelease,
  MigrationResult,
  ReleaseMigration,
  ReleasePrediction,
} from "../../engine/release/mod.ts";
import type { Context } from "./command.ts";

type Typeable = Context["typeable"];

/** Returns the result of a migration in which every command line can be typed. The plan that is saved stays as it is. */
export function typeableMigration(result: MigrationResult, typeable: Typeable): MigrationResult {
  return {
    ...result,
    releases: result.releases.map((one) => ({ ...typeableHint(one, typeable), ...planOf(one, typeable) })),
  };
}

/** Returns the result for a release with a message and a hint that can be typed. */
export function typeableHint<T extends { readonly message: string; readonly hint: string }>(
  one: T,
  typeable: Typeable,
): T {
  return { ...one, message: typeable(one.message), hint: typeable(one.hint) };
}

function planOf({ plan }: MigratedRelease, typeable: Typeable): { readonly plan?: ReleaseMigration } {
  if (plan === undefined) return {};
  const { blockers, prediction } = plan;
  return {
    plan: {
      ...plan,
      blockers: blockers.map(({ code, text, hint }) => ({ code, text: typeable(text), hint: typeable(hint) })),
      ...prediction === undefined ? {} : { prediction: predictionOf(prediction, typeable) },
    },
  };
}

function predictionOf(prediction: ReleasePrediction, typeable: Typeable): ReleasePrediction {
  return {
    ...prediction,
    advice: prediction.advice.map(typeable),
    objects: prediction.objects.map((one) => ({ ...one, advice: one.advice.map(typeable) })),
  };
}
