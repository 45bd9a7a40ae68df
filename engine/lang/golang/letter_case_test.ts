import { equal } from "node:assert/strict";
import { titleRune, toLower, toTitle, toUpper, trimSpace } from "./letter_case.ts";

Deno.test("toUpper() and toLower() change characters one by one", () => {
  equal(toUpper("ßıǆﬁᾳ"), "ßIǄﬁᾼ");
  equal(toLower("İIΣΣ"), "iiσσ");
  equal(titleRune("ǆ"), "ǅ");
  equal(titleRune("ა"), "ა");
  // A letter that came after Unicode 12.
  equal(toUpper("\ua7c8"), "\ua7c8");
});

Deno.test("toTitle() starts words after any ASCII sign, but only after blanks beyond ASCII", () => {
  equal(toTitle("o'neil x_y 1a é-à"), "O'Neil X_y 1a É-À");
  equal(trimSpace("\u0085\u00a0a\u3000\u200b "), "a\u3000\u200b");
});
