import { deepEqual, equal } from "node:assert/strict";
import { difference, has, intersection, onePath, pathsOf, sortedSet, union, without } from "./set.ts";

const leaf = {};

Deno.test("union() keeps values that are in the set themselves, and fields in them", () => {
  deepEqual(union({ "f:a": leaf }, { "f:a": { "f:b": leaf } }), { "f:a": { ".": {}, "f:b": {} } });
  deepEqual(union({}, onePath("f:a", "f:b")), { "f:a": { "f:b": {} } });
});

Deno.test("difference() takes a value away and leaves the fields in it", () => {
  const all = { "f:a": { ".": {}, "f:b": leaf }, "f:c": leaf };
  deepEqual(difference(all, { "f:a": leaf, "f:c": leaf }), { "f:a": { "f:b": {} } });
  deepEqual(difference(all, { "f:a": { "f:b": leaf } }), { "f:a": {}, "f:c": {} });
});

Deno.test("without() takes a value away with all that is in it", () => {
  deepEqual(without({ "f:a": { ".": {}, "f:b": leaf }, "f:c": leaf }, { "f:a": leaf }), { "f:c": {} });
});

Deno.test("intersection() has only what both have", () => {
  deepEqual(intersection({ "f:a": { ".": {}, "f:b": leaf } }, { "f:a": { "f:b": leaf, "f:c": leaf } }), {
    "f:a": { "f:b": {} },
  });
  deepEqual(intersection({ "f:a": leaf }, { "f:b": leaf }), {});
});

Deno.test("pathsOf() lists values before the fields in others", () => {
  const set = { "f:a": { "f:c": leaf }, "f:b": leaf };
  deepEqual(pathsOf(set), [["f:b"], ["f:a", "f:c"]]);
  equal(has(set, "f:a"), false);
});

Deno.test("sortedSet() gives equal sets equal text", () => {
  const [one, two] = [{ "f:b": leaf, "f:a": leaf }, { "f:a": leaf, "f:b": leaf }];
  equal(JSON.stringify(sortedSet(one)), JSON.stringify(sortedSet(two)));
});
