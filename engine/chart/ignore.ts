/**
 * `.helmignore`: which paths of a chart folder are left out.
 *
 * Source: Helm 2.17.0, `pkg/ignore`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { trimSpace } from "../golang/mod.ts";
import { compilePattern, matchPattern, type Pattern } from "./glob.ts";

/** The file's name, at the chart's root. */
export const IGNORE_FILE = ".helmignore";

/** One line of the file. */
export interface IgnoreRule {
  /** The line, trimmed. */
  readonly text: string;
  /** Began with `!`. */
  readonly negated: boolean;
  /** Ended with `/`. */
  readonly folderOnly: boolean;
  /** Compared with the last part of a path only. */
  readonly baseOnly: boolean;
  readonly pattern: Pattern;
}

/** Dot files directly in `templates/` are never part of a chart. */
const BUILT_IN = "templates/.?*";

/**
 * Reads the text of a `.helmignore`; the built-in rule comes last.
 *
 * Throws kind `chart` when a line has `**` or is no pattern.
 */
export function parseIgnoreRules(text: string): IgnoreRule[] {
  const rules = text.split("\n").map(trimSpace).filter((line) => line !== "" && !line.startsWith("#")).map(parseRule);
  return [...rules, parseRule(BUILT_IN)];
}

function parseRule(text: string): IgnoreRule {
  if (text.includes("**")) throw new SkegError("chart", "double-star (**) syntax is not supported");
  // Helm 2: a pattern is tried on one fixed word, so a mistake behind the first
  // difference to that word goes unnoticed.
  if (matchPattern(compilePattern(text), "abc") === "bad pattern") {
    throw new SkegError("chart", "syntax error in pattern");
  }
  const negated = text.startsWith("!");
  let rest = negated ? text.slice(1) : text;
  const folderOnly = rest.endsWith("/");
  if (folderOnly) rest = rest.slice(0, -1);
  const rooted = rest.startsWith("/");
  return {
    text,
    negated,
    folderOnly,
    baseOnly: !rooted && !rest.includes("/"),
    // Helm 2 cuts one slash more off at every path it tries.
    pattern: compilePattern(rest.replace(/^\/+/u, "")),
  };
}

/**
 * Says whether a path, relative to the chart's root, is left out.
 *
 * Rules are tried in order. Helm 2: a negated rule does not bring a path back;
 * it leaves out everything that it does *not* match.
 */
export function isIgnored(rules: readonly IgnoreRule[], path: string, isFolder: boolean): boolean {
  for (const rule of rules) {
    if (rule.negated) {
      if (rule.folderOnly && !isFolder || !matches(rule, path)) return true;
    } else if ((!rule.folderOnly || isFolder) && matches(rule, path)) return true;
  }
  return false;
}

function matches(rule: IgnoreRule, path: string): boolean {
  return matchPattern(rule.pattern, rule.baseOnly ? path.slice(path.lastIndexOf("/") + 1) : path) === "match";
}
