import { deepEqual, equal, throws } from "node:assert/strict";
import { readHead } from "./head.ts";

Deno.test("readHead() turns scalars into text", () => {
  const { kind, name, annotations } = readHead(
    "kind: Y\nmetadata:\n  name: 7\n  annotations: {a: 5, b: 1.5, c: true, d: null, e: 1e3, f: 10000000, g: 0x10}",
  );
  equal(kind, "true");
  equal(name, "7");
  deepEqual({ ...annotations }, { a: "5", b: "1.5", c: "true", d: "", e: "1000", f: "10000000", g: "16" });
});

Deno.test("readHead() finds keys whatever their case; the last in byte order counts", () => {
  equal(readHead("KIND: A\nkind: B\nKind: C").kind, "B");
  deepEqual({ ...readHead("metadata: {Annotations: {a: b}, name: ~}").annotations }, { a: "b" });
});

Deno.test("readHead() of nothing is empty", () => {
  for (const text of ["~", "# only", "kind: null", "metadata: ~"]) equal(readHead(text).kind, "");
});

Deno.test("readHead() refuses what does not fit, in Go's words", () => {
  const cases: [string, string][] = [
    ["just words", "string into Go value of type releaseutil.SimpleHead"],
    ["[a]", "array into Go value of type releaseutil.SimpleHead"],
    ["5", "number into Go value of type releaseutil.SimpleHead"],
    ["true", "bool into Go value of type releaseutil.SimpleHead"],
    ["kind: [a]", "array into Go struct field SimpleHead.kind of type string"],
    ["kind: {a: b}", "object into Go struct field SimpleHead.kind of type string"],
    ["apiVersion: [a]\nkind: [b]", "array into Go struct field SimpleHead.apiVersion of type string"],
    [
      "metadata: foo",
      'string into Go struct field SimpleHead.metadata of type struct { Name string "json:\\"name\\""; Annotations ' +
      'map[string]string "json:\\"annotations\\"" }',
    ],
    ["metadata: {name: [a]}", "array into Go struct field .metadata.name of type string"],
    ["metadata: {annotations: foo}", "string into Go struct field .metadata.annotations of type map[string]string"],
    ["metadata: {annotations: {a: [b]}}", "array into Go struct field .metadata.annotations of type string"],
  ];
  for (const [text, wanted] of cases) {
    throws(() => readHead(text), {
      kind: "yaml",
      message: `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${wanted}`,
    }, text);
  }
});
