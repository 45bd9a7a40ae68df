/**
 * Matchers with others on their two sides, which most file patterns become.
 *
 * Source: github.com/gobwas/glob 0.2.3, `match/btree.go`.
 *
 * @module
 */
import { AnyOf, EveryOf, firstRune, type Matcher, Row, Text } from "./glob_match.ts";

/** A matcher with others on its two sides. */
export class Tree implements Matcher {
  readonly length: number;
  /** Fewest bytes that a text must have to match. */
  readonly least: number;
  /** True when matching can fail with an error, so that nothing may be left out. */
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
  return matcher instanceof Tree ? matcher.least : 0;
}

function canThrow(matcher: Matcher | undefined): boolean {
  if (matcher instanceof Tree) return matcher.throws;
  if (matcher instanceof Row) return matcher.matchers.some((each) => each.length === 0 || canThrow(each));
  return (matcher instanceof AnyOf || matcher instanceof EveryOf) && matcher.matchers.some(canThrow);
}

/** A tree at work on a part of the text. */
class Visit {
  /** Where the tree's own matcher is looked for next, and where it has to end at the latest. */
  offset: number;
  limit: number;
  /** Where it was found, and the lengths that are still to be tried there. */
  at = 0;
  lengths: number[] = [];
  /** What is asked of the sides at that place. */
  asks: "nothing" | "left" | "right" = "nothing";

  constructor(readonly tree: Tree, readonly from: number, readonly to: number) {
    const { value, left, right, throws } = tree;
    this.offset = from + Math.max(left?.length ?? 0, 0);
    this.limit = to - Math.max(right?.length ?? 0, 0);
    if (!(value instanceof Text) || throws) return;
    // Nowhere else are the sides long enough. (What is no text may be read otherwise from within a character.)
    this.offset = Math.max(this.offset, from + leastOf(left), right === undefined ? to - value.text.length : 0);
    this.limit = Math.min(this.limit, to - leastOf(right));
  }
}

/**
 * Matches a tree: its own matcher at each place where it is found, with the sides matching what is before and behind.
 *
 * What is known of a tree and a part of the text is not asked again: without that, `*a*a*a…` takes a time that doubles
 * with every letter. The visits stand on a stack of their own, because patterns and paths can be longer than the
 * runtime's is deep.
 */
function matchTree(root: Tree, text: string): boolean {
  const known = new Map<Tree, Map<number, boolean>>();
  const visits: Visit[] = [];
  /** Answers at once, or begins a visit that will. */
  const ask = (matcher: Matcher | undefined, from: number, to: number): boolean | undefined => {
    if (matcher === undefined) return from >= to;
    if (!(matcher instanceof Tree)) return matcher.match(text.slice(from, to));
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

/** Goes on with a visit until it has its answer, or needs that of another, which it began; `answer` is what that gave. */
function step(
  visit: Visit,
  answer: boolean | undefined,
  text: string,
  ask: (matcher: Matcher | undefined, from: number, to: number) => boolean | undefined,
): boolean | undefined {
  const { tree, from, to } = visit;
  const { left, right, throws } = tree;
  const isCheap = !throws && left instanceof Tree && !(right instanceof Tree);
  let known = answer;
  for (;;) {
    if (visit.asks === "nothing") {
      if (visit.offset >= visit.limit) return false;
      const found = tree.value.find(text.slice(visit.offset, visit.limit));
      if (found === undefined) return false;
      const at = visit.at = visit.offset + found.index;
      // Without a left side it must be at the beginning.
      if (left === undefined && at > from && !throws) return false;
      visit.lengths = [...found.lengths];
      visit.offset = at + Math.max(firstRune(text.slice(at, Math.min(at + 4, to))).size, 1);
      // What can be told at once need not wait for what takes long; the order is seen only where something is thrown.
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
