/**
 * The repairs of stored records, as the library offers them.
 *
 * @module
 */
import type { Environment, OptionsOfRepair, RepairName, RepairOptions, RepairResult } from "../engine/release/mod.ts";
import { backupFolder, readArchiveFile } from "./backup_folder.ts";
import type { CallOptions, SkegRepair } from "./skeg_options.ts";

/** The loaded operations and what they act on. */
type Begin = (given: CallOptions) => Promise<typeof import("../engine/release/mod.ts") & { readonly env: Environment }>;

/** Options of any repair, as scripts give them. */
type Given = CallOptions & Omit<RepairOptions, "backups" | "check"> & {
  readonly release?: string | undefined;
  readonly all?: boolean | undefined;
  readonly backup?: string | undefined;
};

/**
 * Returns the repairs.
 *
 * @param begin Loads the operations and opens the cluster.
 * @param home Folder of backups, unless a call names another; absent: HELM_HOME.
 */
export function skegRepairs(begin: Begin, home: string | undefined): SkegRepair {
  const of = <N extends RepairName>(name: N) => async (given: Given & OptionsOfRepair<N>): Promise<RepairResult> => {
    const { repair, env } = await begin(given);
    const { backup, ...rest } = given;
    const options = { ...rest, backups: backupFolder({ folder: backup, home }) };
    return await repair(env, name, options as typeof options & OptionsOfRepair<N>);
  };
  return {
    settle: of("settle"),
    dedupe: of("dedupe"),
    promote: of("promote"),
    relabel: of("relabel"),
    quarantine: of("quarantine"),
    salvage: of("salvage"),
    prune: of("prune"),
    slim: of("slim"),
    forget: of("forget"),
    finishDelete: of("finish-delete"),
    cleanupFailed: of("cleanup-failed"),
    deleteOrphans: of("delete-orphans"),
    cleanHooks: of("clean-hooks"),
    disown: of("disown"),
    reapply: of("reapply"),
    mapApis: of("map-apis"),
    async plan(name, given) {
      const { planRepair, env } = await begin(given);
      const { signal: _, onEvent: __, ...options } = given;
      return await planRepair(env, name, options as typeof options & OptionsOfRepair<typeof name>);
    },
    async apply(plan, given = {}) {
      const { applyRepairPlan, env } = await begin(given);
      const { backup, signal: _, onEvent: __, ...options } = given;
      return await applyRepairPlan(env, plan, { ...options, backups: backupFolder({ folder: backup, home }) });
    },
    async sqlBookkeeping(given = {}) {
      const { repairBookkeeping, env } = await begin(given);
      return await repairBookkeeping(env, given);
    },
    async undo(given) {
      const { undoRepair, env } = await begin(given);
      const { archive } = given;
      const bytes = typeof archive === "string" ? readArchiveFile(archive) : archive;
      return await undoRepair(env, { ...given, archive: bytes });
    },
  };
}
