/**
 * Scans literal and folded block scalars.
 *
 * @module
 */

import { isBlank, isBreak, isBreakOrEnd, isDigit, SPACE, TAB } from "./chars.ts";
import type { Source } from "./source.ts";

const PIPE = 0x7c, PLUS = 0x2b, MINUS = 0x2d, ZERO = 0x30, HASH = 0x23;

/** The header after `|` or `>`: sign and digit (0 when there is none). */
interface Header {
  readonly chomp: "clip" | "keep" | "strip";
  readonly increment: number;
}

function scanSign(source: Source): Header["chomp"] {
  const code = source.text.charCodeAt(source.pos);
  if (code !== PLUS && code !== MINUS) return "clip";
  source.pos++;
  source.need(1);
  return code === PLUS ? "keep" : "strip";
}

function scanDigit(source: Source): number {
  const code = source.text.charCodeAt(source.pos);
  if (!isDigit(code)) return 0;
  if (code === ZERO) throw source.scanError("found an indentation indicator equal to 0");
  source.pos++;
  source.need(1);
  return code - ZERO;
}

/** Reads sign and digit in either order. */
function scanHeader(source: Source): Header {
  source.pos++;
  source.need(1);
  const before = scanSign(source);
  const increment = scanDigit(source);
  const chomp = before === "clip" && increment > 0 ? scanSign(source) : before;
  return { chomp, increment };
}

/** Steps over blanks and a comment up to the end of the line. */
export function skipToLineEnd(source: Source): void {
  const text = source.text;
  source.need(1);
  while (isBlank(text.charCodeAt(source.pos))) {
    source.pos++;
    source.need(1);
  }
  if (text.charCodeAt(source.pos) === HASH) {
    const start = source.pos;
    source.pos = source.lineEnd(start);
    source.needSince(start, 1);
    source.passed(start);
  }
  if (!isBreakOrEnd(text.charCodeAt(source.pos))) {
    throw source.scanError("did not find expected comment or line break");
  }
  if (isBreak(text.charCodeAt(source.pos))) {
    source.need(2);
    source.readBreak();
  }
}

/** Skips indentation and empty lines; returns their breaks and the deepest column. */
function scanBreaks(source: Source, indent: number): { breaks: string; deepest: number } {
  const text = source.text;
  let breaks = "";
  let deepest = 0;
  for (;;) {
    source.need(1);
    while (
      text.charCodeAt(source.pos) === SPACE && (indent === 0 || source.pos - source.lineStart < indent)
    ) {
      source.pos++;
      source.need(1);
    }
    const column = source.pos - source.lineStart;
    if (column > deepest) deepest = column;
    const code = text.charCodeAt(source.pos);
    if (code === TAB && (indent === 0 || column < indent)) {
      throw source.scanError("found a tab character where an indentation space is expected");
    }
    if (!isBreak(code)) return { breaks, deepest };
    source.need(2);
    breaks += source.readBreak();
  }
}

/**
 * Reads the block scalar that starts here.
 *
 * @param parent Column of the collection it belongs to, or -1.
 */
export function scanBlock(source: Source, parent: number): string {
  const text = source.text;
  const literal = text.charCodeAt(source.pos) === PIPE;
  const { chomp, increment } = scanHeader(source);
  skipToLineEnd(source);
  const head = scanBreaks(source, increment > 0 ? Math.max(parent, 0) + increment : 0);
  // Without a digit the first line that is not empty sets the indentation, at least one more than
  // the parent's.
  const indent = increment > 0 ? Math.max(parent, 0) + increment : Math.max(head.deepest, parent + 1, 1);
  let trailing = head.breaks;
  let value = "", leading = "";
  let blankBefore = false;
  source.need(1);
  while (source.pos - source.lineStart === indent && text.charCodeAt(source.pos) !== 0) {
    const start = source.pos;
    const blank = isBlank(text.charCodeAt(start));
    // Folding: a single break between two lines becomes a blank, unless one of them starts with a
    // blank.
    if (!literal && leading === "\n" && !blankBefore && !blank) {
      value += trailing === "" ? " " : trailing;
    } else {
      value += leading + trailing;
    }
    blankBefore = blank;
    source.pos = source.lineEnd(start);
    source.needSince(start, 1);
    value += text.slice(start, source.pos);
    source.passed(start);
    source.need(2);
    leading = text.charCodeAt(source.pos) === 0 ? "" : source.readBreak();
    trailing = scanBreaks(source, indent).breaks;
  }
  if (chomp !== "strip") value += leading;
  if (chomp === "keep") value += trailing;
  return value;
}
