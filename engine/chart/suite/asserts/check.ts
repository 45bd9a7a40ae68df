/**
 * The frame of all asserts: documents, matches of a path, and how their verdicts add up.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { errorLines } from "../failure.ts";
import { type PathRules, valuesAt } from "../find.ts";

/** A document of a rendered template; text files and errors are a map with the key `raw`. */
export type CheckedDocument = Readonly<Record<string, unknown>>;

/** The result of a comparison with a snapshot. */
export interface SnapshotComparison {
  /** True if it is equal, new, or being updated. */
  readonly passed: boolean;
  /** Running number in the job, from 1. */
  readonly index: number;
  /** The text of now. */
  readonly text: string;
  /** The stored text; empty when there is none. */
  readonly stored: string;
  /** Why a pattern did not fit, or why a snapshot may not be written. */
  readonly message: string;
}

/** Patterns that a snapshot has to match instead of being equal. */
export interface SnapshotPatterns {
  /** Must be found. */
  readonly matches?: string | undefined;
  /** Must not be found. */
  readonly notMatches?: string | undefined;
}

/** The data that an assert looks at. */
export interface CheckContext {
  /** The name that the suite uses, such as `isNull`. */
  readonly type: string;
  /** Parameters by their names in lower case. */
  readonly params: Readonly<Record<string, unknown>>;
  /** All documents of the template. */
  readonly documents: readonly CheckedDocument[];
  /** The selected ones. */
  readonly selected: readonly CheckedDocument[];
  /** True if it has to fail in order to pass. */
  readonly negative: boolean;
  /** The message of rendering, when it does not belong to one template. */
  readonly renderError: string | undefined;
  /** True to stop at the first difference. */
  readonly failFast: boolean;
  /** How paths are read. */
  readonly paths: PathRules;
  /** True for the meanings of helm-unittest 0.2. */
  readonly isOldFormat: boolean;
  /** True for upstream's verdicts where they are wrong. */
  readonly upstreamBugs: boolean;
  /** Compares with the job's next snapshot. */
  readonly compareSnapshot: (content: unknown, patterns?: SnapshotPatterns) => SnapshotComparison;
  /** The documents of all templates of the test, by full name. */
  readonly rendered: ReadonlyMap<string, readonly CheckedDocument[] | undefined>;
  /** Lines that rendering logged. */
  readonly warnings: readonly string[];
  /** Returns the text of a file, relative to the suite. */
  readonly readFile: (path: string) => string;
  /** Returns what a JSON schema refuses in a value. */
  readonly checkSchema: (schema: string, value: unknown) => readonly string[];
  /** Adds a note of ours to a failure. */
  readonly hint: (text: string) => void;
}

/** A verdict with the lines that explain a failure. */
export interface Verdict {
  /** True if it passed. */
  readonly passed: boolean;
  /** Lines that explain a failure. */
  readonly lines: readonly string[];
}

/** One kind of assert. */
export type Check = (context: CheckContext) => Verdict;

/** The verdict of an assert that passed. */
export const PASSED: Verdict = { passed: true, lines: [] };

/** Returns the verdict of an assert that failed. */
export function failed(lines: readonly string[]): Verdict {
  return { passed: false, lines };
}

/** Returns a parameter that is a text; empty when it is absent. */
export function textParam({ params }: CheckContext, name: string): string {
  const value = params[name];
  return typeof value === "string" ? value : "";
}

/** Puts verdicts together: all must pass. With `failFast`, stops at the first one that does not. */
function together<T>(items: readonly T[], failFast: boolean, check: (item: T, index: number) => Verdict): Verdict {
  const lines: string[] = [];
  let passed = true;
  for (const [index, item] of items.entries()) {
    const verdict = check(item, index);
    lines.push(...verdict.lines);
    passed &&= verdict.passed;
    if (!passed && failFast) break;
  }
  return { passed, lines };
}

/** Checks each selected document. Without any, a negated assert passes, others fail with `none`. */
export function eachDocument(
  context: CheckContext,
  none: () => readonly string[],
  check: (document: CheckedDocument, index: number) => Verdict,
): Verdict {
  const { selected, negative, failFast } = context;
  if (selected.length === 0) return negative ? PASSED : failed(none());
  return together(selected, failFast, check);
}

/** Returns the values at a path, or its error; for suites of 0.2, a path without a match holds null. */
export function matchesOf(context: CheckContext, document: CheckedDocument, path: string): unknown[] | SkegError {
  try {
    const found = valuesAt(document, path, context.paths);
    return found.length === 0 && context.isOldFormat ? [null] : found;
  } catch (error) {
    if (error instanceof SkegError) return error;
    throw error;
  }
}

/** Options of {@linkcode eachMatch}. */
export interface MatchOptions {
  /** Lines for no documents at all. */
  readonly none: () => readonly string[];
  /** The message for a path without a match; `%s` is the path. */
  readonly unknownPath?: string;
  /** Called before the error of a path without a match. */
  readonly onUnknown?: () => void;
}

/** Checks each value at the assert's path in each selected document. */
export function eachMatch(
  context: CheckContext,
  options: MatchOptions,
  check: (value: unknown, place: { document: number; match: number }) => Verdict,
): Verdict {
  const { negative, failFast } = context;
  const path = textParam(context, "path");
  return eachDocument(context, options.none, (document, index) => {
    const found = matchesOf(context, document, path);
    if (found instanceof SkegError) return failed(errorLines(found.message, { document: index }));
    if (found.length === 0) {
      if (negative) return PASSED;
      options.onUnknown?.();
      const { unknownPath = "unknown path %s" } = options;
      return failed(errorLines(unknownPath.replace("%s", () => path), { document: index }));
    }
    return together(found, failFast, (value, match) => check(value, { document: index, match }));
  });
}
