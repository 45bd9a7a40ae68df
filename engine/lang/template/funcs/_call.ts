/**
 * Calls a template function from a test.
 *
 * @module
 */

import type { FuncContext, FuncTable } from "./func.ts";

/** Calls the named function of a family with arguments that are already converted. */
export function call(table: FuncTable, name: string, ...args: unknown[]): unknown {
  const func = table[name];
  if (func === undefined) throw new Error(`no function ${name}`);
  return func.call(args, {} as FuncContext);
}
