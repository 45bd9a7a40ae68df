/**
 * Template functions that choose between values, or stop the rendering. Exports
 * `flowFuncs`.
 *
 * Answers to sprig 2.22.0, `defaults.go` and `functions.go`.
 *
 * @module
 */

import { define, defineVariadic } from "./_define.ts";
import { isEmpty } from "./_values.ts";
import { FuncError, type FuncTable } from "./func.ts";

/** Functions that choose or stop, by name. */
export const flowFuncs: FuncTable = {
  default: defineVariadic(["interface {}"], "interface {}", ([fallback], [given]) => isEmpty(given) ? fallback : given),
  empty: define(["interface {}"], isEmpty),
  coalesce: defineVariadic([], "interface {}", (_, values) => values.find((value) => !isEmpty(value)) ?? null),
  ternary: define(["interface {}", "interface {}", "bool"], (yes, no, condition) => condition ? yes : no),
  fail: define(["string"], (message) => {
    throw new FuncError(message);
  }),
};
