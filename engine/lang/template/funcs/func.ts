/**
 * How a template function is declared: Go's signature as data, so that the
 * engine can check and convert arguments the way Go's reflection does, and a
 * body over the value kinds of `engine/lang/golang/value.ts`.
 *
 * @module
 */

import type { GoTime } from "../../golang/mod.ts";

/**
 * A Go parameter type by its Go name, such as `string`, `int`, `int64`,
 * `float64`, `bool`, `interface {}`, `[]interface {}`, `[]string`,
 * `map[string]interface {}`, `map[string]string`, `time.Time`, `reflect.Value`.
 */
export type GoTypeName = string;

/** The services of a running template for functions: clock, chance, and ways to call back into the template. */
export interface FuncContext {
  /** Go's `time.Now`. */
  readonly now: () => GoTime;
  /** Gives a number from 0 up to, not including, 1. */
  readonly random: () => number;
  /** Returns the execution of the named template with `data` as its dot; for `include`. */
  readonly include: (name: string, data: unknown) => Execution;
  /** Returns the execution of `source` with `data`; for `tpl`. */
  readonly tpl: (source: string, data: unknown) => Execution;
  /** The same as Helm 3 does it: the text sees all templates that its caller sees, and its definitions replace theirs. */
  readonly tplInside: (source: string, data: unknown) => Execution;
  /** When linting, is told about missing required values instead of failing. */
  readonly missing?: ((message: string) => void) | undefined;
}

/**
 * A template that a function has executed. The engine executes it after the
 * function has returned, and its text is the result of the call: so templates
 * nest without nested calls in JavaScript.
 */
export interface Execution {
  /** Returns the result for the text that was written. */
  readonly done: (text: string) => string;
}

/** One template function. */
export interface Func {
  /** Types of the parameters; with `variadic` the last is the element type of the rest. */
  readonly params: readonly GoTypeName[];
  /** The last parameter takes any number of arguments, none included. */
  readonly variadic?: boolean;
  /**
   * The body. Arguments are already checked and converted; a nil is `null`.
   * Returns a value kind of ours (`null` for nil). An error that the Go
   * function returns, and a panic inside it, are thrown as {@linkcode FuncError}.
   */
  readonly call: (args: unknown[], context: FuncContext) => unknown;
  /**
   * Loads what a call with these arguments needs; `undefined` when it needs
   * nothing, or nothing that is not loaded. For modules that few calls need;
   * {@linkcode FuncNeeds} names those that all calls need.
   */
  readonly load?: (args: unknown[]) => Promise<void> | undefined;
  /** True if `call` returns an {@linkcode Execution}, whose text is the result. */
  readonly runsTemplate?: boolean;
  /**
   * For `and` and `or` of Go since 1.18: arguments are evaluated one by one up to the first whose truth is this, and `call` gets
   * those only. Absent: all arguments are evaluated before the call.
   */
  readonly stopsAt?: boolean;
}

/**
 * Key of a {@linkcode FuncTable}: true if templates that call these functions are written in the language of Go 1.26, as those of
 * Helm 3 are. Absent for the language of Go 1.14, which Helm 2 has.
 */
export const CURRENT_GO: unique symbol = Symbol("Go 1.26");

/** Functions by name. */
export type FuncTable = Readonly<Record<string, Func>> & { readonly [CURRENT_GO]?: boolean };

/** An error of a function. The engine adds `error calling NAME: ` and the place. */
export class FuncError extends Error {}

/**
 * Loaders of the modules that functions need, by the function's name.
 *
 * Templates run synchronously, and some functions stand on modules that are too
 * heavy to load at start-up. They are loaded for the names that the templates
 * mention before these run, and for the names that a text given to `tpl`
 * mentions before that runs. Loading twice costs nothing.
 */
export type FuncNeeds = Readonly<Record<string, () => Promise<void>>>;
