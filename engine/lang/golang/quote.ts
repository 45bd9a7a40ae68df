/**
 * Go string literals: writing them (`%q`) and reading them.
 *
 * Source: Go 1.14, `strconv/quote.go`.
 *
 * @module
 */
import { fromBytes, toBytes } from "./bytes.ts";
import { isPrint } from "./unicode.ts";

const SHORT: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
};

/** Returns the code of a raw byte that a lone surrogate stands for, or -1. */
function rawByte(code: number): number {
  return code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : -1;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** One character of a literal in quotes of the given kind. */
function escapeRune(code: number, quote: string, asciiOnly: boolean): string {
  const char = String.fromCodePoint(code);
  if (char === quote || char === "\\") return "\\" + char;
  if (asciiOnly ? code < 0x80 && isPrint(code) : isPrint(code)) return char;
  const short = SHORT[code];
  if (short !== undefined) return short;
  if (code < 0x20) return "\\x" + hex(code, 2);
  return code < 0x10000 ? "\\u" + hex(code, 4) : "\\U" + hex(code, 8);
}

const PLAIN = /^[ !#-[\]-~]*$/;

/** Returns the string as a Go literal in double quotes: Go's `strconv.Quote`. */
export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : quoteWith(text, false);
}

/** As {@linkcode quote}, with everything beyond ASCII escaped. */
export function quoteToAscii(text: string): string {
  return quoteWith(text, true);
}

function quoteWith(text: string, asciiOnly: boolean): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const raw = rawByte(code);
    out += raw >= 0 ? "\\x" + hex(raw, 2) : escapeRune(code, '"', asciiOnly);
  }
  return out + '"';
}

/** Returns a character as a Go literal in single quotes; what is no character becomes U+FFFD. */
export function quoteRune(code: number, asciiOnly = false): string {
  const valid = code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return "'" + escapeRune(valid ? code : 0xfffd, "'", asciiOnly) + "'";
}

/** True when the text can stand between backquotes as it is. */
export function canBackquote(text: string): boolean {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code === 0xfeff || rawByte(code) >= 0 || char === "`" || code === 0x7f) return false;
    if (code < 0x20 && char !== "\t") return false;
  }
  return true;
}

const SINGLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };
const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** One character of a literal: its code, whether it is a single raw byte, and where the rest begins. */
export interface UnquotedChar {
  /** Code point, or a byte's value. */
  readonly code: number;
  /** True when `code` is a byte (`\x…` and octal escapes), not a code point. */
  readonly isByte: boolean;
  /** Index behind the character. */
  readonly next: number;
}

/** Reads one character of a literal in the given quotes, or returns `undefined` when its syntax is wrong. */
export function unquoteChar(text: string, at: number, quoteMark: string): UnquotedChar | undefined {
  const code = text.codePointAt(at);
  if (code === undefined) return undefined;
  const first = String.fromCodePoint(code);
  if (first === quoteMark) return undefined;
  if (first !== "\\") return plainChar(code, at);
  const kind = text[at + 1];
  if (kind === undefined) return undefined;
  const single = SINGLE[kind];
  if (single !== undefined) return { code: single, isByte: false, next: at + 2 };
  const digits = HEX_LENGTH[kind];
  if (digits !== undefined) return hexChar(text, at + 2, kind, digits);
  if (kind >= "0" && kind <= "7") return octalChar(text, at + 1);
  if (kind === quoteMark) return { code: kind.charCodeAt(0), isByte: false, next: at + 2 };
  return undefined;
}

function plainChar(code: number, at: number): UnquotedChar {
  // A raw byte that is no UTF-8 is read as U+FFFD.
  return { code: rawByte(code) >= 0 ? 0xfffd : code, isByte: false, next: at + (code > 0xffff ? 2 : 1) };
}

function hexChar(text: string, at: number, kind: string, digits: number): UnquotedChar | undefined {
  const word = text.slice(at, at + digits);
  if (word.length < digits || !/^[0-9a-fA-F]+$/.test(word)) return undefined;
  const code = parseInt(word, 16) | 0;
  if (kind === "x") return { code, isByte: true, next: at + digits };
  return code > 0x10ffff ? undefined : { code, isByte: false, next: at + digits };
}

function octalChar(text: string, at: number): UnquotedChar | undefined {
  const word = text.slice(at, at + 3);
  if (!/^[0-7]{3}$/.test(word)) return undefined;
  const code = parseInt(word, 8);
  return code > 255 ? undefined : { code, isByte: true, next: at + 3 };
}

/** Reads a Go string literal with its quotes; `undefined` when its syntax is wrong. */
export function unquote(literal: string): string | undefined {
  const mark = literal[0];
  if (literal.length < 2 || mark !== literal.at(-1)) return undefined;
  const inner = literal.slice(1, -1);
  if (mark === "`") return inner.includes("`") ? undefined : inner.replaceAll("\r", "");
  if (mark !== '"' || inner.includes("\n")) return undefined;
  if (inner.isWellFormed() && !inner.includes("\\") && !inner.includes('"')) return inner;
  return unquoteInner(inner, mark);
}

function unquoteInner(inner: string, mark: string): string | undefined {
  let out = "";
  let raw = false;
  for (let at = 0; at < inner.length;) {
    const char = unquoteChar(inner, at, mark);
    if (char === undefined) return undefined;
    at = char.next;
    if (char.isByte && char.code >= 0x80) {
      out += String.fromCharCode(0xdc00 + char.code);
      raw = true;
    } else out += runeText(char.code);
  }
  return raw ? fromBytes(toBytes(out)) : out;
}

/** Go's `string(rune)`: what is no character becomes U+FFFD. */
export function runeText(code: number): string {
  return code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? "\ufffd" : String.fromCodePoint(code);
}
