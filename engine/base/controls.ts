/**
 * Control characters in text of others: releases, indexes, answers of API
 * servers, names of files.
 *
 * A terminal executes them: it clears the screen, writes to the clipboard, or
 * shows a line in another order than it has.
 *
 * @module
 */

/**
 * C0 controls but tab and line feed, DEL, C1 controls, marks and overrides of
 * the writing direction, and lone surrogates, which stand for raw bytes. A
 * carriage return is a part of the line end before a line feed.
 */
// deno-lint-ignore no-control-regex -- finding them is what this is for
const CONTROLS =
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)/gu;

/** Where raw bytes begin: a lone U+DC80 to U+DCFF is the byte 0x80 to 0xFF. */
const RAW_BYTES = 0xdc00;

/**
 * Returns `text` with its control characters spelled out, such as `\x1b` and
 * `\u202e`, so that a terminal shows them instead of executing them.
 *
 * Tabs and line ends stay. Text that was shown so already stays as it is.
 *
 * @example The beginning of an escape sequence
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(showControls("a\u001b]52;c;eA==\u0007b\n"), "a\\x1b]52;c;eA==\\x07b\n");
 * ```
 */
export function showControls(text: string): string {
  return text.replace(CONTROLS, spelled);
}

function spelled(character: string): string {
  if (character === "\r") return "\\r";
  const code = character.charCodeAt(0);
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  if (code >= RAW_BYTES + 0x80 && code <= RAW_BYTES + 0xff) return `\\x${hex(code - RAW_BYTES, 2)}`;
  return `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
