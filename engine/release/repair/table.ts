/**
 * The repairs, by name: one line each. The file of a repair is loaded when it is called.
 *
 * @module
 */
import type { Repair } from "./repair.ts";

/** All repairs. */
export const REPAIRS = {
  "map-apis": async () => (await import("./map_apis.ts")).mapApis,
  "settle": async () => (await import("./settle.ts")).settle,
  "dedupe": async () => (await import("./dedupe.ts")).dedupe,
  "promote": async () => (await import("./promote.ts")).promote,
  "relabel": async () => (await import("./relabel.ts")).relabel,
  "quarantine": async () => (await import("./quarantine.ts")).quarantine,
  "salvage": async () => (await import("./salvage.ts")).salvage,
  "prune": async () => (await import("./prune.ts")).prune,
  "slim": async () => (await import("./slim.ts")).slim,
  "forget": async () => (await import("./forget.ts")).forget,
  "disown": async () => (await import("./disown.ts")).disown,
  "finish-delete": async () => (await import("./finish_delete.ts")).finishDelete,
  "cleanup-failed": async () => (await import("./cleanup_failed.ts")).cleanupFailed,
  "delete-orphans": async () => (await import("./delete_orphans.ts")).deleteOrphans,
  "clean-hooks": async () => (await import("./clean_hooks.ts")).cleanHooks,
  "reapply": async () => (await import("./reapply.ts")).reapply,
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
