/**
 * Short ways to declare template functions whose bodies get typed arguments.
 *
 * @module
 */

import type { GoMap, Int, Slice } from "../../golang/mod.ts";
import { type Func, type FuncContext, FuncError, type GoTypeName } from "./func.ts";

/** The value kinds that an argument of a Go type can have, after the engine's checks. */
export type Argument<Name extends GoTypeName> = Name extends "string" ? string
  : Name extends "bool" ? boolean
  : Name extends "int" | "int64" | "uint32" ? Int
  : Name extends "float64" ? number
  : Name extends "[]interface {}" ? unknown[] | Slice | null
  : Name extends "map[string]interface {}" ? GoMap | null
  : unknown;

type Arguments<Names extends readonly GoTypeName[]> = { -readonly [At in keyof Names]: Argument<Names[At]> };

/** Declares a function with a fixed number of parameters. */
export function define<const Names extends readonly GoTypeName[]>(
  params: Names,
  body: (...args: Arguments<Names>) => unknown,
): Func {
  return { params, call: (args) => body(...(args as unknown as Arguments<Names>)) };
}

/** Declares a function with a fixed number of parameters whose result hangs on the time or on chance. */
export function defineInContext<const Names extends readonly GoTypeName[]>(
  params: Names,
  body: (context: FuncContext, ...args: Arguments<Names>) => unknown,
): Func {
  return { params, call: (args, context) => body(context, ...(args as unknown as Arguments<Names>)) };
}

/** Declares a function that takes any number of arguments of type `rest` after its `params`. */
export function defineVariadic<const Names extends readonly GoTypeName[], const Rest extends GoTypeName>(
  params: Names,
  rest: Rest,
  body: (args: Arguments<Names>, rest: Argument<Rest>[]) => unknown,
): Func {
  return {
    params: [...params, rest],
    variadic: true,
    call: params.length === 0 ? (args) => body([] as Arguments<Names>, args as Argument<Rest>[]) : (args) =>
      body(
        args.slice(0, params.length) as unknown as Arguments<Names>,
        args.slice(params.length) as Argument<Rest>[],
      ),
  };
}

/** Returns the error of Go's runtime for a bad index or bound; `bounds` is the bracketed text. */
export function outOfRange(bounds: string): FuncError {
  return new FuncError(`runtime error: slice bounds out of range ${bounds}`);
}

/** The largest text or list that a function makes; Go would fail for want of memory somewhat later. */
export const SIZE_MAX = 1 << 28;
