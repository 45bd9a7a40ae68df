import { deepEqual, equal, throws } from "node:assert/strict";
import { goInt, newMap, Slice } from "../../golang/mod.ts";
import { call } from "./_call.ts";
import { FuncError } from "./func.ts";
import { stringFuncs } from "./strings.ts";

const run = (name: string, ...args: unknown[]): unknown => call(stringFuncs, name, ...args);

Deno.test("trunc, substr and abbrev count bytes and may cut a character", () => {
  equal(run("trunc", goInt(2), "aé"), "a\udcc3");
  equal(run("substr", goInt(0), goInt(1), "é"), "\udcc3");
  equal(run("abbrev", goInt(5), "éééé"), "é...");
});

Deno.test("trunc and substr panic in the words of Go's runtime", () => {
  const panic = (message: string): { message: string } => ({
    message: `runtime error: slice bounds out of range ${message}`,
  });
  throws(() => run("trunc", goInt(-1), "abc"), panic("[:-1]"));
  throws(() => run("substr", goInt(-1), goInt(9), "abc"), panic("[:9] with length 3"));
  throws(() => run("substr", goInt(5), goInt(-1), "abc"), panic("[5:3]"));
  throws(() => run("substr", goInt(2), goInt(1), "abc"), panic("[2:1]"));
});

Deno.test("pieces of a character that are joined again are that character", () => {
  const halves = [run("trunc", goInt(1), "é"), "\udca9"];
  equal(run("join", "", halves), "é");
  equal(run("replace", "x", "\udca9", "\udcc3x"), "é");
});

Deno.test("searching finds bytes inside characters only when the part is no whole character", () => {
  equal(run("contains", "\udca9", "é"), true);
  equal(run("hasPrefix", "\udcc3", "é"), true);
  equal(run("trimSuffix", "\udca9", "é"), "\udcc3");
  equal(run("contains", "é", "e\u0301"), false);
});

Deno.test("split and splitn give maps of strings, splitList a list of strings", () => {
  deepEqual(run("split", ",", "a,b"), Object.assign(newMap("map[string]string"), { _0: "a", _1: "b" }));
  deepEqual(run("splitn", ",", goInt(2), "a,b,c"), Object.assign(newMap("map[string]string"), { _0: "a", _1: "b,c" }));
  deepEqual(run("splitList", "", "aé"), new Slice("string", ["a", "é"]));
});

Deno.test("sortAlpha sorts a list of strings in place, and makes one of any other list", () => {
  const list = new Slice("string", ["c", "b", "a"]);
  equal(run("sortAlpha", list), list);
  deepEqual(list.items, ["a", "b", "c"]);
  const mixed = [goInt(10), null, "x", 9];
  deepEqual(run("sortAlpha", mixed), new Slice("string", ["10", "9", "x"]));
});

Deno.test("camelcase loses a single letter, and snakecase writes the last letter of a run of capitals twice", () => {
  equal(run("camelcase", "a"), "");
  equal(run("camelcase", "http_server"), "HttpServer");
  equal(run("snakecase", "HTTPs"), "htt_pss");
  equal(run("snakecase", "HTTPServer2Go"), "http_server_2go");
});

Deno.test("repeat and indent refuse what would not fit into memory", () => {
  throws(() => run("repeat", goInt(-1), "a"), { message: "strings: negative Repeat count" });
  throws(() => run("repeat", goInt(1n << 40n), "abc"), FuncError);
  throws(() => run("indent", goInt(1n << 40n), "a"), FuncError);
  equal(run("repeat", goInt(1n << 40n), ""), "");
});

Deno.test("nospace and initials read bytes beyond ASCII as Latin-1 once they change anything", () => {
  equal(run("nospace", "é"), "é");
  equal(run("nospace", "é b"), "\u00c3\u00a9b");
  equal(run("initials", "éa b"), "\u00c3b");
});
