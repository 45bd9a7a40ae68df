import { equal, throws } from "node:assert/strict";
import { formatValue, goInt, newMap, Slice, typeName } from "../../golang/mod.ts";
import { builtinFuncs } from "./builtins.ts";
import { type FuncContext, FuncError } from "./func.ts";
import { functions } from "./mod.ts";

const context = {} as FuncContext;

function call(name: string, ...args: unknown[]): unknown {
  return builtinFuncs[name]?.call(args, context);
}

function fails(message: string, name: string, ...args: unknown[]): void {
  throws(() => call(name, ...args), (error) => error instanceof FuncError && error.message === message);
}

Deno.test("eq compares integers of all types, and nothing of different kinds", () => {
  equal(call("eq", goInt(1), goInt(2), goInt(1, "int64")), true);
  equal(call("eq", goInt(98, "uint8"), goInt(98)), true);
  fails("incompatible types for comparison", "eq", goInt(1), 1);
  fails("uncomparable type []interface {}: [1]", "eq", [1], 1);
  equal(call("eq", null, undefined), true);
});

Deno.test("lt orders strings by bytes and refuses what has no order", () => {
  equal(call("lt", "Z", "a"), true);
  equal(call("lt", "\uffee", "\u{10000}"), true);
  fails("invalid type for comparison", "lt", true, false);
  fails("invalid type for comparison", "lt", null, 1);
});

Deno.test("and and or give back one of their operands", () => {
  equal(call("and", 1, "", 2), "");
  equal(call("or", 0, "x"), "x");
  equal(call("not", ""), true);
});

Deno.test("index reaches into lists, maps and strings", () => {
  const map = Object.assign(newMap(), { a: ["x"] });
  equal(call("index", map, "a", goInt(0)), "x");
  equal(call("index", map, "b"), null);
  equal(formatValue(call("index", "abc", goInt(1))), "98");
  equal(typeName(call("index", Object.assign(newMap("map[string]string"), {}), "k")), "string");
  fails("index of untyped nil", "index", null);
  fails("index of nil pointer", "index", map, "b", "c");
  fails("index out of range: 9", "index", ["a"], goInt(9));
  fails("reflect: slice index out of range", "index", ["a"], goInt(1));
  fails("cannot index slice/array with type float64", "index", ["a"], 0);
  fails("value has type int; should be string", "index", map, goInt(1));
});

Deno.test("len counts bytes", () => {
  equal(formatValue(call("len", "é")), "2");
  equal(formatValue(call("len", new Slice("string", ["a"]))), "1");
  fails("len of type int", "len", goInt(1));
});

Deno.test("html escapes what is missing as text", () => {
  equal(call("html", null), "&lt;no value&gt;");
  equal(call("html", goInt(1), goInt(2), "<"), "1 2&lt;");
});

Deno.test("functions leave out what Helm takes away", () => {
  for (const name of ["env", "expandenv", "mustToJson"]) equal(Object.hasOwn(functions, name), false);
  for (const name of ["include", "tpl", "required", "toYaml", "upper", "eq"]) {
    equal(Object.hasOwn(functions, name), true);
  }
});
