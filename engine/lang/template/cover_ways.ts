/**
 * The way that a call of a function went: which of its arguments it used.
 *
 * @module
 */
import { isEmpty } from "./funcs/_values.ts";
import { truth } from "./truth.ts";

/** Returns the index of the way, in the order of `FUNCTION_WAYS` of `cover_plan.ts`. */
export type WayOf = (args: readonly unknown[]) => number;

/** 0 if an argument before the last decides. Go evaluates the others all the same. */
function logic(args: readonly unknown[], stopsAt: boolean): number {
  for (let index = 0; index < args.length - 1; index++) if (truth(args[index]) === stopsAt) return 0;
  return 1;
}

/** Tells the way of a call by its arguments, by the function's name. */
export const wayOf: Readonly<Partial<Record<string, WayOf>>> = {
  and: (args) => logic(args, false),
  or: (args) => logic(args, true),
  default: ([, given]) => isEmpty(given) ? 1 : 0,
  ternary: ([, , condition]) => condition === true ? 0 : 1,
  coalesce: (args) => {
    const found = args.findIndex((arg) => !isEmpty(arg));
    return found < 0 ? args.length : found;
  },
};
