import { deepEqual, equal, throws } from "node:assert/strict";
import { goInt, type GoMap, newMap, Slice } from "../../golang/mod.ts";
import { call } from "./_call.ts";
import { dictFuncs } from "./dicts.ts";
import { semverFuncs } from "./semver.ts";

const run = (name: string, ...args: unknown[]): unknown => call(dictFuncs, name, ...args);
const map = (entries: Record<string, unknown>): GoMap => Object.assign(newMap(), entries);

Deno.test("merge fills what is empty, mergeOverwrite replaces everything but by nil", () => {
  deepEqual(run("merge", map({ a: 0, b: 1 }), map({ a: 2, b: 2, c: null })), map({ a: 2, b: 1 }));
  deepEqual(run("mergeOverwrite", map({ a: 1, b: 1 }), map({ a: 0, b: null })), map({ a: 0, b: 1 }));
});

Deno.test("merge keeps a scalar or nil where the source has a map, even with overwrite", () => {
  deepEqual(
    run("mergeOverwrite", map({ a: 1, b: null }), map({ a: map({ x: 1 }), b: map({ x: 1 }) })),
    map({ a: 1, b: null }),
  );
  deepEqual(run("merge", map({ a: map({ x: 1 }) }), map({ a: "s" })), map({ a: map({ x: 1 }) }));
  deepEqual(run("mergeOverwrite", map({ a: map({ x: 1 }) }), map({ a: "s" })), map({ a: "s" }));
});

Deno.test("merge shares the source's maps", () => {
  const inner = map({ x: 1 });
  const merged = run("merge", map({}), map({ a: inner })) as GoMap;
  equal(merged["a"], inner);
});

Deno.test("merge gives up with empty text, or panics, when types do not fit", () => {
  const version = call(semverFuncs, "semver", "1.2.3");
  equal(run("merge", map({ a: version }), map({ a: map({ x: 1 }) })), "");
  throws(() => run("merge", map({ a: map({ x: 1 }) }), map({ a: version })), {
    message: "reflect: call of reflect.Value.MapKeys on ptr Value",
  });
  throws(() => run("merge", map({ a: newMap("map[string]string") }), map({ a: map({ x: "y" }) })), {
    message: "reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string",
  });
});

Deno.test("keys that JavaScript treats specially are keys like any other", () => {
  const odd = run("dict", "__proto__", 1, "constructor", 2, "2", 3, "1", 4) as GoMap;
  deepEqual(Object.keys(odd).sort(), ["1", "2", "__proto__", "constructor"]);
  equal(run("hasKey", map({}), "constructor"), false);
  deepEqual(Object.keys(run("omit", odd, "__proto__") as GoMap).sort(), ["1", "2", "constructor"]);
});

Deno.test("dict turns keys into text and gives a lone last key empty text", () => {
  deepEqual(run("dict", null, 1, goInt(2), 2, "x"), map({ "<nil>": 1, "2": 2, x: "" }));
});

Deno.test("deepCopy copies lists and maps, and loses what structs do not export", () => {
  const inner = new Slice("string", ["a"]);
  const copy = run("deepCopy", map({ l: [inner] })) as { l: Slice[] };
  deepEqual(copy.l[0], inner);
  equal(copy.l[0] === inner, false);
  const version = run("deepCopy", call(semverFuncs, "semver", "1.2.3")) as { text(): string };
  equal(version.text(), "0.0.0");
  throws(() => run("deepCopy", null), { message: "reflect: call of reflect.Value.Type on zero Value" });
});
