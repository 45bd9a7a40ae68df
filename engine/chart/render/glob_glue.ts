/**
 * Merges neighbouring matchers of a file pattern that one matcher can replace.
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

/** Returns the characters that a wildcard does not match; `undefined` for other matchers. */
function separatorsOf(matcher: Matcher): string | undefined {
  if (matcher instanceof Super) return "";
  if (matcher instanceof Any || matcher instanceof Single) return "/";
  return matcher instanceof List && matcher.not ? matcher.chars : undefined;
}

/** Merges wildcards with the same separators into one. */
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

/** A list of matchers that is shortened step by step, with the data that gluing needs for each. */
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
   * Returns for each index two ends: that of the longest run of matchers with a fixed length, and that of the longest run
   * of wildcards with the same separators. Only such runs can be glued. They clash when a matcher is in both kinds of run.
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

  /** Returns the total length of the matchers from `from` to before `to`, in characters. */
  sum(from: number, to: number): number {
    let sum = 0;
    for (let at = from; at < to; at++) sum += this.#lengths[at] as number;
    return sum;
  }

  /** Replaces matchers by the one that was glued from them. */
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
 * Source: the reference implementation tries every part of a pattern, longest first, and repeats that. A glued part is
 * also glued in each of its beginnings, and is not longer there. So only the longest part from each index is tried
 * here; and when no two parts clash, their order does not matter, and one round glues all of them.
 */
export function minimized(matchers: readonly Matcher[]): readonly Matcher[] {
  const pieces = new Pieces(matchers);
  for (;;) {
    const { fixed, wild, clash } = pieces.runs();
    if (!clash) return gluedAtOnce(pieces.matchers, fixed, wild);
    let [from, to, longest] = [0, 0, -1];
    for (let left = 0; left < pieces.matchers.length; left++) {
      const right = Math.max(fixed[left] as number, wild[left] as number);
      // A run that ends where the run before it ends is only its shorter rest.
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
