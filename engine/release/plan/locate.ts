/**
 * Finds the lines of a YAML document on which a field stands.
 *
 * Reads block style by its indentation. Where the document has flow style, the line of the enclosing field is found.
 *
 * @module
 */

/** Lines from `start`, `end` not included; both from 0. */
export interface LineRange {
  /** The first line. */
  readonly start: number;
  /** The line after the last. */
  readonly end: number;
}

const INDENT = /^ */;

/**
 * Returns the lines of a field, or of the innermost enclosing field that was found.
 *
 * @param path Names of fields, and positions in lists.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const lines = ["spec:", "  ports:", "  - port: 80", "  - port: 81", "    name: x"];
 * deepEqual(locate(lines, ["spec", "ports", 1, "name"]), { start: 4, end: 5 });
 * ```
 */
export function locate(lines: readonly string[], path: readonly (string | number)[]): LineRange {
  let range: LineRange = { start: 0, end: lines.length };
  let inner: LineRange & { readonly column: number } = { ...range, column: 0 };
  for (const part of path) {
    const found = typeof part === "number" ? findItem(lines, inner, part) : findField(lines, inner, part);
    if (found === undefined) break;
    range = { start: found.start, end: found.end };
    inner = found.inner;
  }
  return range;
}

interface Found extends LineRange {
  /** Where its content begins; on the first line from `column` on. */
  readonly inner: LineRange & { readonly column: number };
}

type Inner = LineRange & { readonly column: number };

/** Returns a line as it is inside of an item: what stands before `column` on the first line is blank. */
function lineAt(lines: readonly string[], at: number, { start, column }: Inner): string {
  const line = lines[at] ?? "";
  return at === start && column > 0 ? " ".repeat(column) + line.slice(column) : line;
}

const isContent = (line: string): boolean => /^\s*[^\s#]/.test(line);
const indentOf = (line: string): number => INDENT.exec(line)?.[0].length ?? 0;

/** Returns the positions of the content lines that stand furthest left. */
function firstLevel(lines: readonly string[], inner: Inner): { readonly at: number[]; readonly indent: number } {
  const content: number[] = [];
  for (let at = inner.start; at < inner.end; at++) if (isContent(lineAt(lines, at, inner))) content.push(at);
  const [first] = content;
  if (first === undefined) return { at: [], indent: 0 };
  const indent = indentOf(lineAt(lines, first, inner));
  return { at: content.filter((at) => indentOf(lineAt(lines, at, inner)) === indent), indent };
}

function findField(lines: readonly string[], inner: Inner, name: string): Found | undefined {
  const { at, indent } = firstLevel(lines, inner);
  // A list may stand at the same indentation as its field.
  const fields = at.filter((line) => !/^ *-( |$)/.test(lineAt(lines, line, inner)));
  const wanted = [`${name}:`, `${JSON.stringify(name)}:`, `'${name}':`];
  const place = fields.findIndex((line) => {
    const text = lineAt(lines, line, inner).slice(indent);
    return wanted.some((start) => text.startsWith(start) && /^(\s|$)/.test(text.slice(start.length)));
  });
  const start = fields[place];
  if (start === undefined) return undefined;
  const end = fields[place + 1] ?? inner.end;
  return { start, end, inner: { start: start + 1, end, column: 0 } };
}

function findItem(lines: readonly string[], inner: Inner, index: number): Found | undefined {
  const { at, indent } = firstLevel(lines, inner);
  const items = at.filter((line) => /^ *-( |$)/.test(lineAt(lines, line, inner)));
  const start = items[index];
  if (start === undefined) return undefined;
  const end = items[index + 1] ?? inner.end;
  return { start, end, inner: { start, end, column: indent + 2 } };
}
