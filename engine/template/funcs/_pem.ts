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

/** Finds the first block, and returns its bytes; `undefined` when there is none. */
export function decodePem(text: string): string | undefined {
  let from = 0;
  for (;;) {
    const begin = text.startsWith("-----BEGIN ", from) ? from : text.indexOf("\n-----BEGIN ", from) + 1;
    if (begin === 0 && !text.startsWith("-----BEGIN ")) return undefined;
    const lineEnd = text.indexOf("\n", begin);
    if (lineEnd < 0) return undefined;
    const type = /^-----BEGIN (.*)-----[ \t\r]*$/.exec(text.slice(begin, lineEnd))?.[1];
    const end = type === undefined ? -1 : text.indexOf(`\n-----END ${type}-----`, lineEnd);
    const binary = end < 0 ? undefined : decodeBody(text.slice(lineEnd + 1, end));
    if (binary !== undefined) return binary;
    from = lineEnd;
  }
}

/** Headers before a blank line are skipped. */
function decodeBody(text: string): string | undefined {
  const body = text.replace(/^(?:[^\n:]*:[^\n]*\n)+\r?\n/, "");
  const decoded = decodeBase64(body.replaceAll(/[ \t]/g, ""));
  return decoded.fault === undefined ? decoded.binary : undefined;
}
