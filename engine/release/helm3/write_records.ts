/**
 * Writes to the cluster what a migration brings: Helm 3's records, and its marks on live objects.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Environment } from "../environment.ts";
import { adoptObject, type PreparedAdoption } from "./adopt.ts";
import type { MigrationChoices, ReleaseMigration } from "./plan_types.ts";
import type { MigrationTools } from "./prepare.ts";
import { compareTarget } from "./targets.ts";
import type { PreparedRevision } from "./revisions.ts";
import { mayBeThere } from "./store.ts";

/** Creates the records that are missing, newest first. Returns their number. */
export async function writeRecords(
  env: Environment,
  { store }: MigrationTools,
  { namespace, revisions: planned }: ReleaseMigration,
  revisions: readonly PreparedRevision[],
): Promise<number> {
  const states = new Map(planned.map(({ target, state }) => [target, state]));
  let written = 0;
  for (const { plan, make, release } of revisions) {
    env.signal?.throwIfAborted();
    if (states.get(plan.target) === "equal") continue;
    try {
      await store.create(namespace, make());
    } catch (error) {
      if (!mayBeThere(error)) throw error;
      const state = await compareTarget(store, namespace, plan, make);
      if (state === "missing") throw error;
      if (state === "other") {
        throw new SkegError("exists", `${plan.target} exists and is another release`, { cause: error });
      }
    }
    written++;
    env.report({ type: "record", release, verb: "create" });
  }
  return written;
}

/** Marks the live objects of a release. Returns the number of those that were changed. */
export async function adoptAll(
  env: Environment,
  { release: name, namespace }: ReleaseMigration,
  adoption: readonly PreparedAdoption[],
  { adoptSelectable }: MigrationChoices,
): Promise<number> {
  let adopted = 0;
  for (const one of adoption) {
    env.signal?.throwIfAborted();
    if (one.step.add.length === 0) continue;
    if (await adoptObject(env, one, { name, namespace, adoptSelectable }) === "done") adopted++;
  }
  return adopted;
}
