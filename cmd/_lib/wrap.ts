/**
 * Breaks the lines of help pages at the width of a terminal, between words.
 *
 * @module
 */

/** Lines that begin below a column of names keep at least this share of the width. */
const COLUMN_SHARE = 0.6;
/** Indentation of a description that does not fit beside its name. */
const BELOW = 10;

/** Returns a text no line of which is wider than `columns`, unless a word is. Only lines that are too long are changed. */
export function wrapped(text: string, columns: number): string {
  return text.split("\n").map((line) => wrappedLine(expanded(line), line, columns)).join("\n");
}

/** A narrower terminal breaks lines itself: rows that are not full would push the reason off its small screen. */
const NARROW = 60;

/**
 * Returns advice with its lines broken between words. A command line stays whole, so that it can be copied: one in single
 * quotes, and one of kubectl that ends the line.
 *
 * @example A command that does not fit gets a line of its own
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const text = "The release is FAILED, and its objects are there. Go back with 'skeg rollback web 1'.";
 * equal(
 *   wrappedAdvice(text, 70),
 *   "The release is FAILED, and its objects are there. Go back with\n'skeg rollback web 1'.",
 * );
 * ```
 */
export function wrappedAdvice(text: string, columns: number): string {
  if (columns < NARROW) return text;
  return text.split("\n").map((line) => {
    if (line.length <= columns) return line;
    const indent = /^ */.exec(line)?.[0] ?? "";
    const lines: string[] = [];
    let row = "";
    for (const [part, word = ""] of line.matchAll(/ *('[^']*'\S*|kubectl .*$|\S+)/g)) {
      if (row === "" || row.length + part.length <= columns) row += part;
      else {
        lines.push(row);
        row = indent + word;
      }
    }
    return [...lines, row].join("\n");
  }).join("\n");
}

/** Returns a line with its tabs as blanks, as a terminal shows them. */
function expanded(line: string): string {
  let shown = "";
  for (const letter of line) shown += letter === "\t" ? " ".repeat(8 - shown.length % 8) : letter;
  return shown;
}

function wrappedLine(line: string, original: string, columns: number): string {
  if (line.length <= columns) return original;
  // A name, at least two blanks, and a description, as in lists of flags and of commands.
  const [, name = "", gap = ""] = /^( *\S.*?)( {2,})(?=\S)/.exec(line) ?? [];
  const start = name.length + gap.length;
  if (start === 0) return filled(line, /^ */.exec(line)?.[0].length ?? 0, columns);
  if (start <= columns * COLUMN_SHARE) return filled(line, start, columns);
  const below = Math.min(BELOW, Math.floor(columns / 4));
  return `${name}\n${filled(" ".repeat(below) + line.slice(start), below, columns)}`;
}

/** Breaks a line between words; further lines begin with `indent` blanks. */
function filled(line: string, indent: number, columns: number): string {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const at = rest.lastIndexOf(" ", columns);
    // The word is wider than the terminal: it is left whole, so that it can be copied.
    const end = at > indent ? at : rest.indexOf(" ", Math.max(columns, indent + 1));
    if (end < 0) break;
    lines.push(rest.slice(0, end).trimEnd());
    rest = " ".repeat(indent) + rest.slice(end).trimStart();
  }
  return [...lines, rest].join("\n");
}
