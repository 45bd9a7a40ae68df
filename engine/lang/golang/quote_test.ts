import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { equal } from "node:assert/strict";
import fc from "fast-check";
import { fromBytes } from "./bytes.ts";
import { canBackquote, quote, quoteRune, quoteToAscii, unquote } from "./quote.ts";

const numRuns = fuzzRuns(200);

Deno.test("quote() escapes what is not printable, and only that", () => {
  equal(quote('a"\\\n\t☃'), '"a\\"\\\\\\n\\t☃"');
  equal(quote("\x00\x7f\u200b"), '"\\x00\\u007f\\u200b"');
});

Deno.test("quote() shows a byte outside of UTF-8 as \\x", () => {
  equal(quote(fromBytes(Uint8Array.of(0x61, 0xff))), '"a\\xff"');
});

Deno.test("quote() does not know characters that came after Unicode 12", () => {
  equal(quote("\u{1f600}"), '"\u{1f600}"');
  equal(quote("\u{1fae0}"), '"\\U0001fae0"');
});

Deno.test("quoteToAscii() leaves nothing beyond ASCII", () => {
  equal(quoteToAscii("é☃"), '"\\u00e9\\u2603"');
});

Deno.test("quoteRune() writes U+FFFD for what is no character", () => {
  equal(quoteRune(0xd800), "'\ufffd'");
  equal(quoteRune(39), "'\\''");
});

Deno.test("canBackquote() refuses backquotes and control characters", () => {
  equal(canBackquote("a\tb"), true);
  equal(canBackquote("a`b"), false);
  equal(canBackquote("a\nb"), false);
});

Deno.test("unquote() reads what quote() writes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const text = fromBytes(bytes);
      equal(unquote(quote(text)), text);
    }),
    { numRuns },
  );
});

Deno.test("unquote() refuses escapes that Go does not have", () => {
  equal(unquote('"\\q"'), undefined);
  equal(unquote('"\\xZ0"'), undefined);
  equal(unquote('"\\\'"'), undefined);
  equal(unquote('"\\400"'), undefined);
});

Deno.test("unquote() drops carriage returns between backquotes", () => {
  equal(unquote("`a\r\nb`"), "a\nb");
});

Deno.test("unquote() puts bytes of escapes together to characters", () => {
  equal(unquote('"\\xc3\\xa9"'), "é");
});
