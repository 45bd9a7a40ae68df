/**
 * `.helmignore`: rules that exclude paths of a chart folder.
 *
 * Source: Helm 2.17.0, `pkg/ignore`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { byteLength, trimSpace } from "../../lang/golang/mod.ts";
import { compilePattern, matchPattern, type Pattern } from "./glob.ts";

/** The file's name, at the chart's root. */
export const IGNORE_FILE = ".helmignore";

/** One line of the file. */
export interface IgnoreLine {
  /** The line, trimmed. */
  readonly text: string;
  /** True if the line began with `!`. */
  readonly negated: boolean;
  /** True if the line ended with `/`. */
  readonly folderOnly: boolean;
  /** True if the rule is compared with the last part of a path only. */
  readonly baseOnly: boolean;
  readonly pattern: Pattern;
}

/** Dot files directly in `templates/` are never part of a chart. */
const BUILT_IN = "templates/.?*";

/** Maximal length of a line in Go's line scanner. */
const LINE_BYTES_MAX = 64 * 1024 - 1;

/**
 * Returns the rules in the text of a `.helmignore`; the built-in rule is the last one.
 *
 * @throws kind `chart` when a line contains `**`, is not a valid pattern or is too long.
 */
export function parseIgnoreRules(text: string): IgnoreLine[] {
  const rules: IgnoreLine[] = [];
  for (const whole of text.split("\n")) {
    if (whole.length > LINE_BYTES_MAX || byteLength(whole) > LINE_BYTES_MAX) {
      throw new SkegError("chart", "bufio.Scanner: token too long");
    }
    const line = trimSpace(whole);
    if (line !== "" && !line.startsWith("#")) rules.push(parseRule(line));
  }
  rules.push(parseRule(BUILT_IN));
  return rules;
}

function parseRule(text: string): IgnoreLine {
  if (text.includes("**")) throw new SkegError("chart", "double-star (**) syntax is not supported");
  // Helm 2: a pattern is checked against one fixed word, so an error after the
  // first difference from that word is not detected.
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
    // Helm 2 removes one more leading slash for every path that it tests.
    pattern: compilePattern(rest.replace(/^\/+/u, "")),
  };
}

/** Returns true if a path, relative to the chart's root, is excluded. */
export type IgnoreTest = (path: string, isFolder: boolean) => boolean;

/**
 * Returns the test for a list of rules.
 *
 * Helm 2 tries rules in order, and a negated rule does not include a path again: it excludes everything that it does
 * *not* match. So any single matching rule decides, and plain names can be looked up in a set.
 */
export function ignoreTest(rules: readonly IgnoreLine[]): IgnoreTest {
  const files = new Set<string>();
  const folders = new Set<string>();
  const others: Trial[] = [];
  for (const rule of rules) {
    const name = rule.negated ? undefined : literalOf(rule.pattern);
    if (name === undefined) others.push({ rule, part: longestLiteral(rule.pattern) });
    // Whole paths get a leading slash in the set; base names have none. So the two cannot be confused.
    else (rule.folderOnly ? folders : files).add(rule.baseOnly ? name : `/${name}`);
  }
  return (path, isFolder) => {
    const base = path.slice(path.lastIndexOf("/") + 1);
    const isNamed = (names: ReadonlySet<string>) => names.has(base) || names.has(`/${path}`);
    if (isNamed(files) || isFolder && isNamed(folders)) return true;
    const chars = { base: [...base], path: [...path] };
    for (const { rule, part } of others) {
      const applies = !rule.folderOnly || isFolder;
      if (rule.negated) {
        if (!applies) return true;
      } else if (!applies || !(rule.baseOnly ? base : path).includes(part)) continue;
      const isMatch = matchPattern(rule.pattern, rule.baseOnly ? chars.base : chars.path) === "match";
      if (isMatch !== rule.negated) return true;
    }
    return false;
  };
}

/** A rule that must be matched, and a text that every matching path contains. */
interface Trial {
  readonly rule: IgnoreLine;
  readonly part: string;
}

/** Returns the only text that a pattern without special characters matches; `undefined` for other patterns. */
function literalOf(pattern: Pattern): string | undefined {
  return pattern.every((part) => part.is === "char") ? pattern.map((part) => part.char).join("") : undefined;
}

/** Returns the longest literal text in a pattern. */
function longestLiteral(pattern: Pattern): string {
  let longest = "";
  let current = "";
  for (const part of pattern) {
    current = part.is === "char" ? current + part.char : "";
    if (current.length > longest.length) longest = current;
  }
  return longest;
}
