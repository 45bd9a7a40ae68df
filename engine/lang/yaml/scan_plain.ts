/**
 * Scans scalars without quotes.
 *
 * @module
 */

import { isBlank, isBlankOrEnd, isBreak, isFlowIndicator, TAB } from "./chars.ts";
import type { Source } from "./source.ts";

const HASH = 0x23, COLON = 0x3a, DASH = 0x2d, DOT = 0x2e;

/** True at `---` or `...` at the start of a line, followed by a blank, a break or the end. */
export function atDocumentMark(source: Source): boolean {
  const { text, pos } = source;
  if (pos !== source.lineStart) return false;
  const code = text.charCodeAt(pos);
  return (code === DASH || code === DOT) && text.charCodeAt(pos + 1) === code && text.charCodeAt(pos + 2) === code &&
    isBlankOrEnd(text.charCodeAt(pos + 3));
}

/** Returns the end of the run of characters from `from` that belong to a plain scalar. */
function runEnd(text: string, from: number, inFlow: boolean): number {
  let p = from;
  for (;; p++) {
    const code = text.charCodeAt(p);
    if (code === COLON) {
      if (isBlankOrEnd(text.charCodeAt(p + 1))) return p;
    } else if (isBlankOrEnd(code) || (inFlow && isFlowIndicator(code))) {
      return p;
    }
  }
}

/**
 * Returns the value of a line break and the breaks after it. A line feed alone becomes a blank;
 * before others it is dropped. Any other first break stays.
 */
export function fold(first: string, more: string): string {
  return first !== "\n" ? first + more : more === "" ? " " : more;
}

/**
 * Scans the plain scalar that starts here, and the blanks and breaks after it. `source.endedLine`
 * tells if there were breaks.
 *
 * @param minColumn In block context, a line that starts left of it does not belong to the scalar.
 */
export function scanPlain(source: Source, minColumn: number, inFlow: boolean): string {
  const text = source.text;
  let value = "";
  let pieceStart = source.pos;
  let end = source.pos;
  let first = "", more = "";
  let endedLine = false;
  for (;;) {
    source.need(4);
    if (atDocumentMark(source) || text.charCodeAt(source.pos) === HASH) break;
    const start = source.pos;
    const stop = runEnd(text, start, inFlow);
    if (stop > start) {
      // Pieces are joined only when another one follows: breaks behind the last piece are not part
      // of the scalar.
      if (endedLine) {
        value += text.slice(pieceStart, end) + fold(first, more);
        pieceStart = start;
        first = more = "";
        endedLine = false;
      }
      source.pos = end = stop;
      source.needSince(start, 2);
      source.passed(start);
    }
    if (!isBlank(text.charCodeAt(stop)) && !isBreak(text.charCodeAt(stop))) break;
    source.need(1);
    for (;;) {
      const code = text.charCodeAt(source.pos);
      if (isBlank(code)) {
        if (code === TAB && endedLine && source.pos - source.lineStart < minColumn) {
          throw source.scanError("found a tab character that violates indentation");
        }
        source.pos++;
      } else if (isBreak(code)) {
        source.need(2);
        if (endedLine) more += source.readBreak();
        else {
          first = source.readBreak();
          endedLine = true;
        }
      } else break;
      source.need(1);
    }
    if (!inFlow && source.pos - source.lineStart < minColumn) break;
  }
  source.endedLine = endedLine;
  const piece = text.slice(pieceStart, end);
  return value === "" ? piece : value + piece;
}
