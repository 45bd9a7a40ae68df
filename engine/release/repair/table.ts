/**
 * The repairs, by name: one line each. The file of a repair is loaded when it is called.
 *
 * @module
 */
import type { Repair } from "./repair.ts";

/** All repairs. */
export const REPAIRS = {
  "map-apis": async () => (await import("./map_apis.ts")).mapApis,
} as const;

/** Name of a repair. */
export type RepairName = keyof typeof REPAIRS;

/** Options of the repair with that name, without those of every repair. */
export type OptionsOfRepair<N extends RepairName> = Awaited<ReturnType<typeof REPAIRS[N]>> extends Repair<infer O> ? O
  : never;
