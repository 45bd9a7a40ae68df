/**
 * The repairs of stored records, as the library offers them.
 *
 * @module
 */
import type { OptionsOfRepair, RepairName, RepairOptions, RepairResult } from "../engine/release/mod.ts";
import { backupFolder, readArchiveFile } from "./backup_folder.ts";
import type { CallOptions, SkegRepair } from "./skeg_options.ts";
import type { SkegSession } from "./skeg_session.ts";

/** Options of any repair, as scripts give them. */
type Given = CallOptions & Omit<RepairOptions, "backups" | "check"> & {
  readonly release?: string | undefined;
  readonly all?: boolean | undefined;
  readonly backup?: string | undefined;
};

/** Returns the repairs. Unless a call names another folder, backups go to that of `createSkeg`, or to HELM_HOME. */
export function skegRepairs(session: SkegSession): SkegRepair {
  const { home } = session.options;
  const of = <N extends RepairName>(name: N) => async (given: Given & OptionsOfRepair<N>): Promise<RepairResult> => {
    const { repair, env } = await session.begin(given);
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
      const { planRepair, env } = await session.begin(given);
      const { signal: _, onEvent: __, ...options } = given;
      return await planRepair(env, name, options as typeof options & OptionsOfRepair<typeof name>);
    },
    async apply(plan, given = {}) {
      const { applyRepairPlan, env } = await session.begin(given);
      const { backup, signal: _, onEvent: __, ...options } = given;
      return await applyRepairPlan(env, plan, { ...options, backups: backupFolder({ folder: backup, home }) });
    },
    async sqlBookkeeping(given = {}) {
      const { repairBookkeeping, env } = await session.begin(given);
      return await repairBookkeeping(env, given);
    },
    async undo(given) {
      const { undoRepair, env } = await session.begin(given);
      const { archive } = given;
      const bytes = typeof archive === "string" ? readArchiveFile(archive) : archive;
      return await undoRepair(env, { ...given, archive: bytes });
    },
  };
}
