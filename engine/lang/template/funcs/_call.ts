/**
 * Calls a template function from a test.
 *
 * @module
 */

import { systemClock, systemRandom } from "../../../base/mod.ts";
import { timeNow } from "../../golang/mod.ts";
import type { FuncContext, FuncTable } from "./func.ts";

/** The clock and the source of chance; a test may replace them. */
export const OUTSIDE = { now: timeNow(systemClock), random: systemRandom };

/** Calls the named function of a family with arguments that are already converted. */
export function call(table: FuncTable, name: string, ...args: unknown[]): unknown {
  const func = table[name];
  if (func === undefined) throw new Error(`no function ${name}`);
  return func.call(args, OUTSIDE as FuncContext);
}
