import { equal } from "node:assert/strict";
import { escapeHtml, escapeJs, escapeQuery } from "./escape.ts";

Deno.test("escapeHtml() escapes quotes by number", () => {
  equal(escapeHtml('<a href="x">\'&\0'), "&lt;a href=&#34;x&#34;&gt;&#39;&amp;\ufffd");
});

Deno.test("escapeJs() writes angle brackets as \\x", () => {
  equal(escapeJs("<b>='\"\\\n☃\u200b"), "\\x3Cb\\x3E\\x3D\\'\\\"\\\\\\u000A☃\\u200B");
});

Deno.test("escapeQuery() turns a blank into a plus", () => {
  equal(escapeQuery("a b/é~"), "a+b%2F%C3%A9~");
});
