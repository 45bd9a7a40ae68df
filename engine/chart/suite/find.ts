/**
 * Values at the path of an assert or selector.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { afterRewriting } from "./equal.ts";
import { inTodaysForm, looksOld, parseOldPath } from "./old_path.ts";
import { findAll, parsePath, type Path } from "./path.ts";

/** How paths are read. */
export interface PathRules {
  /** True to read numbers as upstream does, which takes `1.0` for the integer 1. */
  readonly upstreamBugs: boolean;
  /** Called with a note when a path has the old form. */
  readonly note: (text: string) => void;
}

interface Compiled {
  readonly path: Path;
  /** The path in today's form, if it has the old one. */
  readonly today?: string;
}

const cache = new Map<string, Compiled | SkegError>();
const CACHE_MAX = 4096;

function compile(text: string): Compiled | SkegError {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= CACHE_MAX) cache.clear();
  const compiled = compileAnew(text);
  cache.set(text, compiled);
  return compiled;
}

function compileAnew(text: string): Compiled | SkegError {
  if (looksOld(text)) {
    const path = parseOldPath(text);
    if (path !== undefined) return { path, today: inTodaysForm(path) };
  }
  try {
    return { path: parsePath(text) };
  } catch (error) {
    if (error instanceof SkegError) return error;
    throw error;
  }
}

/**
 * Returns all values at a path; the document itself for an empty path.
 *
 * @throws SkegError of kind `values` when the text is no path.
 */
export function valuesAt(document: unknown, text: string, rules: PathRules): unknown[] {
  if (text === "") return [document];
  const compiled = compile(text);
  if (compiled instanceof SkegError) throw compiled;
  if (compiled.today !== undefined) {
    rules.note(`path ${text} has the form of helm-unittest 0.2; today it is ${compiled.today}`);
  }
  const found = findAll(compiled.path, document);
  return rules.upstreamBugs ? found.map(afterRewriting) : found;
}
