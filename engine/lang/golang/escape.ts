/**
 * Escaping for HTML, JavaScript and URL queries as Go's templates do it.
 *
 * Source: Go 1.14, `text/template/funcs.go` and `net/url/url.go`.
 *
 * @module
 */
import { toBytes } from "./bytes.ts";
import { isPrint } from "./unicode.ts";

const HTML: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (char) => HTML[char] ?? char);
}

const JS: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\x3C",
  ">": "\\x3E",
  "&": "\\x26",
  "=": "\\x3D",
};

/** Escapes text for a JavaScript string. */
export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\x00-\x1f\u0080-\u{10ffff}]/gu, (char) => {
    const known = JS[char];
    if (known !== undefined) return known;
    const code = char.codePointAt(0) ?? 0;
    // A byte that is no UTF-8 is read as U+FFFD but copied as it is, since that is printable.
    if (code >= 0x80 && ((code >= 0xdc80 && code <= 0xdcff) || isPrint(code))) return char;
    return "\\u" + code.toString(16).toUpperCase().padStart(4, "0");
  });
}

/** Escapes text for the query part of a URL. */
export function escapeQuery(text: string): string {
  let out = "";
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9._~-]/.test(char)) out += char;
    else out += byte === 0x20 ? "+" : "%" + byte.toString(16).toUpperCase().padStart(2, "0");
  }
  return out;
}
