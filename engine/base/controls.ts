/**
 * Control characters in text that comes from outside: releases, indexes,
 * answers of API servers, file names.
 *
 * A terminal executes them: they can clear the screen, write to the clipboard,
 * or show the characters of a line in another order.
 *
 * @module
 */

/**
 * C0 controls except tab and line feed, DEL, C1 controls, marks and overrides of
 * the writing direction, and lone surrogates, which represent raw bytes. A
 * carriage return is allowed before a line feed, where it is part of the line end.
 */
// deno-lint-ignore no-control-regex -- this pattern must find them
const CONTROLS =
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)/gu;

/** Offset of raw bytes: a lone surrogate U+DC80 to U+DCFF represents the byte 0x80 to 0xFF. */
const RAW_BYTES = 0xdc00;

/**
 * Returns `text` with its control characters written as escapes, such as `\x1b` and
 * `\u202e`, so that a terminal shows them instead of executing them.
 *
 * Tabs and line ends stay. Idempotent: escapes in `text` are not escaped again.
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
