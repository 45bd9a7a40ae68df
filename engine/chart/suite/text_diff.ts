/**
 * Unified differences of two texts, with the lines that Python's difflib and its ports print.
 *
 * Source: github.com/pmezard/go-difflib, `difflib.go`.
 *
 * @module
 */

/** A longest run of equal lines. */
interface Match {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

/** An edit: lines `a1` to `a2` of one text become lines `b1` to `b2` of the other. */
interface Edit {
  readonly equal: boolean;
  readonly a1: number;
  readonly a2: number;
  readonly b1: number;
  readonly b2: number;
}

/** With this many lines, those that are more frequent than one in a hundred are not looked for. */
const FREQUENT_FROM = 200;

function splitLines(text: string): string[] {
  const lines = text.split(/(?<=\n)/);
  if (text === "" || text.endsWith("\n")) lines.push("");
  const kept = text === "" ? [""] : lines;
  kept[kept.length - 1] += "\n";
  return kept;
}

function positionsOf(b: readonly string[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  b.forEach((line, at) => {
    const known = positions.get(line);
    if (known === undefined) positions.set(line, [at]);
    else known.push(at);
  });
  if (b.length >= FREQUENT_FROM) {
    const most = Math.floor(b.length / 100) + 1;
    for (const [line, at] of positions) if (at.length > most) positions.delete(line);
  }
  return positions;
}

function longestMatch(
  a: readonly string[],
  b: readonly string[],
  positions: ReadonlyMap<string, readonly number[]>,
  [aLow, aHigh, bLow, bHigh]: readonly [number, number, number, number],
): Match {
  let best: Match = { a: aLow, b: bLow, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = aLow; i < aHigh; i++) {
    const next = new Map<number, number>();
    for (const j of positions.get(a[i] as string) ?? []) {
      if (j < bLow) continue;
      if (j >= bHigh) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  let { a: from, b: to, size } = best;
  while (from > aLow && to > bLow && a[from - 1] === b[to - 1]) [from, to, size] = [from - 1, to - 1, size + 1];
  while (from + size < aHigh && to + size < bHigh && a[from + size] === b[to + size]) size++;
  return { a: from, b: to, size };
}

function matchesOf(a: readonly string[], b: readonly string[]): Match[] {
  const positions = positionsOf(b);
  const found: Match[] = [];
  const ranges: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const match = longestMatch(a, b, positions, range);
    if (match.size === 0) continue;
    found.push(match);
    const [aLow, aHigh, bLow, bHigh] = range;
    if (aLow < match.a && bLow < match.b) ranges.push([aLow, match.a, bLow, match.b]);
    const [aNext, bNext] = [match.a + match.size, match.b + match.size];
    if (aNext < aHigh && bNext < bHigh) ranges.push([aNext, aHigh, bNext, bHigh]);
  }
  return found.sort((left, right) => left.a - right.a || left.b - right.b);
}

function editsOf(a: readonly string[], b: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  const push = (edit: Edit) => {
    const last = edits.at(-1);
    if (edit.equal && last?.equal) edits[edits.length - 1] = { ...last, a2: edit.a2, b2: edit.b2 };
    else edits.push(edit);
  };
  for (const match of [...matchesOf(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (i < match.a || j < match.b) push({ equal: false, a1: i, a2: match.a, b1: j, b2: match.b });
    [i, j] = [match.a + match.size, match.b + match.size];
    if (match.size > 0) push({ equal: true, a1: match.a, a2: i, b1: match.b, b2: j });
  }
  return edits;
}

/** Groups edits with `context` equal lines around them. */
function groupsOf(edits: Edit[], context: number): Edit[][] {
  const first = edits[0];
  if (first?.equal) {
    edits[0] = { ...first, a1: Math.max(first.a1, first.a2 - context), b1: Math.max(first.b1, first.b2 - context) };
  }
  const last = edits.at(-1);
  if (last?.equal) {
    edits[edits.length - 1] = {
      ...last,
      a2: Math.min(last.a2, last.a1 + context),
      b2: Math.min(last.b2, last.b1 + context),
    };
  }
  const groups: Edit[][] = [];
  let group: Edit[] = [];
  for (const edit of edits) {
    let { a1, b1 } = edit;
    if (edit.equal && edit.a2 - a1 > context * 2) {
      group.push({ ...edit, a2: Math.min(edit.a2, a1 + context), b2: Math.min(edit.b2, b1 + context) });
      groups.push(group);
      group = [];
      [a1, b1] = [Math.max(a1, edit.a2 - context), Math.max(b1, edit.b2 - context)];
    }
    group.push({ ...edit, a1, b1 });
  }
  if (group.length > 0 && !(group.length === 1 && group[0]?.equal)) groups.push(group);
  return groups;
}

function rangeText(start: number, end: number): string {
  const length = end - start;
  if (length === 1) return `${start + 1}`;
  return `${length === 0 ? start : start + 1},${length}`;
}

/** Returns the unified difference of two texts with one line of context; empty when they are equal. */
export function textDiff(expected: string, actual: string): string {
  const [a, b] = [splitLines(expected), splitLines(actual)];
  const groups = groupsOf(editsOf(a, b), 1);
  if (groups.length === 0) return "";
  let out = "--- Expected\n+++ Actual\n";
  for (const group of groups) {
    const [first, last] = [group[0] as Edit, group.at(-1) as Edit];
    out += `@@ -${rangeText(first.a1, last.a2)} +${rangeText(first.b1, last.b2)} @@\n`;
    for (const edit of group) {
      if (edit.equal) out += a.slice(edit.a1, edit.a2).map((line) => ` ${line}`).join("");
      else {
        out += a.slice(edit.a1, edit.a2).map((line) => `-${line}`).join("");
        out += b.slice(edit.b1, edit.b2).map((line) => `+${line}`).join("");
      }
    }
  }
  return out;
}
