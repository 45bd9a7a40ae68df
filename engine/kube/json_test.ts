import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { copyJson, parseJson, sameJson } from "./json.ts";
import { decodeDocument, stringifyJson } from "./yaml.ts";

Deno.test("parseJson() keeps integers that a double cannot hold", () => {
  deepEqual(parseJson('{"a": 9007199254740993, "b": -9223372036854775808, "c": 12, "d": "1234567890123456789"}'), {
    a: 9007199254740993n,
    b: -9223372036854775808n,
    c: 12,
    d: "1234567890123456789",
  });
});

Deno.test("parseJson() reads fractions and exponents as numbers", () => {
  deepEqual(parseJson("[0.12345678901234567890, 1e22, 10000000000000000000000.5]"), [
    0.12345678901234568,
    1e22,
    10000000000000000000000.5,
  ]);
});

Deno.test("an integer beyond 2^53 goes from YAML to JSON digit for digit", () => {
  equal(
    stringifyJson(decodeDocument("{b: 9007199254740993, a: [1, 9223372036854775807]}")),
    '{"a":[1,9223372036854775807],"b":9007199254740993}',
  );
});

Deno.test("sameJson() does not look at the order of keys", () => {
  equal(sameJson({ a: 1, b: [{ c: 2, d: null }] }, { b: [{ d: null, c: 2 }], a: 1 }), true);
  equal(sameJson({ a: 1 }, { a: 1, b: undefined }), false);
  equal(sameJson([1], { 0: 1 }), false);
  equal(sameJson({}, null), false);
});

Deno.test("copyJson() shares nothing and is safe for any key", () => {
  const original = JSON.parse('{"__proto__": {"polluted": 1}, "list": [{}]}');
  const copy = copyJson(original);
  equal(sameJson(copy, original), true);
  equal(copy.list === original.list, false);
  equal(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("parseJson() refuses what is nested too deeply, and is not misled by brackets in strings", () => {
  const nested = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
  throws(() => parseJson(nested(1001)), /the JSON is nested more than 1000 levels deep$/);
  throws(() => parseJson(`{"a":${nested(1000)}}`), SyntaxError);
  ok(Array.isArray(parseJson(nested(1000))));
  const text = { a: "[".repeat(3000), b: '\\"'.repeat(900) + "{".repeat(2000), c: [[1]] };
  deepEqual(parseJson(JSON.stringify(text)), text);
  throws(() => parseJson(`{"a":"${"[".repeat(3000)}`), SyntaxError);
});
