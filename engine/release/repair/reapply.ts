/**
 * `reapply`: rolls back to the DEPLOYED revision, which makes a new revision and creates what is missing.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { liveReader } from "../doctor/live.ts";
import type { Environment } from "../environment.ts";
import { describeObject, keyOf } from "../object_names.ts";
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
