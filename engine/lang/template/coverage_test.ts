import { deepEqual } from "node:assert/strict";
import { leavesNeverRead, readsWithoutValue } from "./coverage.ts";

const read = (path: string, whole = false) => ({ path: path.split("."), whole });

const VALUES = { image: { repo: "r", tag: "1" }, list: [{ a: 1 }, "x"], none: {}, nil: null, labels: { a: "1" } };

Deno.test("leavesNeverRead() returns all leaves if nothing was read", () => {
  deepEqual(leavesNeverRead(VALUES, []).map((path) => path.join(".")), [
    "Values.image.repo",
    "Values.image.tag",
    "Values.list.0.a",
    "Values.list.1",
    "Values.none",
    "Values.nil",
    "Values.labels.a",
  ]);
});

Deno.test("leavesNeverRead() takes what is inside a whole as read, and not what is inside something looked through", () => {
  const reads = [
    read("Values.image"),
    read("Values.image.tag"),
    read("Values.labels", true),
    read("Values.list", true),
  ];
  deepEqual(leavesNeverRead(VALUES, [...reads, read("Values.none"), read("Values.nil")]), [[
    "Values",
    "image",
    "repo",
  ]]);
  deepEqual(leavesNeverRead({ none: {}, other: {} }, [read("Values.none.x", true)]), [["Values", "other"]]);
  deepEqual(leavesNeverRead(VALUES, [read("Values", true)]), []);
  deepEqual(leavesNeverRead({ b: 1 }, [read("Values", true)], ["Values", "a"]), []);
  deepEqual(leavesNeverRead({ b: 1 }, [read("Values.a.c", true)], ["Values", "a"]), [["Values", "a", "b"]]);
});

Deno.test("readsWithoutValue() returns paths that the values lack, and none outside of them", () => {
  const reads = [
    "Values.image.tga",
    "Values.image.tag",
    "Values.list.0.a",
    "Values.list.2",
    "Values.nil",
    "Release.Name",
  ];
  const paths = readsWithoutValue(VALUES, reads.map((path) => read(path)));
  deepEqual(paths, [["Values", "image", "tga"], ["Values", "list", "2"]]);
});

Deno.test("leavesNeverRead() keeps keys with dots apart from paths", () => {
  deepEqual(leavesNeverRead({ "a.b": 1, a: { b: 2 } }, [read("Values.a.b", true)]), [["Values", "a.b"]]);
});
