import { deepEqual, equal } from "node:assert/strict";
import { findTable, findValue } from "./path.ts";
import { parseValues } from "./parse.ts";

const values = parseValues("a: {b: {c: 1, d: null}, e: [1]}\n");

Deno.test("findTable() follows a path through tables", () => {
  deepEqual(Object.keys(findTable(values, "a.b").table ?? {}), ["c", "d"]);
});

Deno.test("findTable() says where the search ended", () => {
  equal(findTable(values, "a.x.y").problem, 'no table named "x" (map[b:map[c:1 d:<nil>] e:[1]])');
  equal(findTable(values, "a.e").problem, 'no table named "e"');
});

Deno.test("findValue() finds what is no table, null included", () => {
  equal(findValue(values, "a.b.c"), 1);
  equal(findValue(values, "a.b.d"), null);
  equal(findValue(values, "a.b"), undefined);
  equal(findValue(values, "a.e.x"), undefined);
  equal(findValue(values, "a.x"), undefined);
});
