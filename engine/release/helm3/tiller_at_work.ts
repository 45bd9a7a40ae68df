/**
 * A Tiller that runs while releases are migrated: it does not see that they were.
 *
 * @module
 */
import type { Environment } from "../environment.ts";
import { rawRecords } from "../repair/records.ts";
import { runningTillers } from "../repair/running_tillers.ts";
import { migrateCommand } from "./command_line.ts";
import type { MigrationBlocker } from "./plan_types.ts";

/**
 * Returns which Tiller runs, or may run, in words, and what to do about it; `undefined` when none does.
 *
 * @param release Named in advice.
 */
export async function tillerAtWork(
  env: Environment,
  release = "--all",
): Promise<Pick<MigrationBlocker, "text" | "hint"> | undefined> {
  const { kind, namespace } = rawRecords(env);
  // Any Tiller of the cluster may use a database.
  const pods = await runningTillers(env, kind === "SQL" ? "" : namespace);
  if (pods === undefined) {
    const where = kind === "SQL" ? "the cluster" : `namespace ${JSON.stringify(namespace)}`;
    return {
      text: `a Tiller may run, because the pods of ${where} cannot be listed`,
      hint:
        `Ask for a role that lists them: '${
          migrateCommand(release, "--print-role")
        }' prints it. If no Tiller runs there, ` +
        "give --tiller-running.",
    };
  }
  const [first] = pods;
  if (first === undefined) return undefined;
  const { name, namespace: place } = first;
  return {
    text: `a Tiller runs in namespace ${JSON.stringify(place)} (pod ${JSON.stringify(name)})`,
    hint:
      `Scale its Deployment to 0 first: 'kubectl scale deployment tiller-deploy -n ${place} --replicas=0', unless it has ` +
      "another name. If nobody uses that Tiller, give --tiller-running.",
  };
}
