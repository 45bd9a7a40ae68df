/**
 * PEM blocks, as Go's `encoding/pem` writes and finds them. Bytes inside are
 * binary strings.
 *
 * @module
 */

import { decodeBase64, encodeBase64 } from "../../golang/mod.ts";

/** Writes a block with lines of 64 characters. */
export function encodePem(type: string, binary: string): string {
  const lines = encodeBase64(binary).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.map((line) => line + "\n").join("")}-----END ${type}-----\n`;
}

/** A PEM block. */
export interface PemBlock {
  /** The words after `BEGIN`. */
  readonly type: string;
  /** Its bytes. */
  readonly binary: string;
}

/** Finds the first block, and returns its bytes; `undefined` when there is none. */
export function decodePem(text: string): string | undefined {
  return decodePemBlock(text)?.binary;
}

/** Finds the first block; `undefined` when there is none. */
export function decodePemBlock(text: string): PemBlock | undefined {
  // Types whose end was looked for in vain; it will not be found further on either.
  const endless = new Set<string>();
  for (const { index, 1: type = "" } of text.matchAll(/^-----BEGIN (.*)-----[ \t\r]*$/gm)) {
    if (endless.has(type)) continue;
    const start = text.indexOf("\n", index);
    const end = start < 0 ? -1 : text.indexOf(`\n-----END ${type}-----`, start);
    if (end < 0) endless.add(type);
    const binary = end < 0 ? undefined : decodeBody(text.slice(start + 1, end));
    if (binary !== undefined) return { type, binary };
  }
  return undefined;
}

/** Headers before a blank line are skipped. */
function decodeBody(text: string): string | undefined {
  const body = text.replace(/^(?:[^\n:]*:[^\n]*\n)+\r?\n/, "");
  const decoded = decodeBase64(body.replaceAll(/[ \t]/g, ""));
  return decoded.fault === undefined ? decoded.binary : undefined;
}
