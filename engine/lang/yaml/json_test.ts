import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { goInt, NO_ERROR, Slice, Struct } from "../golang/mod.ts";
import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { decodeJson } from "./json_decode.ts";
import { encodeJson, GO_JSON } from "./json_encode.ts";
import { jsonSyntaxError } from "./json_syntax.ts";

Deno.test("encodeJson() sorts keys by bytes and escapes what HTML could trip over", () => {
  equal(
    encodeJson({ b: 1, a: "<&>", "\u{10000}": 1, "\uffff": 2, 10: 3, 9: 4 }),
    '{"10":3,"9":4,"a":"\\u003c\\u0026\\u003e","b":1,"\uffff":2,"\u{10000}":1}',
  );
});

Deno.test("encodeJson() escapes as Go does", () => {
  equal(
    encodeJson('\b\f\n\r\t\x00\x1f\x7f"\\/\u2028\u2029é😀'),
    '"\\u0008\\u000c\\n\\r\\t\\u0000\\u001f\x7f\\"\\\\/\\u2028\\u2029é😀"',
  );
  equal(encodeJson("\udcff\udc80"), '"\\ufffd\\ufffd"');
});

Deno.test("encodeJson() writes numbers as Go does", () => {
  equal(
    encodeJson([1e21, 1e20, 1e-6, 1e-7, -0, 1.5, goInt(7), 123456789012]),
    "[1e+21,100000000000000000000,0.000001,1e-7,-0,1.5,7,123456789012]",
  );
});

Deno.test("encodeJson() takes every kind of the engine", () => {
  equal(
    encodeJson({ a: new Slice("uint8", [goInt(1, "uint8")]), b: undefined, c: { [GO_JSON]: () => "form" } }),
    '{"a":"AQ==","b":null,"c":"form"}',
  );
});

Deno.test("encodeJson() refuses what JSON does not have", () => {
  throws(() => encodeJson({ a: [-Infinity] }), { kind: "yaml", message: "json: unsupported value: -Inf" });
});

Deno.test("decodeJson() gives maps without a prototype and numbers as float64", () => {
  const value = decodeJson('{"__proto__": {"a": [1, 9007199254740993]}}') as Record<string, Record<string, unknown>>;
  equal(Object.getPrototypeOf(value), null);
  deepEqual(value["__proto__"]?.["a"], [1, 9007199254740992]);
});

Deno.test("decodeJson() replaces halves of characters", () => {
  equal(decodeJson('"\\ud83d\\ude00 \\ud83d \udcff"'), "😀 \ufffd \ufffd");
});

Deno.test("decodeJson() fails in Go's words", () => {
  const words: Record<string, string> = {
    "": "unexpected end of JSON input",
    "{": "unexpected end of JSON input",
    "x": "invalid character 'x' looking for beginning of value",
    "é": "invalid character 'Ã' looking for beginning of value",
    "[1 2]": "invalid character '2' after array element",
    '{"a" 1}': "invalid character '1' after object key",
    '{"a":1 "b"}': "invalid character '\"' after object key:value pair",
    "{'a'}": "invalid character '\\'' looking for beginning of object key string",
    "[1,]": "invalid character ']' looking for beginning of value",
    '{"a":1,}': "invalid character '}' looking for beginning of object key string",
    "1 2": "invalid character '2' after top-level value",
    "01": "invalid character '1' after top-level value",
    "tru": "invalid character ' ' in literal true (expecting 'e')",
    "nulx": "invalid character 'x' in literal null (expecting 'l')",
    "-": "invalid character ' ' in numeric literal",
    "1.": "invalid character ' ' after decimal point in numeric literal",
    "1e": "invalid character ' ' in exponent of numeric literal",
    '"\n"': "invalid character '\\n' in string literal",
    '"\\x"': "invalid character 'x' in string escape code",
    '"\\u12g4"': "invalid character 'g' in \\u hexadecimal character escape",
    "[1e400]": "json: cannot unmarshal number 1e400 into Go value of type float64",
  };
  for (const [text, message] of Object.entries(words)) throws(() => decodeJson(text), { kind: "yaml", message }, text);
});

Deno.test("decodeJson() knows a reason for every text that the engine refuses, and for no other", () => {
  const text = fc.array(fc.constantFrom(...'{}[],:"-+.eE01\\ut \n', "true", "null", '"a"', "1"), { maxLength: 12 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (json) => {
      let valid = true;
      try {
        JSON.parse(json);
      } catch {
        valid = false;
      }
      equal(jsonSyntaxError(new TextEncoder().encode(json)) === undefined, valid);
    }),
    { numRuns: fuzzRuns(2000) },
  );
});

Deno.test("encodeJson() writes what decodeJson() reads back as the same", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      equal(encodeJson(decodeJson(encodeJson(value))), encodeJson(value));
    }),
    { numRuns: fuzzRuns(500) },
  );
});

Deno.test("encodeJson() writes structs by their tags, in order of declaration", () => {
  class Person extends Struct {
    readonly goType = "x.Person";

    override fields(): ReturnType<Struct["fields"]> {
      return [
        { name: "Name", value: "Ann", json: "name" },
        { name: "Age", value: goInt(3) },
        { name: "Tags", value: new Slice("string", []), json: "tags", omitEmpty: true },
        { name: "hidden", value: 1 },
        { name: "XXX_sizecache", value: 1, json: "-" },
      ];
    }
  }
  equal(encodeJson([new Person(), { p: new Person() }]), '[{"name":"Ann","Age":3},{"p":{"name":"Ann","Age":3}}]');
  equal(encodeJson(NO_ERROR), "null");
});
