/**
 * The repairs, by name: one line each. The file of a repair is loaded when it is called.
 *
 * @module
 */
import type { CleanHooksOptions } from "./clean_hooks.ts";
import type { CleanupFailedOptions } from "./cleanup_failed.ts";
import type { ChooseOptions } from "./dedupe.ts";
import type { DeleteOrphansOptions } from "./delete_orphans.ts";
import type { DisownOptions } from "./disown.ts";
import type { FinishDeleteOptions } from "./finish_delete.ts";
import type { ForgetOptions } from "./forget.ts";
import type { MapApisOptions } from "./map_apis.ts";
import type { PruneOptions } from "./prune.ts";
import type { QuarantineOptions } from "./quarantine.ts";
import type { ReapplyOptions } from "./reapply.ts";
import type { RelabelOptions } from "./relabel.ts";
import type { SalvageOptions } from "./salvage.ts";
import type { SettleOptions } from "./settle.ts";
import type { SlimOptions } from "./slim.ts";
import type { Repair } from "./repair.ts";

/** All repairs. Each type is written out: declarations of the package are made file by file. */
export const REPAIRS = {
  "map-apis": async (): Promise<Repair<MapApisOptions>> => (await import("./map_apis.ts")).mapApis,
  "settle": async (): Promise<Repair<SettleOptions>> => (await import("./settle.ts")).settle,
  "dedupe": async (): Promise<Repair<ChooseOptions>> => (await import("./dedupe.ts")).dedupe,
  "promote": async (): Promise<Repair<ChooseOptions>> => (await import("./promote.ts")).promote,
  "relabel": async (): Promise<Repair<RelabelOptions>> => (await import("./relabel.ts")).relabel,
  "quarantine": async (): Promise<Repair<QuarantineOptions>> => (await import("./quarantine.ts")).quarantine,
  "salvage": async (): Promise<Repair<SalvageOptions>> => (await import("./salvage.ts")).salvage,
  "prune": async (): Promise<Repair<PruneOptions>> => (await import("./prune.ts")).prune,
  "slim": async (): Promise<Repair<SlimOptions>> => (await import("./slim.ts")).slim,
  "forget": async (): Promise<Repair<ForgetOptions>> => (await import("./forget.ts")).forget,
  "disown": async (): Promise<Repair<DisownOptions>> => (await import("./disown.ts")).disown,
  "finish-delete": async (): Promise<Repair<FinishDeleteOptions>> => (await import("./finish_delete.ts")).finishDelete,
  "cleanup-failed": async (): Promise<Repair<CleanupFailedOptions>> =>
    (await import("./cleanup_failed.ts")).cleanupFailed,
  "delete-orphans": async (): Promise<Repair<DeleteOrphansOptions>> =>
    (await import("./delete_orphans.ts")).deleteOrphans,
  "clean-hooks": async (): Promise<Repair<CleanHooksOptions>> => (await import("./clean_hooks.ts")).cleanHooks,
  "reapply": async (): Promise<Repair<ReapplyOptions>> => (await import("./reapply.ts")).reapply,
} as const;

/**
 * Name of a repair.
 *
 * @internal
 */
export type RepairName = keyof typeof REPAIRS;

/**
 * Options of the repair with that name, without those of every repair.
 *
 * @internal
 */
export type OptionsOfRepair<N extends RepairName> = Awaited<ReturnType<typeof REPAIRS[N]>> extends Repair<infer O> ? O
  : never;
