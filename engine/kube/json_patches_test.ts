import { deepEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { isObject, type JsonObject, sameJson } from "./json.ts";
import { applyJsonMergePatch, applyJsonPatch, jsonMergePatch } from "./json_patches.ts";

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("jsonMergePatch() adds, changes and removes", () => {
  const patch = jsonMergePatch(
    { a: 1, b: { c: 1, d: 2 }, e: [1, 2], f: "x", g: {} },
    { a: 1, b: { c: 2 }, e: [1], f: { y: 1 }, h: true, g: {} },
  );
  deepEqual(plain(patch), { b: { c: 2, d: null }, e: [1], f: { y: 1 }, h: true });
});

Deno.test("jsonMergePatch() of a label is the label alone", () => {
  const patch = jsonMergePatch({ metadata: { labels: { x: "a" } } }, { metadata: { labels: { x: "b" } } });
  deepEqual(plain(patch), { metadata: { labels: { x: "b" } } });
});

Deno.test("applyJsonMergePatch() follows the examples of RFC 7386", () => {
  const examples: [unknown, unknown, unknown][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [["a", "b"], ["c", "d"], ["c", "d"]],
    [{ a: "b" }, ["c"], ["c"]],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [original, patch, want] of examples) deepEqual(plain(applyJsonMergePatch(original, patch)), want);
});

Deno.test("a JSON merge patch, applied to what it was made from, gives what it was made for", () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.nat(3), fc.constantFrom("a", "b"), fc.array(fc.nat(2)), tie("object")),
    object: fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__"), tie("value")),
  }));
  const objects = value.filter(isObject) as fc.Arbitrary<JsonObject>;
  fc.assert(fc.property(objects, objects, (a, b) => sameJson(applyJsonMergePatch(a, jsonMergePatch(a, b)), b)));
});

Deno.test("applyJsonPatch() does the six operations", () => {
  const original = { a: [1, 2], b: { "x/y": 1, "m~n": 2 }, c: 3 };
  const result = applyJsonPatch(original, [
    { op: "test", path: "/c", value: 3 },
    { op: "add", path: "/a/1", value: 9 },
    { op: "add", path: "/a/-", value: 4 },
    { op: "remove", path: "/b/x~1y" },
    { op: "replace", path: "/b/m~0n", value: { deep: true } },
    { op: "copy", from: "/b/m~0n", path: "/d" },
    { op: "move", from: "/c", path: "/e" },
  ]);
  deepEqual(plain(result), { a: [1, 9, 2, 4], b: { "m~n": { deep: true } }, d: { deep: true }, e: 3 });
  deepEqual(original.a, [1, 2]);
});

Deno.test("applyJsonPatch() replaces the whole document by the empty path", () => {
  deepEqual(plain(applyJsonPatch({ a: 1 }, [{ op: "replace", path: "", value: { b: 2 } }])), { b: 2 });
});

Deno.test("applyJsonPatch() refuses what cannot be done", () => {
  const bad: unknown[] = [
    {},
    [{ op: "add", path: "/x/y", value: 1 }],
    [{ op: "remove", path: "/nothing" }],
    [{ op: "replace", path: "/nothing", value: 1 }],
    [{ op: "add", path: "/list/7", value: 1 }],
    [{ op: "add", path: "/list/01", value: 1 }],
    [{ op: "test", path: "/list", value: [2] }],
    [{ op: "add", path: "/new" }],
    [{ op: "jump", path: "/list" }],
    [{ op: "add", path: "list", value: 1 }],
    ["add"],
  ];
  for (const patch of bad) throws(() => applyJsonPatch({ list: [1] }, patch), { kind: "kube" });
});
