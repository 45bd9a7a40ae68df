/**
 * Base64 and base32 as Go's `encoding` reads and writes them, errors included.
 * Bytes are binary strings: one character a byte.
 *
 * @module
 */

/** The decoded text, and the place of the first mistake. */
export interface DecodedText {
  /** The bytes before the fault. */
  readonly binary: string;
  /** Offset of the fault in the input; `undefined` when all is well. */
  readonly fault: number | undefined;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (let at = 0; at < alphabet.length; at++) values[alphabet.charCodeAt(at)] = at;
  return values;
}

const VALUES64 = valuesOf(BASE64);
const VALUES32 = valuesOf(BASE32);

/** Writes base64 with padding. */
export function encodeBase64(binary: string): string {
  return btoa(binary);
}

const CLEAN64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Reads base64 with padding; line breaks are skipped. */
export function decodeBase64(text: string): DecodedText {
  if (text.length % 4 === 0 && CLEAN64.test(text)) return { binary: atob(text), fault: undefined };
  let out = "";
  let at = 0;
  const skipBreaks = (): void => {
    while (text[at] === "\n" || text[at] === "\r") at++;
  };
  for (;;) {
    const group: number[] = [];
    while (group.length < 4) {
      skipBreaks();
      // Go counts back over what it has read of the group, not over line breaks.
      if (at >= text.length) return { binary: out, fault: group.length === 0 ? undefined : at - group.length };
      const value = VALUES64[text.charCodeAt(at)] ?? -1;
      if (value < 0) break;
      group.push(value);
      at++;
    }
    if (group.length === 4) {
      out += group64(group, 3);
      continue;
    }
    if (text[at] !== "=" || group.length < 2) return { binary: out, fault: at };
    at++;
    if (group.length === 2) {
      skipBreaks();
      if (at >= text.length) return { binary: out, fault: text.length };
      if (text[at] !== "=") return { binary: out, fault: at - 1 };
      at++;
    }
    skipBreaks();
    return { binary: out + group64(group, group.length - 1), fault: at < text.length ? at : undefined };
  }
}

function group64([a = 0, b = 0, c = 0, d = 0]: readonly number[], count: number): string {
  const bits = (a << 18) | (b << 12) | (c << 6) | d;
  return String.fromCharCode(bits >> 16, (bits >> 8) & 255, bits & 255).slice(0, count);
}

/** Writes base32 with padding. */
export function encodeBase32(binary: string): string {
  let out = "";
  for (let at = 0; at < binary.length; at += 5) {
    const part = binary.slice(at, at + 5);
    let bits = 0n;
    for (let index = 0; index < 5; index++) bits = (bits << 8n) | BigInt(part.charCodeAt(index) || 0);
    let digits = "";
    for (let index = 0; index < 8; index++) digits = BASE32.charAt(Number((bits >> BigInt(5 * index)) & 31n)) + digits;
    out += digits.slice(0, Math.ceil(part.length * 8 / 5)).padEnd(8, "=");
  }
  return out;
}

/** Reads base32 with padding; line breaks are skipped, and do not count in the offset of a fault. */
export function decodeBase32(given: string): DecodedText {
  const text = given.replaceAll(/[\r\n]/g, "");
  let out = "";
  let at = 0;
  while (at < text.length) {
    const group: number[] = [];
    while (group.length < 8) {
      if (at >= text.length) return { binary: out, fault: at - group.length };
      const count = group.length;
      const left = text.length - at - 1;
      if (text[at] === "=" && count >= 2 && left < 8) {
        const fault = paddingFault(text, at + 1, count);
        return { binary: fault === undefined ? out + group32(group) : out, fault };
      }
      const value = VALUES32[text.charCodeAt(at)] ?? -1;
      if (value < 0) return { binary: out, fault: at };
      group.push(value);
      at++;
    }
    out += group32(group);
  }
  return { binary: out, fault: undefined };
}

/** Checks what follows the first `=` after `count` digits of a group. */
function paddingFault(text: string, start: number, count: number): number | undefined {
  const left = text.length - start;
  if (left + count < 7) return text.length;
  for (let index = 0; index < 7 - count; index++) {
    if (left > index && text[start + index] !== "=") return start + index - 1;
  }
  return [1, 3, 6].includes(count) ? start - 1 : undefined;
}

/** Bytes of up to eight digits; bits that do not fill a byte are dropped. */
function group32(group: readonly number[]): string {
  let bits = 0n;
  for (let index = 0; index < 8; index++) bits = (bits << 5n) | BigInt(group[index] ?? 0);
  let out = "";
  for (let shift = 32n; shift >= 0n; shift -= 8n) out += String.fromCharCode(Number((bits >> shift) & 255n));
  return out.slice(0, Math.floor(group.length * 5 / 8));
}
