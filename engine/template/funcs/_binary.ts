/**
 * Strings as bytes, for the functions of Go that count or search bytes: text
 * to a string with one character a byte (U+0000 to U+00FF) and back.
 *
 * Text that is ASCII is its own bytes. Text that is valid UTF-8 can be searched
 * as it is, because no character's bytes are part of another's; only text that
 * holds raw bytes needs the detour.
 *
 * @module
 */

import { fromBytes, isAscii, toBytes } from "../../golang/mod.ts";

const CHUNK = 8192;

/** Returns one character for each byte of the text. */
export function toBinary(text: string): string {
  if (isAscii(text)) return text;
  const bytes = toBytes(text);
  let out = "";
  for (let at = 0; at < bytes.length; at += CHUNK) out += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return out;
}

/** Returns the text whose bytes are the characters of `binary`. */
export function fromBinary(binary: string): string {
  if (isAscii(binary)) return binary;
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return fromBytes(bytes);
}

/** True when none of the texts holds raw bytes, so that they can be searched as JavaScript strings. */
export function areSearchable(...texts: readonly string[]): boolean {
  return texts.every((text) => text.isWellFormed());
}
