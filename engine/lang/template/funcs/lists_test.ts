import { deepEqual, equal, throws } from "node:assert/strict";
import { goInt, Slice } from "../../golang/mod.ts";
import { call } from "./_call.ts";
import { listFuncs } from "./lists.ts";
import { numberFuncs } from "./numbers.ts";
import { stringFuncs } from "./strings.ts";

const run = (name: string, ...args: unknown[]): unknown => call(listFuncs, name, ...args);
const bounds = { message: "reflect.Value.Slice: slice index out of bounds" };

Deno.test("slice reaches into the room behind a list that was read from YAML", () => {
  deepEqual(run("slice", ["a", "b", "c"], goInt(0), goInt(4)), ["a", "b", "c", null]);
  throws(() => run("slice", ["a", "b", "c"], goInt(0), goInt(5)), bounds);
  throws(() => run("slice", run("list", 1, 2, 3), goInt(0), goInt(4)), bounds);
});

Deno.test("slice shows elements behind the end of a part", () => {
  const part = run("slice", ["a", "b", "c"], goInt(1), goInt(2));
  deepEqual(part, ["b"]);
  deepEqual(run("slice", part, goInt(0), goInt(3)), ["b", "c", null]);
  const numbers = call(numberFuncs, "until", goInt(3));
  deepEqual(run("slice", numbers, goInt(2), goInt(4)), new Slice("int", [goInt(2), goInt(0)]));
});

Deno.test("sorting a part in place changes the list that it was cut from", () => {
  const whole = call(stringFuncs, "splitList", ",", "c,b,a") as Slice;
  call(stringFuncs, "sortAlpha", run("slice", whole, goInt(0), goInt(2)));
  deepEqual(whole.items, ["b", "c", "a"]);
});

Deno.test("uniq, has and without tell numbers of different types apart", () => {
  deepEqual(run("uniq", [1, goInt(1), 1, "1", "1", [1], [1]]), [1, goInt(1), "1", [1]]);
  equal(run("has", goInt(3), [3]), false);
  deepEqual(run("without", [1, goInt(1)], goInt(1)), [1]);
});

Deno.test("rest, initial and concat of nothing are nil lists; first and last are nil", () => {
  const nil = new Slice("interface {}", [], true);
  deepEqual(run("rest", []), nil);
  deepEqual(run("initial", []), nil);
  deepEqual(run("concat"), nil);
  equal(run("first", []), null);
  equal(run("last", []), null);
});

Deno.test("other kinds are refused with a set phrase, nil with a panic", () => {
  throws(() => run("first", "abc"), { message: "Cannot find first on type string" });
  throws(() => run("append", goInt(1), 1), { message: "Cannot push on type int" });
  throws(() => run("slice", "abc"), { message: "list should be type of slice or array but string" });
  throws(() => run("rest", null), { message: "runtime error: invalid memory address or nil pointer dereference" });
});
