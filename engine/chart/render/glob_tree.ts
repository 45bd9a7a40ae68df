/**
 * Trees of matchers: most file patterns are compiled to a matcher with others on its two sides.
 *
 * Source: github.com/gobwas/glob 0.2.3, `match/btree.go`.
 *
 * @module
 */
import { AnyOf, EveryOf, firstRune, type Matcher, Row, Text } from "./glob_match.ts";

/** A matcher with others on its two sides. */
export class GlobTree implements Matcher {
  readonly length: number;
  /** Minimal number of bytes of a matching text. */
  readonly least: number;
  /** True if matching can throw an error, so that no step may be skipped. */
  readonly throws: boolean;

  constructor(readonly value: Matcher, readonly left: Matcher | undefined, readonly right: Matcher | undefined) {
    const lengths = [value.length, left?.length ?? 0, right?.length ?? 0];
    this.length = lengths.includes(-1) ? -1 : lengths.reduce((sum, length) => sum + length, 0);
    this.least = leastOf(value) + leastOf(left) + leastOf(right);
    this.throws = canThrow(value) || canThrow(left) || canThrow(right);
  }

  match(text: string): boolean {
    return matchTree(this, text);
  }

  find(): undefined {
    return undefined;
  }
}

function leastOf(matcher: Matcher | undefined): number {
  if (matcher instanceof Text) return matcher.text.length;
  return matcher instanceof GlobTree ? matcher.least : 0;
}

function canThrow(matcher: Matcher | undefined): boolean {
  if (matcher instanceof GlobTree) return matcher.throws;
  if (matcher instanceof Row) return matcher.matchers.some((each) => each.length === 0 || canThrow(each));
  return (matcher instanceof AnyOf || matcher instanceof EveryOf) && matcher.matchers.some(canThrow);
}

/** The state of matching a tree with a part of the text. */
class Visit {
  /** Index from which the tree's own matcher is searched next, and the latest index where it may end. */
  offset: number;
  limit: number;
  /** Index where it was found, and the lengths that are still to be tried there. */
  at = 0;
  lengths: number[] = [];
  /** The side whose match is being computed at that index. */
  asks: "nothing" | "left" | "right" = "nothing";

  constructor(readonly tree: GlobTree, readonly from: number, readonly to: number) {
    const { value, left, right, throws } = tree;
    this.offset = from + Math.max(left?.length ?? 0, 0);
    this.limit = to - Math.max(right?.length ?? 0, 0);
    if (!(value instanceof Text) || throws) return;
    // Outside of this range the sides do not fit. (A matcher that is not plain text may match differently when it starts
    // within a character.)
    this.offset = Math.max(this.offset, from + leastOf(left), right === undefined ? to - value.text.length : 0);
    this.limit = Math.min(this.limit, to - leastOf(right));
  }
}

/**
 * Matches a tree: tries its own matcher at each index where it is found, with the sides matching the text before and
 * after it.
 *
 * The result for a tree and a part of the text is cached: otherwise the time for `*a*a*a…` would double with every
 * letter. The visits are kept on an explicit stack, because long patterns and paths would overflow the runtime's.
 */
function matchTree(root: GlobTree, text: string): boolean {
  const known = new Map<GlobTree, Map<number, boolean>>();
  const visits: Visit[] = [];
  /** Returns the result at once, or starts a visit that will compute it. */
  const ask = (matcher: Matcher | undefined, from: number, to: number): boolean | undefined => {
    if (matcher === undefined) return from >= to;
    if (!(matcher instanceof GlobTree)) return matcher.match(text.slice(from, to));
    const start = Math.min(from, to);
    if (matcher.length > to - start || (!matcher.throws && matcher.least > to - start)) return false;
    const answer = known.get(matcher)?.get(start * (text.length + 1) + to);
    if (answer === undefined) visits.push(new Visit(matcher, start, to));
    return answer;
  };
  let answer = ask(root, 0, text.length);
  for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
    const ended = step(visit, answer, text, ask);
    if (ended === undefined) {
      answer = undefined;
      continue;
    }
    visits.pop();
    const { tree, from, to } = visit;
    let answers = known.get(tree);
    if (answers === undefined) known.set(tree, answers = new Map());
    answers.set(from * (text.length + 1) + to, ended);
    answer = ended;
  }
  return answer ?? false;
}

/** Continues a visit until it has its result, or needs that of a visit that it started; `answer` is that result. */
function step(
  visit: Visit,
  answer: boolean | undefined,
  text: string,
  ask: (matcher: Matcher | undefined, from: number, to: number) => boolean | undefined,
): boolean | undefined {
  const { tree, from, to } = visit;
  const { left, right, throws } = tree;
  const isCheap = !throws && left instanceof GlobTree && !(right instanceof GlobTree);
  let known = answer;
  for (;;) {
    if (visit.asks === "nothing") {
      if (visit.offset >= visit.limit) return false;
      const found = tree.value.find(text.slice(visit.offset, visit.limit));
      if (found === undefined) return false;
      const at = visit.at = visit.offset + found.index;
      // Without a left side the match must be at the beginning.
      if (left === undefined && at > from && !throws) return false;
      visit.lengths = [...found.lengths];
      visit.offset = at + Math.max(firstRune(text.slice(at, Math.min(at + 4, to))).size, 1);
      // Cheap checks of the right side come first. The order is only visible when a matcher throws.
      if (isCheap) visit.lengths = visit.lengths.filter((length) => ask(right, at + length, to));
      if (visit.lengths.length === 0) continue;
      visit.asks = "left";
      known = ask(left, from, at);
      if (known === undefined) return undefined;
    }
    if (visit.asks === "left") {
      visit.asks = known ? "right" : "nothing";
      known = false;
      if (visit.asks === "nothing") continue;
    }
    if (known) return true;
    const length = visit.lengths.pop();
    if (length === undefined) {
      visit.asks = "nothing";
      continue;
    }
    known = ask(right, visit.at + length, to);
    if (known === undefined) return undefined;
  }
}
