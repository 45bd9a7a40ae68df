/**
 * `cleanup-failed`: deletes objects that only failed revisions since the DEPLOYED one have made.
 *
 * Helm 2 leaves them behind, and refuses the next upgrade that wants to create them.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { liveReader } from "../doctor/live.ts";
import type { Environment } from "../environment.ts";
import { keyOf } from "../object_names.ts";
import { changedSomething } from "../was_deployed.ts";
import { openStatus } from "./at_work.ts";
import { deletableObjects } from "./deletable.ts";
import { keptKeys } from "./kept_objects.ts";
import { isDeployed } from "./mark.ts";
import {
  nothingToDo,
  type ObjectDeletion,
  type PreparedRepair,
  type ReleaseRecords,
  type Repair,
  type RepairNote,
} from "./repair.ts";

/** Options of `cleanup-failed`. */
export interface CleanupFailedOptions {
  /** Namespaces, CustomResourceDefinitions, volumes and claims to delete, too, as `KIND/NAME`. */
  readonly also?: readonly string[] | undefined;
}

/** The repair. */
export const cleanupFailed: Repair<CleanupFailedOptions> = {
  name: "cleanup-failed",
  notForAll: "it deletes objects",
  prepare,
};

async function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  { also }: CleanupFailedOptions,
): Promise<PreparedRepair> {
  const newest = records.at(-1);
  if (newest === undefined) return nothingToDo(name, "there are no records");
  const open = openStatus(newest);
  if (open !== undefined) {
    throw new SkegError("conflict", `${newest.key} is ${open}: its operation may go on`, {
      hint: `Run 'skeg repair settle ${name} --as failed' first.`,
    });
  }
  const deployed = records.findLast(isDeployed)?.release;
  if (deployed === undefined) {
    throw new SkegError("conflict", `no revision of ${name} is DEPLOYED: nothing shows which objects should stay`, {
      hint: `If none should, run 'skeg delete --purge ${name}'; else 'skeg repair promote ${name}' first.`,
    });
  }
  const live = liveReader(env);
  const current = await live.objectsOf(deployed);
  if (current.problem !== "") {
    throw new SkegError("conflict", `the DEPLOYED manifest cannot be read whole: ${current.problem}`);
  }
  const failed = records.filter(({ revision, release }) =>
    revision > deployed.revision && release?.info.status.code === "FAILED" && changedSomething(release)
  );
  const seen = new Set(current.byKey.keys());
  const deletions: ObjectDeletion[] = [];
  const notes: RepairNote[] = [];
  for (const { key, release } of failed.toReversed()) {
    if (release === undefined) continue;
    const { infos } = await live.objectsOf(release);
    const kept = keptKeys(infos);
    const fresh = infos.filter((info) => !seen.has(keyOf(info)) && !kept.has(keyOf(info)));
    fresh.forEach((info) => seen.add(keyOf(info)));
    const reason = `only revision ${release.revision} names it, which failed`;
    const part = await deletableObjects(env, live, { name, record: key, reason, infos: fresh, also });
    deletions.push(...part.deletions);
    notes.push(...part.notes);
  }
  if (deletions.length > 0 || notes.length > 0) return { changes: [], notes, writes: [], deletions };
  return nothingToDo(newest.key, "no failed revision has left objects of its own");
}
