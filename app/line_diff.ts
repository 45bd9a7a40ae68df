/**
 * Line diff of two texts, with a few lines of context.
 *
 * @module
 */

/** A line that both texts have, or only one of them. */
interface DiffLine {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** Default of `context`. */
const CONTEXT = 2;
/** Above this product of line counts the differing middle parts are shown whole: comparing them would take too long. */
const CELLS_MAX = 4_000_000;

/**
 * Returns the difference of two texts as lines that begin with ` `, `-` or `+`; `...` replaces equal lines
 * that are left out. Empty when the texts are equal.
 *
 * @param context Equal lines that are shown around a change.
 */
export function lineDiff(before: string, after: string, context = CONTEXT): string[] {
  const lines = compare(linesOf(before), linesOf(after));
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some(({ sign }) => sign !== " ")
  );
  const shown: string[] = [];
  for (const [at, { sign, text }] of lines.entries()) {
    if (isNear[at]) shown.push(`${sign} ${text}`);
    else if (shown.length > 0 && shown.at(-1) !== "...") shown.push("...");
  }
  if (shown.at(-1) === "...") shown.pop();
  return shown;
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function compare(a: readonly string[], b: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ sign: " ", text }));
  return [
    ...same(a.slice(0, start)),
    ...compareMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ];
}

/** Compares by the longest common subsequence. */
function compareMiddle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const signed = (sign: DiffLine["sign"], lines: readonly string[]): DiffLine[] =>
    lines.map((text) => ({ sign, text }));
  if (a.length * b.length > CELLS_MAX) return [...signed("-", a), ...signed("+", b)];
  const width = b.length + 1;
  // common[i * width + j]: length of the longest common subsequence of a from i on and b from j on.
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ sign: " ", text: a[i] ?? "" });
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push({ sign: "-", text: a[i++] ?? "" });
    else lines.push({ sign: "+", text: b[j++] ?? "" });
  }
  return [...lines, ...signed("-", a.slice(i)), ...signed("+", b.slice(j))];
}
