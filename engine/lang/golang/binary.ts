/**
 * Strings with one character a byte (U+0000 to U+00FF), for code that counts or
 * compares bytes; ASCII text is its own bytes.
 *
 * @module
 */

import { fromBytes, isAscii, toBytes } from "./bytes.ts";

const CHUNK = 8192;

/** Returns one character for each byte of the text. */
export function toBinary(text: string): string {
  if (isAscii(text)) return text;
  const bytes = toBytes(text);
  let out = "";
  for (let at = 0; at < bytes.length; at += CHUNK) out += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return out;
}

/** Returns the bytes that the characters of `binary` stand for. */
export function binaryToBytes(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Returns the text whose bytes are the characters of `binary`. */
export function fromBinary(binary: string): string {
  return isAscii(binary) ? binary : fromBytes(binaryToBytes(binary));
}
