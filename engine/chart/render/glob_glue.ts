/**
 * Neighbours in a file pattern that one matcher can do the work of.
 *
 * Source: github.com/gobwas/glob 0.2.3, `compiler` (`minimizeMatchers`, `glueMatchers`).
 *
 * @module
 */
import { Any, Contains, EveryOf, List, type Matcher, Max, Min, Row, Single, Super } from "./glob_match.ts";

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

/** A list of matchers that is being made shorter, with what gluing looks at in each. */
class Pieces {
  readonly matchers: Matcher[];
  readonly #lengths: number[];
  readonly #separators: (string | undefined)[];

  constructor(matchers: readonly Matcher[]) {
    this.matchers = [...matchers];
    this.#lengths = matchers.map(({ length }) => length);
    this.#separators = matchers.map(separatorsOf);
  }

  /**
   * For each place, the end of the longest run from there whose matchers all have a length, and of the longest one of
   * wildcards with the same separators: only such runs can be glued. The two clash when a matcher is in one of each.
   */
  runs(): { fixed: Int32Array; wild: Int32Array; clash: boolean } {
    const count = this.matchers.length;
    const fixed = new Int32Array(count + 1).fill(count);
    const wild = new Int32Array(count + 1).fill(count);
    let clash = false;
    for (let at = count - 1; at >= 0; at--) {
      const [isFixed, isWild] = [this.#lengths[at] !== -1, this.#separators[at] !== undefined];
      fixed[at] = isFixed ? fixed[at + 1] as number : at;
      const goesOn = this.#separators[at + 1] === this.#separators[at];
      wild[at] = isWild ? goesOn ? wild[at + 1] as number : at + 1 : at;
      clash ||= isFixed && isWild && (fixed[at] as number - at > 1 || at > 0 && this.#lengths[at - 1] !== -1) &&
        (goesOn && at + 1 < count || at > 0 && this.#separators[at - 1] === this.#separators[at]);
    }
    return { fixed, wild, clash };
  }

  /** Characters that the matchers from `from` to before `to` take together. */
  sum(from: number, to: number): number {
    let sum = 0;
    for (let at = from; at < to; at++) sum += this.#lengths[at] as number;
    return sum;
  }

  /** Puts the glued matcher in the place of those that it is made of. */
  glue(from: number, to: number): void {
    const glued = glue(this.matchers.slice(from, to)) as Matcher;
    this.matchers.splice(from, to - from, glued);
    this.#lengths.splice(from, to - from, glued.length);
    this.#separators.splice(from, to - from, separatorsOf(glued));
  }
}

/**
 * Glues the longest runs that can be glued.
 *
 * Source: the reference tries every part of a pattern, longest first, again and again. What is glued in a part is
 * glued in each of its beginnings, too, and takes no more there, so here only the longest part from each place is
 * looked at; and where no two of these clash, the order is of no matter and one round glues all.
 */
export function minimized(matchers: readonly Matcher[]): readonly Matcher[] {
  const pieces = new Pieces(matchers);
  for (;;) {
    const { fixed, wild, clash } = pieces.runs();
    if (!clash) return gluedAtOnce(pieces.matchers, fixed, wild);
    let [from, to, longest] = [0, 0, -1];
    for (let left = 0; left < pieces.matchers.length; left++) {
      const right = Math.max(fixed[left] as number, wild[left] as number);
      // The end of a run that was looked at is in all ways less than that.
      const isEnd = left > 0 && right === Math.max(fixed[left - 1] as number, wild[left - 1] as number);
      if (right - left < 2 || isEnd) continue;
      const isSmaller = to > 0 && to - from >= right - left;
      if (isSmaller && longest === -1) continue;
      const length = right === wild[left] ? -1 : pieces.sum(left, right);
      const isLonger = to > 0 && longest > -1 && length > longest;
      if (isSmaller && !isLonger) continue;
      [from, to, longest] = [left, right, length];
    }
    pieces.glue(from, to);
  }
}

function gluedAtOnce(matchers: readonly Matcher[], fixed: Int32Array, wild: Int32Array): readonly Matcher[] {
  const done: Matcher[] = [];
  for (let at = 0; at < matchers.length;) {
    const end = Math.max(fixed[at] as number, wild[at] as number);
    if (end - at < 2) done.push(matchers[at++] as Matcher);
    else {
      done.push(glue(matchers.slice(at, end)) as Matcher);
      at = end;
    }
  }
  return done;
}
