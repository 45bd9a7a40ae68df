import { equal } from "node:assert/strict";
import { isDigit, isLetter, isPrint } from "./unicode.ts";

Deno.test("isPrint() takes no blank but the ASCII one", () => {
  equal(isPrint(0x20), true);
  equal(isPrint(0xa0), false);
  equal(isPrint(0x7f), false);
  equal(isPrint(0xad), false);
});

Deno.test("isLetter() and isDigit() know all scripts of Unicode 12 and no later ones", () => {
  equal(isLetter(0xe9), true);
  equal(isLetter(0x30a2), true);
  equal(isLetter(0x10d00), true);
  equal(isLetter(0x10e80), false); // Yezidi came with Unicode 13.
  equal(isDigit(0x663), true);
  equal(isDigit(0xb2), false);
});
