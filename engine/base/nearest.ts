/**
 * The names that a mistyped word may mean.
 *
 * @module
 */

/** Returns the Levenshtein distance. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Returns the distance at which two letters that change places count once: people type `wbe` for `web`. */
function typingDistance(a: string, b: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      const swapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j] ? (before[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, swapped));
    }
    [before, row] = [row, next];
  }
  return row.at(-1) ?? 0;
}

/**
 * Returns up to three of `names` that `word` may mean, the best first: the word in other letters, names that differ in a
 * third of the letters or less, and names that begin with the word or contain its parts in another order.
 */
export function nearest(word: string, names: Iterable<string>): string[] {
  const typed = word.toLowerCase();
  if (typed === "") return [];
  const limit = Math.max(1, Math.floor(typed.length / 3));
  const rated = [...new Set(names)].filter((name) => name !== word).flatMap((name): [string, number][] => {
    const lower = name.toLowerCase();
    const changes = typingDistance(typed, lower);
    if (changes <= limit && changes < typed.length) return [[name, changes]];
    if (typed.length >= 3 && lower.startsWith(typed)) return [[name, limit + 1]];
    return sortedParts(typed) === sortedParts(lower) ? [[name, limit + 2]] : [];
  });
  return rated.sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).slice(0, 3).map(([name]) => name);
}

const sortedParts = (name: string): string => name.split(/[-_.]/).sort().join("-");

/** Returns names as a list in a sentence: `a`, `a or b`, `a, b or c`. */
export function orList(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
