/**
 * Tables for people: on a terminal they fit its width, everywhere else they have Helm's own layout.
 *
 * @module
 */
import { showControls } from "../../engine/base/mod.ts";
import type { Printer } from "./print.ts";
import { displayWidth, table } from "./table.ts";

/** How a table may be laid out. */
export interface ScreenTableOptions {
  /** Helm's limit for the width of a column, outside of terminals; 0 or absent: none. */
  readonly limit?: number | undefined;
  /** True if the user chose the limit: then a terminal keeps it, too. */
  readonly isLimitGiven?: boolean | undefined;
  /** True for whole cells, whatever the width. */
  readonly isWide?: boolean | undefined;
}

/** Blanks between columns. */
const GAP = 2;
/** Columns are cut to this width before narrower ones are cut, too. */
const READABLE = 8;

/** Returns rows, the headings first, as a table for the printer's standard output, without a final newline. */
export function tableFor(
  { terminal, columns }: Pick<Printer, "terminal" | "columns">,
  rows: readonly (readonly string[])[],
  { limit = 0, isLimitGiven = false, isWide = false }: ScreenTableOptions = {},
): string {
  if (!terminal) return table(rows, isWide ? 0 : limit);
  return fittedTable(rows, { limit: isLimitGiven && !isWide ? limit : 0, columns: isWide ? Infinity : columns });
}

/**
 * Returns a table no line of which is wider than `columns`: the widest cells end in an ellipsis. Line breaks in cells
 * become blanks, so that each row is one line.
 */
export function fittedTable(
  rows: readonly (readonly string[])[],
  { limit, columns }: { readonly limit: number; readonly columns: number },
): string {
  const cells = rows.map((row) => row.map((cell) => showControls(cell.replaceAll(/\s+/g, " ").trim())));
  const count = Math.max(0, ...cells.map((row) => row.length));
  const wanted = Array.from({ length: count }, (_, at) => {
    const widest = Math.max(1, ...cells.map((row) => displayWidth(row[at] ?? "")));
    return limit > 0 ? Math.min(widest, limit) : widest;
  });
  const widths = narrowed(wanted, columns - GAP * (count - 1));
  return cells.map((row) => widths.map((width, at) => cutTo(row[at] ?? "", width)).join(" ".repeat(GAP)).trimEnd())
    .join("\n");
}

/** Takes columns from the widest ones until the sum is at most `room`. */
function narrowed(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  let sum = widths.reduce((all, width) => all + width, 0);
  for (const least of [READABLE, 1]) {
    while (sum > room) {
      const widest = Math.max(...widths);
      if (widest <= least) break;
      widths[widths.lastIndexOf(widest)] = widest - 1;
      sum--;
    }
  }
  return widths;
}

/** Pads a cell to `width`, or cuts it and ends it with an ellipsis. */
function cutTo(cell: string, width: number): string {
  const taken = displayWidth(cell);
  if (taken <= width) return cell + " ".repeat(width - taken);
  let [cut, used] = ["", 0];
  for (const letter of cell) {
    const next = displayWidth(letter);
    if (used + next > width - 1) break;
    [cut, used] = [cut + letter, used + next];
  }
  return `${cut}…${" ".repeat(Math.max(0, width - 1 - used))}`;
}
