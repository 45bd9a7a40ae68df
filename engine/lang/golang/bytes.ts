/**
 * Go strings as bytes: between our text (see `value.ts`) and UTF-8.
 *
 * @module
 */

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** True when every byte of the string is part of valid UTF-8. */
export function isValidUtf8(text: string): boolean {
  return text.isWellFormed();
}

/** Returns the bytes of a string; a lone U+DC80 to U+DCFF is one raw byte. */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return encoder.encode(text);
  const out: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) out.push(code - 0xdc00);
    else out.push(...encoder.encode(char));
  }
  return Uint8Array.from(out);
}

/** Returns the string that has these bytes; each byte outside valid UTF-8 becomes one lone surrogate. */
export function fromBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
}

/**
 * Returns the same bytes in their one spelling: raw bytes that became valid
 * UTF-8 by being put side by side turn into the character they spell.
 */
export function normalizeText(text: string): string {
  return text.isWellFormed() ? text : fromBytes(toBytes(text));
}

function decodeEscaping(bytes: Uint8Array): string {
  let out = "";
  let at = 0;
  while (at < bytes.length) {
    const size = sequenceLength(bytes, at);
    out += size === 0 ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : strict.decode(bytes.subarray(at, at + size));
    at += size || 1;
  }
  return out;
}

/** Length of the valid UTF-8 sequence at `at`, or 0 when the byte there begins none. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  const tail = (index: number): boolean => ((bytes[at + index] ?? 0) & 0xc0) === 0x80;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

/** Returns the number of bytes of a string: Go's `len`. */
export function byteLength(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    if (code < 0x800) length += 1;
    else if (code < 0xd800 || code > 0xdfff) length += 2;
    else if (code < 0xdc00 && isLow(text.charCodeAt(at + 1))) {
      length += 2;
      at += 1;
    } else if (code < 0xdc80 || code > 0xdcff) length += 2;
  }
  return length;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** Returns the bytes from `start` up to `end` of a string: Go's `text[start:end]`; may cut a character. */
export function sliceBytes(text: string, start: number, end?: number): string {
  if (isAscii(text)) return text.slice(start, end);
  return fromBytes(toBytes(text).subarray(start, end));
}

/** True when every character is below U+0080, so that bytes and code units are the same. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** Orders strings by their bytes, as Go's `<` does: negative, zero or positive. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    if (left < 0xd800 && right < 0xd800) return left - right;
    return a.isWellFormed() && b.isWellFormed() ? order(left) - order(right) : compareRaw(toBytes(a), toBytes(b));
  }
  return a.length - b.length;
}

/** Lifts surrogates, which stand for characters beyond U+FFFF, above all other code units. */
function order(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareRaw(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
