/**
 * `reapply`: rolls back to the DEPLOYED revision, which makes a new revision and creates what is missing.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Release } from "../../model/mod.ts";
import { type LiveReader, liveReader } from "../doctor/live.ts";
import type { Environment } from "../environment.ts";
import { describeObject, keyOf } from "../object_names.ts";
import { ownershipOf } from "../ownership.ts";
import { keptKeys } from "./kept_objects.ts";
import { isDeployed } from "./mark.ts";
import type { PreparedRepair, ReleaseRecords, Repair, RepairNote } from "./repair.ts";

/** Options of `reapply`. */
export interface ReapplyOptions {
  /** Longest wait for each hook, in seconds; default 300. */
  readonly timeoutSeconds?: number | undefined;
  /** If true, hooks do not run. */
  readonly noHooks?: boolean | undefined;
}

/** The repair. */
export const reapply: Repair<ReapplyOptions> = {
  name: "reapply",
  notForAll: "it creates and changes objects of the cluster",
  prepare,
};

async function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  options: ReapplyOptions,
): Promise<PreparedRepair> {
  const deployed = records.findLast((record) => isDeployed(record) && record.release !== undefined);
  if (deployed?.release === undefined) {
    throw new SkegError("conflict", `${JSON.stringify(name)} has no deployed releases`, {
      hint: `Run 'skeg repair promote ${name}' first, or roll back with 'skeg rollback ${name} REVISION'.`,
    });
  }
  const live = liveReader(env);
  await refuseDeletions(env, live, name, deployed.release, records.at(-1)?.release);
  const { infos } = await live.objectsOf(deployed.release);
  const existing = await live.existing(infos);
  const notes = infos.filter((info) => !existing.has(keyOf(info))).map((info): RepairNote => ({
    record: deployed.key,
    subject: describeObject(info),
    text: "it is missing: the rollback creates it",
    unsolved: false,
    hint: "",
  }));
  const { revision } = deployed;
  return {
    changes: [],
    notes,
    writes: [],
    operation: {
      text: `rollback to revision ${revision}`,
      run: async (env) => {
        const { rollback } = await import("../rollback.ts");
        const { timeoutSeconds, noHooks } = options;
        await rollback(env, { name, revision, timeoutSeconds, disableHooks: noHooks });
      },
    },
  };
}

/** Throws when the rollback would delete objects: those that the newest revision has made, and that the DEPLOYED one lacks. */
async function refuseDeletions(
  env: Environment,
  live: LiveReader,
  name: string,
  deployed: Release,
  newest: Release | undefined,
): Promise<void> {
  if (newest === undefined || newest.revision === deployed.revision) return;
  const [target, { infos }] = await Promise.all([live.objectsOf(deployed), live.objectsOf(newest)]);
  const kept = keptKeys(infos);
  const extra = infos.filter((info) => !target.byKey.has(keyOf(info)) && !kept.has(keyOf(info)));
  if (extra.length === 0) return;
  const { own } = await ownershipOf(env, name).sort([...(await live.existing(extra)).values()]);
  if (own.length === 0) return;
  const names = own.map(({ info }) => describeObject(info)).join(", ");
  throw new SkegError(
    "conflict",
    `the rollback to revision ${deployed.revision} would delete objects that only revision ${newest.revision} has: ${names}`,
    { hint: `Run 'skeg repair cleanup-failed ${name}' first: it shows them, and has a backup.` },
  );
}
