import { deepEqual, equal } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { asInTest, asInText, type RevisionObjects, soleRevision } from "./as_in.ts";

/** ConfigMaps by name, each with one value. */
function revision(number: number, values: Readonly<Record<string, string>>): RevisionObjects {
  return {
    revision: number,
    objects: new Map(Object.entries(values).map(([name, value]) => [name, configMap(value)])),
  };
}

function configMap(value: string): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { value } };
}

/** Live objects by name; others are missing, and those with `?` may not be read. */
function cluster(values: Readonly<Record<string, string>>) {
  return (key: string) =>
    values[key] === undefined ? "missing" : values[key] === "?" ? "unread" : configMap(values[key]);
}

Deno.test("asInTest() counts objects by the revision that they were made from", () => {
  const old = revision(7, { a: "1", b: "1", c: "1", same: "1" });
  const target = revision(8, { a: "2", b: "2", c: "2", same: "1" });
  const summary = asInTest([old, target], cluster({ a: "2", b: "1", same: "9" }));
  deepEqual(summary, {
    objects: 4,
    asIn: [{ revision: 8, keys: ["a"] }, { revision: 7, keys: ["b"] }],
    missing: ["c"],
    other: [],
    unread: [],
  });
  equal(asInText(summary), "3 objects tell: 1 as in revision 8, 1 as in 7, 1 missing");
  equal(soleRevision(summary), undefined);
});

Deno.test("asInTest() takes an object of one revision as made by it, and its absence as made by the other", () => {
  const [old, target] = [revision(1, { gone: "1", stays: "1" }), revision(2, { stays: "1", fresh: "1" })];
  const after = asInTest([old, target], cluster({ stays: "1", fresh: "1" }));
  equal(asInText(after), "2 objects tell: 2 as in revision 2");
  equal(soleRevision(after), 2);
  const before = asInTest([old, target], cluster({ stays: "1", gone: "1" }));
  equal(asInText(before), "2 objects tell: 2 as in revision 1");
  equal(soleRevision(before), 1);
});

Deno.test("asInTest() tells objects that are as in no revision, or may not be read", () => {
  const revisions = [revision(1, { a: "1", b: "1" }), revision(2, { a: "2", b: "2" })];
  const summary = asInTest(revisions, cluster({ a: "3", b: "?" }));
  equal(asInText(summary), "1 object tells: 1 as in none of them, 1 may not be read");
  equal(soleRevision(summary), undefined);
});

Deno.test("asInTest() says nothing about equal revisions", () => {
  const summary = asInTest([revision(1, { a: "1" }), revision(2, { a: "1" })], cluster({ a: "1" }));
  equal(asInText(summary), "1 object exists and is equal in revisions 1 and 2");
  equal(soleRevision(summary), undefined);
});

Deno.test("asInTest() compares more than two revisions", () => {
  const revisions = [revision(1, { a: "1", b: "1" }), revision(2, { a: "2", b: "1" }), revision(3, { a: "3", b: "3" })];
  const summary = asInTest(revisions, cluster({ a: "2", b: "1" }));
  deepEqual(summary.asIn, [
    { revision: 3, keys: [] },
    { revision: 2, keys: ["a", "b"] },
    { revision: 1, keys: ["b"] },
  ]);
  equal(soleRevision(summary), 2);
});
