/**
 * Pieces of a file pattern → one matcher.
 *
 * Source: github.com/gobwas/glob 0.2.3, `compiler`.
 *
 * @module
 */
import type { Part } from "./glob.ts";
import {
  Any,
  AnyOf,
  Contains,
  EveryOf,
  List,
  type Matcher,
  Max,
  Min,
  Nothing,
  Prefix,
  PrefixAny,
  PrefixSuffix,
  Range,
  Row,
  Single,
  Suffix,
  SuffixAny,
  Super,
  Text,
  Tree,
} from "./glob_match.ts";

/** Puts simpler matchers in the place of common shapes. */
function simplified(matcher: Matcher | undefined): Matcher | undefined {
  if (matcher instanceof AnyOf && matcher.matchers.length === 1) return matcher.matchers[0];
  if (matcher instanceof List && !matcher.not && [...matcher.chars].length === 1) return new Text(matcher.byteText());
  return matcher instanceof Tree ? simplifiedTree(matcher) : matcher;
}

function simplifiedTree(tree: Tree): Matcher {
  const left = simplified(tree.left);
  const right = simplified(tree.right);
  const same = tree.with(left, right);
  if (!(tree.value instanceof Text)) return same;
  const { text } = tree.value;
  if (left === undefined && right === undefined) return tree.value;
  if (left instanceof Super && right instanceof Super) return new Contains(text, false);
  if (left instanceof Super && right === undefined) return new Suffix(text);
  if (right instanceof Super && left === undefined) return new Prefix(text);
  if (left === undefined && right instanceof Suffix) return new PrefixSuffix(text, right.text);
  if (right === undefined && left instanceof Prefix) return new PrefixSuffix(left.text, text);
  if (right === undefined && left instanceof Any) return new SuffixAny(text);
  if (left === undefined && right instanceof Any) return new PrefixAny(text);
  return same;
}

/** One matcher for several in a row. */
function joined(matchers: readonly Matcher[]): Matcher {
  const [first] = matchers;
  if (first === undefined) return new Nothing();
  if (matchers.length === 1) return first;
  const glued = glue(matchers);
  if (glued !== undefined) return glued;
  let index = -1;
  let longest = -1;
  matchers.forEach(({ length }, at) => {
    if (length === -1 || length < longest) return;
    longest = length;
    index = at;
  });
  const value = matchers[index];
  if (value === undefined) return new Tree(first, undefined, joined(matchers.slice(1)));
  const left = index > 0 ? joined(matchers.slice(0, index)) : undefined;
  const right = index + 1 < matchers.length ? joined(matchers.slice(index + 1)) : undefined;
  return new Tree(value, left, right);
}

function glue(matchers: readonly Matcher[]): Matcher | undefined {
  return matchers.length < 2 ? undefined : glueEvery(matchers) ?? glueRow(matchers);
}

function glueRow(matchers: readonly Matcher[]): Matcher | undefined {
  if (matchers.some(({ length }) => length === -1)) return undefined;
  return new Row(matchers, matchers.reduce((sum, { length }) => sum + length, 0));
}

/** Characters that a wildcard does not match, or `undefined` for what is no wildcard. */
function separatorsOf(matcher: Matcher): string | undefined {
  if (matcher instanceof Super) return "";
  if (matcher instanceof Any || matcher instanceof Single) return "/";
  return matcher instanceof List && matcher.not ? matcher.chars : undefined;
}

/** Wildcards with the same separators become one. */
function glueEvery(matchers: readonly Matcher[]): Matcher | undefined {
  const separators = matchers.map(separatorsOf);
  const [separator] = separators;
  if (separator === undefined || separators.some((other) => other !== separator)) return undefined;
  const hasSuper = matchers.some((matcher) => matcher instanceof Super);
  const hasAny = matchers.some((matcher) => matcher instanceof Any);
  const least = matchers.filter(({ length }) => length === 1).length;
  if (hasSuper && !hasAny && least === 0) return new Super();
  if (hasAny && !hasSuper && least === 0) return new Any();
  if ((hasAny || hasSuper) && least > 0 && separator === "") return new Min(least);
  const every: Matcher[] = [];
  if (least > 0) {
    every.push(new Min(least));
    if (!hasAny && !hasSuper) every.push(new Max(least));
  }
  if (separator !== "") every.push(new Contains(new List(separator, false).byteText(), true));
  return new EveryOf(every);
}

/** Glues the longest runs that can be glued. */
function minimized(matchers: readonly Matcher[]): readonly Matcher[] {
  let done: Matcher | undefined;
  let from = 0;
  let to = 0;
  for (let left = 0; left < matchers.length; left++) {
    for (let right = matchers.length; right > left; right--) {
      const glued = glue(matchers.slice(left, right));
      if (glued === undefined) continue;
      const isLonger = done !== undefined && done.length > -1 && glued.length > done.length;
      if (done !== undefined && !isLonger && to - from >= right - left) continue;
      done = glued;
      from = left;
      to = right;
    }
  }
  if (done === undefined) return matchers;
  const next = [...matchers.slice(0, from), done, ...matchers.slice(to)];
  return next.length === matchers.length ? next : minimized(next);
}

function same(a: Part | undefined, b: Part | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What all alternatives begin and end with. */
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

/** Takes what alternatives have in common out of them. */
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
