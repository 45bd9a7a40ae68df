import { deepEqual, ok } from "node:assert/strict";
import { compareYamlKeys } from "./key_order.ts";

Deno.test("compareYamlKeys() puts letters last and compares digits by value", () => {
  const keys = ["a", "a2", "a10", "A", "_a", "1", "10", "9", "a-b", "ab", "é", "", "a1"];
  deepEqual(keys.toSorted(compareYamlKeys), ["", "_a", "1", "9", "10", "A", "a", "a-b", "a1", "a2", "a10", "ab", "é"]);
});

Deno.test("compareYamlKeys() minds the digits before a zero, and code points beyond U+FFFF", () => {
  ok(compareYamlKeys("a1", "a01") < 0);
  ok(compareYamlKeys("a10", "a1b") < 0);
  ok(compareYamlKeys("x100", "x11") > 0);
  ok(compareYamlKeys("\uffee", "\u{1f600}") < 0);
  ok(compareYamlKeys("9".repeat(18), "1" + "0".repeat(18)) < 0);
  // 2^64 overflows to 0, and then the longer run of digits comes last.
  ok(compareYamlKeys("#", "18446744073709551616") < 0);
});
