/**
 * The place where a piece of a template is compiled: the names and functions
 * that it sees, and the code that it is added to.
 *
 * @module
 */
import type { Cover } from "./cover.ts";
import type { FuncTable } from "./funcs/func.ts";
import type { Op, Run } from "./machine.ts";
import type { Node, Tree } from "./nodes.ts";
import type { Bracket, Tracing } from "./trace.ts";

/** The innermost `range` around a place: `break` and `continue` go there. */
export interface EnclosingRange {
  /** The instruction that takes the next element; the range ends at the one after it. */
  readonly next: number;
  /** Instructions that leave the branches between the range and the place, the innermost first. */
  readonly leaving: readonly Op[];
}

/** A place of the text, and the code so far. */
export interface Scope {
  readonly functions: FuncTable;
  /** The template that is compiled. */
  readonly tree: Tree;
  /** Names on Go's stack of variables; grows as code is compiled. */
  readonly vars: string[];
  /** The instructions of the template. Code only ever grows, so the place of an instruction stays valid. */
  readonly ops: Op[];
  /** Absent outside of a `range`. */
  readonly range?: EnclosingRange | undefined;
  /** Makes code report what it does; absent when nothing is traced. */
  readonly trace?: Tracing | undefined;
  /** Counts what code does; absent when nothing is counted. */
  readonly cover?: Cover | undefined;
}

/** Adds the instruction to the code. */
export function emit(scope: Scope, op: Op): void {
  scope.ops.push(op);
}

/** Returns the scope of a branch in a `range`: `break` and `continue` run `op` to leave the branch. */
export function leftBy(scope: Scope, op: Op | undefined): Scope {
  const { range } = scope;
  if (range === undefined || op === undefined) return scope;
  return { ...scope, range: { ...range, leaving: [op, ...range.leaving] } };
}

/** Adds what `inner` adds, between the two instructions of a bracket if there is one. */
export function emitWithin<Result>(scope: Scope, bracket: Bracket | undefined, inner: () => Result): Result {
  if (bracket === undefined) return inner();
  emit(scope, bracket.before);
  const result = inner();
  emit(scope, bracket.after);
  return result;
}

/** Called with the value that a read starts at, and with the value that it gave. */
export type Observe = (run: Run, start: unknown, value: unknown) => void;

/**
 * Returns what the trace and the counters note about a read that goes down `names`; `undefined` if there are none.
 * Decided here and not when it runs: other code does no extra work.
 *
 * @param traced What the trace notes.
 */
export function observer(
  { trace, cover }: Scope,
  node: Node,
  names: readonly string[],
  traced: Observe,
): Observe | undefined {
  const note = cover?.noting(node, names);
  if (trace === undefined) return note;
  return (run, start, value) => {
    traced(run, start, value);
    note?.(run, start, value);
  };
}
