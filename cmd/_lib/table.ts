/**
 * Formats rows of cells as text, in Helm 2's layout.
 *
 * Two layouts: {@linkcode table} for lists, {@linkcode alignBlanks} for the
 * resources of a status.
 *
 * Source: Helm 2.17.0 with gosuri/uitable 0.0.3 and Go's `text/tabwriter`.
 *
 * @module
 */

// deno-lint-ignore no-control-regex
const COLOURS = /[\u001b\u009b][[\]()#;?]*(?:[0-9]{1,4}(?:;[0-9]{0,4})*)?[0-9A-PRZcf-nq-uy=><~]/g;

/** Characters with a width of two columns: East Asian wide and full-width ones, and emoji. */
const WIDE =
  /[\u1100-\u115f\u231a\u231b\u2329\u232a\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2fb}\u{1f004}\u{1f0cf}\u{1f18e}\u{1f191}-\u{1f19a}\u{1f200}-\u{1f320}\u{1f32d}-\u{1f335}\u{1f337}-\u{1f37c}\u{1f37e}-\u{1f393}\u{1f3a0}-\u{1f3ca}\u{1f3cf}-\u{1f3d3}\u{1f3e0}-\u{1f3f0}\u{1f3f4}\u{1f3f8}-\u{1f43e}\u{1f440}\u{1f442}-\u{1f4fc}\u{1f4ff}-\u{1f53d}\u{1f54b}-\u{1f54e}\u{1f550}-\u{1f567}\u{1f57a}\u{1f595}\u{1f596}\u{1f5a4}\u{1f5fb}-\u{1f64f}\u{1f680}-\u{1f6c5}\u{1f6cc}\u{1f6d0}-\u{1f6d2}\u{1f6d5}-\u{1f6d7}\u{1f6eb}\u{1f6ec}\u{1f6f4}-\u{1f6fc}\u{1f7e0}-\u{1f7eb}\u{1f90c}-\u{1f93a}\u{1f93c}-\u{1f945}\u{1f947}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}]/u;

/** Characters without width: controls, combining marks and invisible formatting. */
const NARROW = /[\p{Cc}\p{Mn}\p{Me}\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/u;

/** Returns the width of one character, in columns. */
function letterWidth(letter: string): number {
  if (letter >= " " && letter <= "~") return 1;
  if (NARROW.test(letter)) return 0;
  return WIDE.test(letter) ? 2 : 1;
}

/** Returns the width of `text` in columns; colour sequences have none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const letter of text.replaceAll(COLOURS, "")) width += letterWidth(letter);
  return width;
}

/** Pads `cell` to `width`, or cuts it and ends it with dots. */
function fit(cell: string, width: number): string {
  const taken = displayWidth(cell);
  if (taken <= width) return cell + " ".repeat(width - taken);
  let [cut, used] = ["", 0];
  for (const letter of cell) {
    cut += letter;
    used += letterWidth(letter);
    if (used >= width - 3) break;
  }
  return `${cut}...`;
}

/**
 * Returns a table without a final newline.
 *
 * Columns are as wide as their widest cell, `limit` at most (0: no limit),
 * joined by a TAB, the last one padded too. A cell of several lines is fitted
 * as one text before it is split, as Helm does.
 */
export function table(rows: readonly (readonly string[])[], limit = 0): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => {
    const widest = Math.max(0, ...rows.flatMap((row) => (row[at] ?? "").split("\n").map(displayWidth)));
    return limit > 0 ? Math.min(widest, limit) : widest;
  });
  return rows.map((row) => tableRow(row, widths)).join("\n");
}

function tableRow(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, at) => fit(cell, widths[at] ?? 0).split("\n"));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from(
    { length: height },
    (_, line) => cells.map((lines, at) => fit(lines[line] ?? "", widths[at] ?? 0)).join("\t"),
  ).join("\n");
}

/**
 * Re-aligns `text`: runs of two and more blanks separate cells, cells of neighbouring lines form columns, and
 * a column is as wide as its widest cell and two blanks more. A line's last cell is not padded.
 */
export function alignBlanks(text: string): string {
  const lines = text.replaceAll(/ {2,}/g, "\t").split("\n").map((line) => line.split("\t"));
  const widths = lines.map(() => [] as number[]);
  const widest = Math.max(0, ...lines.map((cells) => cells.length));
  for (let column = 0; column < widest; column++) {
    for (let from = 0; from < lines.length;) {
      let to = from;
      while (hasColumn(lines[to], column)) to++;
      const width = 2 + Math.max(0, ...lines.slice(from, to).map((cells) => [...(cells[column] ?? "")].length));
      for (let at = from; at < to; at++) widths[at]?.push(width);
      from = Math.max(to, from + 1);
    }
  }
  return lines.map((cells, at) => alignedLine(cells, widths[at] ?? [])).join("\n");
}

function alignedLine(cells: readonly string[], widths: readonly number[]): string {
  let line = "";
  for (const [column, cell] of cells.entries()) {
    const width = widths[column];
    // Helm 2: empty cells at the start of a line have no width.
    if (cell === "" && line === "") continue;
    line += width === undefined ? cell : cell + " ".repeat(Math.max(0, width - [...cell].length));
  }
  return line;
}

/** True if the line ends a cell of this column with a TAB. */
function hasColumn(cells: readonly string[] | undefined, column: number): boolean {
  return cells !== undefined && column < cells.length - 1;
}
