/**
 * The names and functions that are known where a piece of a template is compiled.
 *
 * @module
 */
import type { FuncTable } from "./funcs/func.ts";
import type { Tracing } from "./trace.ts";

/** Names and functions at a place of the text. */
export interface Scope {
  readonly functions: FuncTable;
  /** Names on Go's stack of variables; grows as code is compiled. */
  readonly vars: string[];
  /** Makes code report what it does; absent when nothing is traced. */
  readonly trace?: Tracing | undefined;
}
