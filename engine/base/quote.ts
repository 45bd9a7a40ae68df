/**
 * Quotes names and values for messages.
 *
 * @module
 */

const ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

/**
 * Returns a text as a Go literal in double quotes.
 *
 * Source: Go 1.14, `strconv.Quote`. For strings with bytes that are not UTF-8 use `engine/lang/golang` instead.
 */
export function quote(text: string): string {
  let out = '"';
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    const escape = ESCAPES[letter];
    if (escape !== undefined) out += escape;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (code < 0x7f || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(letter)) out += letter;
    else if (code > 0xffff) out += `\\U${code.toString(16).padStart(8, "0")}`;
    else out += `\\u${code.toString(16).padStart(4, "0")}`;
  }
  return out + '"';
}
