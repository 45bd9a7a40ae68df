/**
 * Upper, lower and title case as Go's `unicode` and `strings` give them: one
 * character always becomes one character, and no language has rules of its own.
 *
 * Answers to Go 1.14, which knows Unicode 12.
 *
 * @module
 */

import { isPrint } from "./unicode.ts";

/** Letters that got a case after Unicode 12 are unknown to Go 1.14, which leaves them alone. */
function isKnown(char: string): boolean {
  return isPrint(char.codePointAt(0) ?? 0);
}

/** Greek letters with iota below: the capital form exists, though JavaScript writes two letters. */
function iotaCapital(code: number): number | undefined {
  if (code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0) return code + 8;
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return code + 9;
  return undefined;
}

/** Returns the upper-case form of one character. */
export function upperRune(char: string): string {
  const upper = char.toUpperCase();
  if (upper === char) return char;
  const code = char.codePointAt(0) ?? 0;
  if (isOneRune(upper)) return isKnown(char) && isKnown(upper) ? upper : char;
  const capital = iotaCapital(code);
  return capital === undefined ? char : String.fromCodePoint(capital);
}

/** Returns the lower-case form of one character. */
export function lowerRune(char: string): string {
  const lower = char.toLowerCase();
  if (lower === char) return char;
  if (isOneRune(lower)) return isKnown(char) && isKnown(lower) ? lower : char;
  return char === "\u0130" ? "i" : char;
}

/** Returns the title-case form of one character; for all but a few it is the upper-case form. */
export function titleRune(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  // The Croatian pairs come in threes: both capital, first capital, none.
  if (code >= 0x1c4 && code <= 0x1cc) return String.fromCodePoint(0x1c5 + 3 * Math.floor((code - 0x1c4) / 3));
  if (code >= 0x1f1 && code <= 0x1f3) return "\u01f2";
  // Georgian has capitals, but none that begin a word.
  if (code >= 0x10d0 && code <= 0x10ff) return char;
  return upperRune(char);
}

function isOneRune(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
}

/** Returns the text with every character replaced; a byte outside valid UTF-8 counts, and is written, as U+FFFD. */
export function mapRunes(text: string, change: (char: string) => string): string {
  let out = "";
  for (const char of text.toWellFormed()) out += change(char);
  return out;
}

/** Go's `strings.ToUpper`. */
export function toUpper(text: string): string {
  return ASCII.test(text) ? text.toUpperCase() : mapRunes(text, upperRune);
}

/** Go's `strings.ToLower`. */
export function toLower(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : mapRunes(text, lowerRune);
}

const ASCII = /^[\x00-\x7f]*$/;

/** Go's `strings.Title`: raises the first letter of every word. */
export function toTitle(text: string): string {
  let previous = " ";
  return mapRunes(text, (char) => {
    const starts = separatesWords(previous);
    previous = char;
    return starts ? titleRune(char) : char;
  });
}

/** Among ASCII everything but letters, digits and `_` separates words; beyond, only blanks do. */
function separatesWords(char: string): boolean {
  return char <= "\x7f" ? !/[0-9A-Za-z_]/.test(char) : isSpace(char);
}

const SPACE = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/** Go's `unicode.IsSpace`. */
export function isSpace(char: string): boolean {
  return SPACE.test(char);
}

const SPACE_START = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** Go's `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end--;
  return text.slice(0, end).replace(SPACE_START, "");
}
