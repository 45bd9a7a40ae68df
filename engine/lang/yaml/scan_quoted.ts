/**
 * Scans scalars in single and double quotes.
 *
 * @module
 */

import { hexValue, isBlank, isBlankOrEnd, isBreak, isHex, LF } from "./chars.ts";
import { atDocumentMark, fold } from "./scan_plain.ts";
import type { Source } from "./source.ts";

const SINGLE = 0x27, DOUBLE = 0x22, BACKSLASH = 0x5c;

/** Characters by the letter after a backslash. Helm 2: `'` is one of them, and `/` is not. */
const ESCAPES: ReadonlyMap<number, string> = new Map(
  Object.entries({
    "0": "\0",
    a: "\x07",
    b: "\b",
    t: "\t",
    "\t": "\t",
    n: "\n",
    v: "\v",
    f: "\f",
    r: "\r",
    e: "\x1b",
    " ": " ",
    '"': '"',
    "'": "'",
    "\\": "\\",
    N: "\x85",
    _: "\xa0",
    L: "\u2028",
    P: "\u2029",
  }).map(([char, text]) => [char.charCodeAt(0), text]),
);

/** Number of digits of a numeric escape, by the letter after the backslash. */
const CODE_LENGTHS: ReadonlyMap<number, number> = new Map([[0x78, 2], [0x75, 4], [0x55, 8]]);

/** Reads the escape at the backslash here. */
function scanEscape(source: Source): string {
  const { text, pos } = source;
  const letter = text.charCodeAt(pos + 1);
  const known = ESCAPES.get(letter);
  if (known !== undefined) {
    source.pos = pos + 2;
    return known;
  }
  const length = CODE_LENGTHS.get(letter);
  if (length === undefined) throw source.scanError("found unknown escape character");
  source.pos = pos + 2;
  source.need(length);
  let code = 0;
  for (let k = 0; k < length; k++) {
    const digit = text.charCodeAt(source.pos + k);
    if (!isHex(digit)) throw source.scanError("did not find expected hexdecimal number");
    code = code * 16 + hexValue(digit);
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    throw source.scanError("found invalid Unicode character escape code");
  }
  source.pos += length;
  return String.fromCodePoint(code);
}

/** Returns the next position from `from` that is not plain content between these quotes. */
function contentEnd(text: string, from: number, quote: number): number {
  let p = from;
  for (;; p++) {
    const code = text.charCodeAt(p);
    if (code === quote || (code === BACKSLASH && quote === DOUBLE) || isBlankOrEnd(code)) return p;
  }
}

/** Scans one stretch without blanks; returns its value, and whether an escaped line break ended it. */
function scanStretch(source: Source, quote: number): { value: string; escapedBreak: boolean } {
  const text = source.text;
  let value = "";
  for (;;) {
    const start = source.pos;
    source.pos = contentEnd(text, start, quote);
    if (source.pos > start) {
      value += text.slice(start, source.pos);
      source.needSince(start, 2);
      source.passed(start);
    }
    const code = text.charCodeAt(source.pos);
    if (code === SINGLE && quote === SINGLE && text.charCodeAt(source.pos + 1) === SINGLE) {
      value += "'";
      source.pos += 2;
    } else if (code === BACKSLASH && quote === DOUBLE) {
      if (isBreak(text.charCodeAt(source.pos + 1))) {
        source.need(3);
        source.pos++;
        source.readBreak();
        return { value, escapedBreak: true };
      }
      value += scanEscape(source);
    } else {
      return { value, escapedBreak: false };
    }
    source.need(2);
  }
}

/** Reads the quoted scalar that starts here. */
export function scanQuoted(source: Source): string {
  const text = source.text;
  const quote = text.charCodeAt(source.pos);
  const simple = simpleQuoted(source, quote);
  if (simple !== undefined) return simple;
  let value = "";
  source.pos++;
  for (;;) {
    source.need(4);
    if (atDocumentMark(source)) throw source.scanError("found unexpected document indicator");
    if (text.charCodeAt(source.pos) === 0) throw source.scanError("found unexpected end of stream");
    const stretch = scanStretch(source, quote);
    value += stretch.value;
    source.need(1);
    if (text.charCodeAt(source.pos) === quote) break;
    value += scanGap(source, stretch.escapedBreak);
  }
  source.pos++;
  return value;
}

/** Scans a quoted scalar on one line without escapes, which nearly all are; `undefined` for any other. */
function simpleQuoted(source: Source, quote: number): string | undefined {
  const { text, pos } = source;
  // With a window, or with other line breaks, every character has to be looked at.
  if (source.window !== undefined || !source.onlyLf) return undefined;
  const end = text.indexOf(quote === SINGLE ? "'" : '"', pos + 1);
  if (end < 0 || (quote === SINGLE && text.charCodeAt(end + 1) === SINGLE)) return undefined;
  for (let p = pos + 1; p < end; p++) {
    const code = text.charCodeAt(p);
    if (code === LF || (code === BACKSLASH && quote === DOUBLE)) return undefined;
  }
  source.pos = end;
  source.passed(pos);
  source.pos++;
  return text.slice(pos + 1, end);
}

/** Scans the blanks and line breaks between two stretches; returns their value. */
function scanGap(source: Source, afterEscapedBreak: boolean): string {
  const text = source.text;
  const start = source.pos;
  let blanksEnd = start;
  let first = "", more = "";
  let endedLine = afterEscapedBreak;
  for (;;) {
    const code = text.charCodeAt(source.pos);
    if (isBlank(code)) {
      source.pos++;
      if (!endedLine) blanksEnd = source.pos;
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
  if (!endedLine) return text.slice(start, blanksEnd);
  return first === "" ? more : fold(first, more);
}
