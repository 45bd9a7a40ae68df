import { deepEqual, throws } from "node:assert/strict";
import { parseSetPath, valueAtPath } from "./set_path.ts";

Deno.test("parseSetPath() reads names, positions and escaped names", () => {
  deepEqual(parseSetPath("a.b[0].c"), ["a", "b", 0, "c"]);
  deepEqual(parseSetPath("a.[b.c/d].e"), ["a", "b.c/d", "e"]);
  deepEqual(parseSetPath("[a.b]"), ["a.b"]);
  deepEqual(parseSetPath("a[1][2]"), ["a", 1, 2]);
});

Deno.test("parseSetPath() refuses other texts, in upstream's words", () => {
  throws(() => parseSetPath(""), /set path is empty/);
  throws(() => parseSetPath("a={b}"), /invalid token found =/);
  throws(() => parseSetPath("a[x]"), /strconv.Atoi: parsing "x": invalid syntax/);
  throws(() => parseSetPath("a."), /unexpected end of/);
  throws(() => parseSetPath("a[1"), /unexpected end of/);
  throws(() => parseSetPath("a]"), /invalid key \]/);
  throws(() => parseSetPath("a[99999999]"), /index 99999999 of a list is not between 0 and 65536/);
});

Deno.test("valueAtPath() fills lists with null before the position", () => {
  deepEqual({ ...valueAtPath("a[2]", "x") }, { a: [null, null, "x"] });
});
