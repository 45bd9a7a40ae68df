import { deepEqual, equal, throws } from "node:assert/strict";
import { goInt, Int, newMap, nilMap, Slice } from "../golang/mod.ts";
import { differences, outcome, readCases } from "./_cases.ts";
import { encodeYaml, toYaml } from "./encode_yaml.ts";
import { GO_JSON } from "./json_encode.ts";

interface EncodeCase {
  readonly id: string;
  readonly json: string;
  readonly yaml: string;
}

Deno.test("toYaml() prints every recorded value to the byte", () => {
  const found = differences(readCases<EncodeCase>("encode.jsonl"), ({ json, yaml }) => ({
    got: outcome(() => toYaml(JSON.parse(json))),
    want: yaml,
  }));
  deepEqual(found, []);
});

Deno.test("encodeYaml() prints Go's integers in full", () => {
  equal(encodeYaml(goInt(5)), "5\n");
  equal(
    encodeYaml([new Int("int64", 9223372036854775807n), new Int("uint64", 18446744073709551615n)]),
    "- 9223372036854775807\n- 18446744073709551615\n",
  );
  equal(encodeYaml({ b: 9007199254740993n }), "b: 9007199254740993\n");
});

Deno.test("encodeYaml() prints slices of any type, bytes as base64, nil collections as null", () => {
  equal(encodeYaml(new Slice("string", ["a", "1"])), '- a\n- "1"\n');
  equal(encodeYaml(new Slice("uint8", [goInt(104, "uint8"), goInt(105, "uint8")])), "aGk=\n");
  equal(encodeYaml({ a: new Slice("string", [], true), b: nilMap(), c: undefined }), "a: null\nb: null\nc: null\n");
  equal(encodeYaml({ a: new Slice("int", []), b: newMap("chartutil.Values") }), "a: []\nb: {}\n");
});

Deno.test("encodeYaml() asks an object for its JSON form", () => {
  const chart = { hidden: 1, [GO_JSON]: () => ({ name: "web", tags: new Slice("string", ["x"]) }) };
  equal(encodeYaml({ chart }), "chart:\n  name: web\n  tags:\n  - x\n");
});

Deno.test("encodeYaml() replaces every byte that is not UTF-8", () => {
  equal(encodeYaml({ "k\udcff": "a\udce2\udc82b" }), "k\ufffd: a\ufffd\ufffdb\n");
});

Deno.test("encodeYaml() says what cannot be written, toYaml() returns empty text", () => {
  throws(() => encodeYaml([NaN]), {
    kind: "yaml",
    message: "error marshaling into JSON: json: unsupported value: NaN",
  });
  throws(() => encodeYaml({ a: () => 1 }), {
    message: "error marshaling into JSON: json: unsupported type: func()",
  });
  throws(() => encodeYaml("\x7f"), {
    message: "error converting JSON to YAML: yaml: control characters are not allowed",
  });
  throws(() => encodeYaml({ ["k".repeat(1023)]: 1 }), {
    message: "error converting JSON to YAML: yaml: did not find expected ',' or '}'",
  });
  equal(encodeYaml({ ["k".repeat(1022)]: 1 }), `? ${"k".repeat(1022)}\n: 1\n`);
  equal(toYaml({ a: [Infinity] }), "");
});

Deno.test("encodeYaml() takes 10000 levels and no more", () => {
  let value: unknown = [];
  for (let i = 1; i < 10000; i++) value = [value];
  equal(encodeYaml(value).length, 2 * 9999 + 3);
  equal(toYaml([value]), "");
});

Deno.test("encodeYaml() folds and keeps lines", () => {
  const words = "word ".repeat(40).trim();
  const lines = encodeYaml({ a: words, b: `${words}'`, c: `${words}\t`, d: `${words}\n${words}` }).split("\n");
  equal(lines.filter((line) => line.length > 85).length, 2, "only the literal lines are long");
  equal(lines.at(-4), "d: |-");
});

Deno.test("encodeYaml() refuses what holds itself, before the text takes all memory", () => {
  const map = newMap();
  const inner = newMap();
  map["a"] = goInt(1);
  map["inner"] = new Slice("interface {}", [inner]);
  inner["b"] = "text";
  inner["outer"] = map;
  for (const value of [map, inner, [map], { x: { y: { z: [[map]] } } }]) {
    throws(() => encodeYaml(value), {
      name: "RangeError",
      message: "a map or list that holds itself cannot be written",
    });
  }
});

Deno.test("encodeYaml() writes what stands at several places at each of them", () => {
  const shared = { list: [1], map: { k: "v" }, none: [] };
  const [none, deep] = [[], [[[[[[[[shared]]]]]]]]];
  equal(
    encodeYaml({ a: shared, b: shared, c: [shared.list, shared.list, none, none], d: deep, e: deep }).split("k: v")
      .length,
    5,
  );
});
