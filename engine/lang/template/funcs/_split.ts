/**
 * Cutting and replacing by a separator, as Go's `strings` does.
 *
 * @module
 */

import { normalizeText } from "../../golang/mod.ts";
import { areSearchable, fromBinary, toBinary } from "./_binary.ts";

/**
 * Go's `strings.SplitN`: at most `limit` pieces, the last one with everything
 * left over; all pieces when `limit` is negative, `undefined` (nil) when it is 0.
 */
export function splitText(text: string, separator: string, limit = -1): string[] | undefined {
  if (limit === 0) return undefined;
  if (separator === "") return splitRunes(text, limit);
  if (areSearchable(text, separator)) return cut(text, separator, limit);
  return cut(toBinary(text), toBinary(separator), limit).map(fromBinary);
}

function cut(text: string, separator: string, limit: number): string[] {
  if (limit < 0) return text.split(separator);
  const pieces: string[] = [];
  let start = 0;
  while (pieces.length < limit - 1) {
    const at = text.indexOf(separator, start);
    if (at < 0) break;
    pieces.push(text.slice(start, at));
    start = at + separator.length;
  }
  pieces.push(text.slice(start));
  return pieces;
}

/** Raw bytes become U+FFFD, except in the last piece, which Go takes over uncut. */
function splitRunes(text: string, limit: number): string[] {
  const runes = [...text];
  const count = limit < 0 || limit > runes.length ? runes.length : limit;
  const pieces = runes.slice(0, Math.max(0, count - 1)).map((rune) => rune.toWellFormed());
  if (count > 0) pieces.push(runes.slice(count - 1).join(""));
  return pieces;
}

/** Go's `strings.ReplaceAll`; an empty `old` is found before every character and at the end. */
export function replaceText(text: string, old: string, replacement: string): string {
  if (old === replacement) return text;
  if (old === "") return normalizeText(replacement + [...text].map((rune) => rune + replacement).join(""));
  if (areSearchable(text, old, replacement)) return text.split(old).join(replacement);
  return fromBinary(toBinary(text).split(toBinary(old)).join(toBinary(replacement)));
}
