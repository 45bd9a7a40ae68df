/**
 * The result of {@linkcode Cover}: which lines, branches and definitions of a
 * program's templates ran, and which values they read.
 *
 * Pure data; numbers add up over all runs of one program.
 *
 * @module
 */

/** The counts of all runs of a program. */
export interface Coverage {
  /** The template files, in the order of their names. Each file of the program is there, also one that never ran. */
  readonly files: readonly FileCoverage[];
  /** The values that templates read, by path, in the order of the paths. */
  readonly values: readonly ValueRead[];
}

/** The counts of one template file. */
export interface FileCoverage {
  /** The full name, such as `web/charts/db/templates/pod.yaml`. */
  readonly name: string;
  /**
   * How often the file itself ran, also if it failed or wrote nothing: as a file of the chart, or by `include` of its name. 0
   * for a partial, which only defines templates.
   */
  readonly renders: number;
  /**
   * The lines that hold a node, ascending. Comments, blank lines, `define`, `else` and `end` lines are not among them, nor
   * is the text around the definitions of a partial, which is never rendered. An action of several lines is on its first.
   */
  readonly lines: readonly LineCoverage[];
  /** The places where the run went one way or another, in the order of the text. */
  readonly branches: readonly BranchCoverage[];
  /** The `define` and `block` templates of the file, in the order of the text. */
  readonly defines: readonly DefineCoverage[];
  /** The places that run other templates, in the order of the text. */
  readonly calls: readonly CallCoverage[];
}

/** A line of a file. */
export interface LineCoverage {
  /** Counted from 1. */
  readonly line: number;
  /** How often the line's most frequent node ran; one that failed counts. */
  readonly hits: number;
}

/** The kind of a branch: an action, or a function that uses one of its arguments. */
export type BranchKind = "if" | "with" | "range" | "and" | "or" | "default" | "ternary" | "coalesce";

/** A place where a run went one of several ways. */
export interface BranchCoverage {
  /** The action or function of the place. */
  readonly kind: BranchKind;
  /** The line of the condition or of the function's name, counted from 1. An `else if` is an `if` of its own on its line. */
  readonly line: number;
  /** The column of the condition or of the function's name, in bytes, counted from 0. */
  readonly column: number;
  /**
   * Every way, also those that no run took:
   * - `if`: `then`, `else`; `with`: `taken`, `else` (the missing `else` counts too);
   * - `range`: `none`, `one`, `many` elements;
   * - `and`, `or`: `cut short` (an argument before the last decides), `all`;
   * - `default`: `given`, `default`; `ternary`: `true`, `false`;
   * - `coalesce`: `1`, `2`, … for the argument that was taken, `none` if all are empty.
   */
  readonly ways: readonly WayCoverage[];
}

/** One way of a branch. */
export interface WayCoverage {
  /** See {@linkcode BranchCoverage.ways}. */
  readonly name: string;
  /** How often a run went this way. */
  readonly hits: number;
}

/** A named template of a file. */
export interface DefineCoverage {
  /** Its name, such as `web.labels`. */
  readonly name: string;
  /** The line where its body begins, counted from 1. */
  readonly line: number;
  /** How often it was executed. */
  readonly hits: number;
}

/** A place that runs another template. */
export interface CallCoverage {
  /** The function or action that runs it. */
  readonly kind: "include" | "template" | "tpl";
  /** The name of the template, if the text has it; not for `tpl`. */
  readonly name?: string | undefined;
  /** Counted from 1. */
  readonly line: number;
  /** The column, in bytes, counted from 0. */
  readonly column: number;
  /** How often it ran. */
  readonly hits: number;
}

/**
 * A value that templates read.
 *
 * A leaf of `values.yaml` was read if its path is here, or if a path that it begins with is here and is `whole`
 * ({@linkcode leavesNeverRead}). A path that
 * `values.yaml` does not have is of a value that it lacks, or of a method such as `Values.AsMap`. A read that ends the
 * run with an error, such as one of a field of nil, is not noted.
 */
export interface ValueRead {
  /**
   * The path from the top of the context, as the top chart sees it: `["Values", "image", "tag"]`,
   * `["Release", "Name"]`. Elements of lists have their index: `["Values", "hosts", "0"]`.
   */
  readonly path: readonly string[];
  /**
   * True if the value was written or given to a function as a whole, so that everything inside it was read too; false
   * if it was only looked through (`with`, `range`, `include` of it) or tested (`if`).
   */
  readonly whole: boolean;
}

/**
 * Returns the paths of the leaves of values that no template read: texts, numbers, bools, nulls, and maps and lists without
 * content. For the defaults of a chart these are values without use; for those that a test sets, misspelt ones.
 *
 * @param values The tree at `base`.
 * @param reads {@linkcode Coverage.values}.
 * @param base The path of the tree; default `["Values"]`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const values = { image: { tag: "1" }, labels: { a: "x" }, old: true };
 * const reads = [{ path: ["Values", "image", "tag"], whole: true }, { path: ["Values", "labels"], whole: true }];
 * deepEqual(leavesNeverRead(values, reads), [["Values", "old"]]);
 * ```
 */
export function leavesNeverRead(
  values: unknown,
  reads: readonly ValueRead[],
  base: readonly string[] = ["Values"],
): string[][] {
  const read = new Map<string, boolean>();
  for (const { path, whole } of reads) {
    // A read of a part of an empty map also looked at the map.
    for (let length = 1; length < path.length; length++) {
      const prefix = path.slice(0, length).join("\0");
      read.set(prefix, read.get(prefix) ?? false);
    }
    const key = path.join("\0");
    read.set(key, whole || read.get(key) === true);
  }
  const unread: string[][] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    const whole = read.get(path.join("\0"));
    if (whole === true) return;
    const parts = typeof value === "object" && value !== null ? Object.entries(value) : [];
    for (const [key, part] of parts) visit(part, [...path, key]);
    if (parts.length === 0 && whole === undefined) unread.push([...path]);
  };
  // The values above the tree may have been read as a whole.
  const isInside = base.some((_, index) => read.get(base.slice(0, index).join("\0")) === true);
  if (!isInside) visit(values, base);
  return unread;
}

/**
 * Returns the paths below `base` that templates read and that the values do not have.
 *
 * @param values The tree at `base`.
 * @param reads {@linkcode Coverage.values}.
 * @param base The path of the tree; default `["Values"]`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const reads = [{ path: ["Values", "image", "tga"], whole: true }, { path: ["Release", "Name"], whole: true }];
 * deepEqual(readsWithoutValue({ image: { tag: "1" } }, reads), [["Values", "image", "tga"]]);
 * ```
 */
export function readsWithoutValue(
  values: unknown,
  reads: readonly ValueRead[],
  base: readonly string[] = ["Values"],
): string[][] {
  const has = (path: readonly string[]): boolean => {
    let value: unknown = values;
    for (const name of path) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return false;
      value = (value as Record<string, unknown>)[name];
    }
    return true;
  };
  const isBelow = ({ path }: ValueRead): boolean => base.every((name, index) => path[index] === name);
  return reads.filter((read) => isBelow(read) && !has(read.path.slice(base.length))).map(({ path }) => [...path]);
}
