import { equal } from "node:assert/strict";
import { counted, cut, grouped, shown, sized, tail } from "./shown.js";

Deno.test("shown() writes out characters that change a line without being seen", () => {
  equal(shown("plain text, ümlaut, 日本, عربى"), "plain text, ümlaut, 日本, عربى");
  equal(shown("cart\u202Etxt.exe"), "cart‹U+202E›txt.exe");
  equal(shown("a\u0007b\u001b[31m"), "a‹U+0007›b‹U+001B›[31m");
  equal(shown("a\rb\u0085c"), "a‹U+000D›b‹U+0085›c");
  equal(shown("zero\u200bwidth\ufeff"), "zero‹U+200B›width‹U+FEFF›");
  equal(shown("\u2066isolate\u2069"), "‹U+2066›isolate‹U+2069›");
  equal(shown("tag\u{e0041}"), "tag‹U+E0041›");
  equal(shown("half \ud800 pair"), "half ‹U+D800› pair");
});

Deno.test("shown() leaves tabs, line feeds, joiners and whole pairs", () => {
  for (const text of ["a\tb", "a\nb", "👩‍🚀", "می‌خواهم", "𝒳"]) equal(shown(text), text);
});

Deno.test("shown() changes nothing the second time", () => {
  const once = shown("a\u202eb");
  equal(shown(once), once);
});

Deno.test("counted(), grouped(), sized(), cut() and tail() write numbers for people", () => {
  equal(counted(1, "release"), "1 release");
  equal(counted(10031, "revision"), "10,031 revisions");
  equal(grouped(1234567), "1,234,567");
  equal(sized(512), "512 B");
  equal(sized(4200), "4.1 KiB");
  equal(sized(300_000), "293 KiB");
  equal(sized(3_500_000), "3.3 MiB");
  equal(cut("abcdef", 4), "abc…");
  equal(cut("abcd", 4), "abcd");
  equal(tail("abcdef", 4), "…def");
  equal(tail("abcd", 4), "abcd");
});
