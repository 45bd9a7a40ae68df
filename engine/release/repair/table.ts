/**
 * The repairs, by name: one line each, and one file that is loaded when the
 * repair is called.
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

/** Options of the repair of that name, besides those of every repair. */
export type OptionsOfRepair<N extends RepairName> = Awaited<ReturnType<typeof REPAIRS[N]>> extends Repair<infer O> ? O
  : never;
