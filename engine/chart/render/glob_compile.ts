/**
 * Pieces of a file pattern → one matcher.
 *
 * Source: github.com/gobwas/glob 0.2.3, `compiler`.
 *
 * @module
 */
import { minimized } from "./glob_glue.ts";
import {
  Any,
  AnyOf,
  Contains,
  List,
  type Matcher,
  Nothing,
  Prefix,
  PrefixAny,
  PrefixSuffix,
  Range,
  Single,
  Suffix,
  SuffixAny,
  Super,
  Text,
} from "./glob_match.ts";
import { GlobTree } from "./glob_tree.ts";

/** One piece of a pattern. Texts have one character per byte. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "single" | "any" | "super" | "nothing" }
  | { readonly kind: "list"; readonly chars: string; readonly not: boolean }
  | { readonly kind: "range"; readonly low: number; readonly high: number; readonly not: boolean }
  | { readonly kind: "either"; readonly patterns: readonly (readonly Part[])[] }
  | { readonly kind: "pattern"; readonly parts: readonly Part[] };

/** Replaces common combinations by simpler matchers. */
function simplified(matcher: Matcher | undefined): Matcher | undefined {
  if (matcher instanceof AnyOf && matcher.matchers.length === 1) return matcher.matchers[0];
  if (matcher instanceof List && !matcher.not && [...matcher.chars].length === 1) return new Text(matcher.byteText());
  return matcher;
}

/** Returns a tree with simplified sides, or a simpler matcher that replaces it. */
function treeOf(value: Matcher, left: Matcher | undefined, right: Matcher | undefined): Matcher {
  // Without sides no tree is needed.
  if (left === undefined && right === undefined) return simplified(value) as Matcher;
  if (!(value instanceof Text)) return new GlobTree(value, left, right);
  const { text } = value;
  if (left instanceof Super && right instanceof Super) return new Contains(text, false);
  if (left instanceof Super && right === undefined) return new Suffix(text);
  if (right instanceof Super && left === undefined) return new Prefix(text);
  if (left === undefined && right instanceof Suffix) return new PrefixSuffix(text, right.text);
  if (right === undefined && left instanceof Prefix) return new PrefixSuffix(left.text, text);
  if (right === undefined && left instanceof Any) return new SuffixAny(text);
  if (left === undefined && right instanceof Any) return new PrefixAny(text);
  return new GlobTree(value, left, right);
}

/** Returns a chain of the matchers without fixed length from `from` to before `to`: each has the rest on its right. */
function chainOf(matchers: readonly Matcher[], from: number, to: number): Matcher | undefined {
  let rest: Matcher | undefined;
  for (let at = to - 1; at >= from; at--) {
    const matcher = matchers[at] as Matcher;
    rest = rest === undefined ? simplified(matcher) : treeOf(matcher, undefined, rest);
  }
  return rest;
}

/**
 * Returns one matcher for a sequence: a tree whose root is the longest matcher with a fixed length (the last one, if
 * several are equally long). The matchers before and after it form the trees on its sides.
 *
 * The number of pieces is not limited, so there is no recursion: matchers wait on a stack, each one shorter than the one
 * below it, until a longer one or the end is reached.
 */
function joined(matchers: readonly Matcher[]): Matcher {
  const waiting: { at: number; left: Matcher | undefined }[] = [];
  let from = 0;
  /** Builds trees of the waiting matchers that are not longer than `length`; `right` follows them. */
  const settled = (length: number, right: Matcher | undefined): Matcher | undefined => {
    let made = right;
    for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
      const value = matchers[top.at] as Matcher;
      if (value.length > length) break;
      waiting.pop();
      made = treeOf(value, top.left, made);
    }
    return made;
  };
  matchers.forEach(({ length }, at) => {
    if (length === -1) return;
    waiting.push({ at, left: settled(length, chainOf(matchers, from, at)) });
    from = at + 1;
  });
  return settled(Infinity, chainOf(matchers, from, matchers.length)) ?? new Nothing();
}

function same(a: Part | undefined, b: Part | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Returns the parts that all alternatives have in common at their beginning and end. */
function commonParts(patterns: readonly (readonly Part[])[]): { left: Part[]; right: Part[] } {
  const left: Part[] = [];
  const right: Part[] = [];
  if (patterns.length < 2) return { left, right };
  const shortest = patterns.reduce((least, pattern) => pattern.length < least.length ? pattern : least);
  const length = shortest.length;
  let goesLeft = true;
  let goesRight = true;
  for (let i = 0, j = length - 1; left.length + right.length < length && j >= 0 && (goesLeft || goesRight); i++, j--) {
    for (const pattern of patterns) {
      if (pattern === shortest) continue;
      goesLeft &&= same(shortest[i], pattern[i]);
      goesRight &&= !(goesLeft && j <= i);
      goesRight &&= same(shortest[j], pattern[j + pattern.length - length]);
    }
    if (goesLeft) left.push(shortest[i] as Part);
    if (goesRight) right.unshift(shortest[j] as Part);
  }
  return { left, right };
}

/** Moves the common parts of alternatives out of them. */
function factored(patterns: readonly (readonly Part[])[]): Part | undefined {
  const { left, right } = commonParts(patterns);
  if (left.length === 0 && right.length === 0) return undefined;
  const rest: Part[] = [];
  for (const pattern of patterns) {
    const parts = pattern.slice(left.length, pattern.length - right.length);
    const node: Part = parts.length === 0 ? { kind: "nothing" } : { kind: "pattern", parts };
    if (!rest.some((other) => same(other, node))) rest.push(node);
  }
  const parts: Part[] = [];
  if (left.length > 0) parts.push({ kind: "pattern", parts: left });
  const [only] = rest;
  if (rest.length === 1 && only !== undefined && only.kind !== "nothing") parts.push(only);
  else if (rest.length > 1) parts.push({ kind: "either", patterns: rest.map((node) => [node]) });
  if (right.length > 0) parts.push({ kind: "pattern", parts: right });
  return { kind: "pattern", parts };
}

function compilePart(part: Part): Matcher {
  return simplified(rawPart(part)) as Matcher;
}

function rawPart(part: Part): Matcher {
  switch (part.kind) {
    case "text":
      return new Text(part.text);
    case "single":
      return new Single();
    case "any":
      return new Any();
    case "super":
      return new Super();
    case "nothing":
      return new Nothing();
    case "list":
      return new List(part.chars, part.not);
    case "range":
      return new Range(part.low, part.high, part.not);
    case "pattern":
      return compileParts(part.parts);
    case "either": {
      const minimal = factored(part.patterns);
      return minimal === undefined ? new AnyOf(part.patterns.map(compileParts)) : compilePart(minimal);
    }
  }
}

/** Compiles the pieces of a pattern. */
export function compileParts(parts: readonly Part[]): Matcher {
  if (parts.length === 0) return new Nothing();
  return simplified(joined(minimized(parts.map(compilePart)))) as Matcher;
}
