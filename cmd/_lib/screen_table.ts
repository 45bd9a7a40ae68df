/**
 * Tables for people: on a terminal they fit its width, everywhere else they have Helm's own layout.
 *
 * @module
 */
import { showControls } from "../../engine/base/mod.ts";
import type { Printer } from "./print.ts";
import { displayWidth, table } from "./table.ts";
import { wrapped } from "./wrap.ts";

/** How a table may be laid out. */
export interface ScreenTableOptions {
  /** Helm's limit for the width of a column, outside of terminals; 0 or absent: none. */
  readonly limit?: number | undefined;
  /** True if the user chose the limit: then a terminal keeps it, too. */
  readonly isLimitGiven?: boolean | undefined;
  /** True for whole cells, whatever the width. */
  readonly isWide?: boolean | undefined;
  /** By heading: narrower than this, cells say nothing. `Infinity`: they are cut last. Default {@linkcode READABLE}. */
  readonly least?: Readonly<Record<string, number>> | undefined;
  /** Headings of columns that a terminal leaves out, the first one first, where the others could not be read beside them. */
  readonly spare?: readonly string[] | undefined;
}

/** Blanks between columns. */
const GAP = 2;
/** Columns are cut to this width before narrower ones are cut, too. */
const READABLE = 8;

/** Returns rows, the headings first, as a table for the printer's standard output, without a final newline. */
export function tableFor(
  { terminal, columns }: Pick<Printer, "terminal" | "columns">,
  rows: readonly (readonly string[])[],
  { limit = 0, isLimitGiven = false, isWide = false, least, spare }: ScreenTableOptions = {},
): string {
  if (!terminal) return table(rows, isWide ? 0 : limit);
  const room = isWide ? Infinity : columns;
  return fittedTable(rows, { limit: isLimitGiven && !isWide ? limit : 0, columns: room, least, spare });
}

/** A column of a table: where its cells are in a row, the width that it wants, and the least that can be read. */
interface Column {
  readonly at: number;
  readonly heading: string;
  readonly wanted: number;
  readonly least: number;
}

/**
 * Returns a table no line of which is wider than `columns`: the widest cells end in an ellipsis. Line breaks in cells
 * become blanks, so that each row is one line. A last line names the columns that are left out.
 */
export function fittedTable(
  rows: readonly (readonly string[])[],
  { limit, columns, least = {}, spare = [] }: Pick<ScreenTableOptions, "least" | "spare"> & {
    readonly limit: number;
    readonly columns: number;
  },
): string {
  const cells = rows.map((row) => row.map((cell) => showControls(cell.replaceAll(/\s+/g, " ").trim())));
  const count = Math.max(0, ...cells.map((row) => row.length));
  const all = Array.from({ length: count }, (_, at): Column => {
    const widest = Math.max(1, ...cells.map((row) => displayWidth(row[at] ?? "")));
    const heading = cells[0]?.[at] ?? "";
    const wanted = limit > 0 ? Math.min(widest, limit) : widest;
    return { at, heading, wanted, least: Math.min(wanted, least[heading] ?? READABLE) };
  });
  const shown = withoutSpare(all, columns, spare);
  const widths = narrowed(shown, columns - GAP * (shown.length - 1));
  const lines = cells.map((row) =>
    shown.map(({ at }, index) => cutTo(row[at] ?? "", widths[index] ?? 1)).join(" ".repeat(GAP)).trimEnd()
  );
  const left = all.filter((column) => !shown.includes(column)).map(({ heading }) => heading);
  if (left.length > 0) {
    lines.push(wrapped(`Not shown, for lack of width: ${left.join(", ")} ('| cat' shows all)`, columns));
  }
  return lines.join("\n");
}

/** Leaves out spare columns, the first one first, until the others fit at their least widths. */
function withoutSpare(all: readonly Column[], columns: number, spare: readonly string[]): readonly Column[] {
  let shown = all;
  for (const heading of spare) {
    const needed = shown.reduce((sum, { least }) => sum + least, GAP * (shown.length - 1));
    if (needed <= columns) break;
    shown = shown.filter((column) => column.heading !== heading);
  }
  return shown;
}

/** Takes columns from the widest ones until the sum is at most `room`: from each down to its least width first. */
function narrowed(columns: readonly Column[], room: number): number[] {
  const widths = columns.map(({ wanted }) => wanted);
  let sum = widths.reduce((all, width) => all + width, 0);
  const steps = [columns.map(({ least }) => least), columns.map(() => READABLE), columns.map(() => 1)];
  for (const least of steps) {
    while (sum > room) {
      const spare = widths.map((width, index) => width > (least[index] ?? 1) ? width : 0);
      const widest = Math.max(0, ...spare);
      if (widest === 0) break;
      widths[spare.lastIndexOf(widest)] = widest - 1;
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
