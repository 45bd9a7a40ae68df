import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { YamlError } from "../../../errors.ts";
import { Int } from "../golang/mod.ts";
import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { differences, outcome, readCases } from "./_cases.ts";
import { decodeYaml, yamlToJson } from "./decode_yaml.ts";
import { encodeYaml } from "./encode_yaml.ts";
import { encodeJson } from "./json_encode.ts";

interface DecodeCase {
  readonly id: string;
  readonly yaml: string;
  readonly json?: string;
  readonly error?: string;
}

function json(yaml: string): string {
  return encodeJson(yamlToJson(yaml));
}

function failure(yaml: string): string {
  return outcome(() => json(yaml)).replace(/^YamlError: /, "");
}

Deno.test("yamlToJson() gives for every recorded text the value or the error that the library gave", () => {
  const found = differences(readCases<DecodeCase>("decode.jsonl"), ({ yaml, json, error }) => ({
    got: outcome(() => encodeJson(yamlToJson(yaml, { exactIntegers: true }))),
    // The library's own JSON text escapes bytes that are not UTF-8; as a value they are the character itself.
    want: error !== undefined ? `YamlError: ${error}` : (json ?? "").replaceAll("\\ufffd", "\ufffd"),
  }));
  deepEqual(found, []);
});

Deno.test("decodeYaml() puts the library's words in front of an error", () => {
  throws(() => decodeYaml("a: b: c"), {
    kind: "yaml",
    message: "error converting YAML to JSON: yaml: mapping values are not allowed in this context",
  });
});

Deno.test("decodeYaml() gives maps without a prototype, so that any key is safe", () => {
  const map = decodeYaml("__proto__: 1\nconstructor: 2\n") as Record<string, unknown>;
  equal(Object.getPrototypeOf(map), null);
  deepEqual(Object.keys(map), ["__proto__", "constructor"]);
});

Deno.test("decodeYaml() gives float64 for large integers unless it is asked for all digits", () => {
  equal(yamlToJson("9007199254740993"), 9007199254740992);
  deepEqual(yamlToJson("9007199254740993", { exactIntegers: true }), new Int("int64", 9007199254740993n));
  equal(json("18446744073709551615"), "18446744073709552000");
});

Deno.test("decodeYaml() makes new objects for every alias", () => {
  const { a, b } = yamlToJson("a: &x {k: 1}\nb: *x\n") as { a: { k: number }; b: { k: number } };
  a.k = 2;
  equal(b.k, 1);
});

Deno.test("decodeYaml() reads the first document only, and does not look at the next", () => {
  equal(json("a: 1\n---\n{{{ nonsense"), '{"a":1}');
  equal(json("a: 1\n...\n@"), '{"a":1}');
});

Deno.test("decodeYaml() names the key that JSON cannot have", () => {
  equal(
    failure("~: {b: 1e6, c: [x]}"),
    "Unsupported map key of type: %!s(<nil>), key: <nil>, value: " +
      'map[interface {}]interface {}{"b":1e+06, "c":[]interface {}{"x"}}',
  );
  equal(failure("? [a, ~]\n: 1"), 'yaml: invalid map key: []interface {}{"a", interface {}(nil)}');
  equal(
    failure("? {a: 1, 2: 1, 18446744073709551615: 1, yes: 1, ~: 1, 1.5: 1, no: 1}\n: x"),
    "yaml: invalid map key: map[interface {}]interface {}{interface {}(nil):1, false:1, true:1, 1.5:1, 2:1, " +
      '"a":1, 0xffffffffffffffff:1}',
  );
  equal(json("a: {~: 1}\na: 2"), '{"a":2}', "a map that is replaced has no say");
});

Deno.test("decodeYaml() finds the first number that JSON cannot have in the order of keys", () => {
  equal(failure("b: .inf\na: [1, -.inf]"), "json: unsupported value: -Inf");
});

Deno.test("decodeYaml() checks a merge against the last anchor of that name", () => {
  equal(failure("a: &x {k: 1}\nb: {<<: *x}\nc: &x 1"), "yaml: map merge requires map or sequence of maps as the value");
  equal(
    failure("a: &x v\nb: {<<: *x}\nc: &x {}"),
    "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `v` into map[interface {}]interface {}",
  );
  equal(json("a: &x ~\nb: {c: 1, <<: *x, d: 2}\nc: &x {}"), '{"a":null,"b":{"d":2},"c":{}}');
});

Deno.test("decodeYaml() refuses documents that grow by aliases", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 9; i++) lines.push(`a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(", ")}]`);
  equal(failure(lines.join("\n")), "yaml: document contains excessive aliasing");
});

Deno.test("decodeYaml() takes 10000 levels and no more", () => {
  let value = yamlToJson("[".repeat(10000) + "]".repeat(10000));
  let depth = 0;
  while (Array.isArray(value)) {
    value = value[0];
    depth++;
  }
  equal(depth, 10000);
  equal(failure("[".repeat(10001)), "yaml: exceeded max depth of 10000");
  equal(failure("- ".repeat(10001)), "yaml: exceeded max depth of 10000");
});

Deno.test("decodeYaml() finds bad bytes only where the library has read so far", () => {
  equal(failure("a: \udcff"), "yaml: invalid leading UTF-8 octet");
  equal(failure("a: b: c\n" + "#\n".repeat(400) + "\x01"), "yaml: mapping values are not allowed in this context");
  equal(failure("a: b: c\n\x01"), "yaml: control characters are not allowed");
  equal(json("a: 1\n---\n" + "#\n".repeat(400) + "\x01"), '{"a":1}');
});

Deno.test("decodeYaml() skips a byte order mark at the start, and reads UTF-16", () => {
  equal(json("\ufeffa: 1"), '{"a":1}');
  equal(json("\udcff\udcfea\0:\0 \x001\0"), '{"a":1}');
});

Deno.test("decodeYaml() is linear in the size of what is hard to read", () => {
  const size = 20000;
  const hard = [
    "[".repeat(9000) + "a, ".repeat(size),
    "? ".repeat(9000) + "a",
    "a: '" + "''".repeat(size),
    'a: "' + "\\n".repeat(size) + '"',
    "- ".repeat(9000) + "a",
    "a: >\n" + "\n".repeat(size) + "  b\n",
    "a" + "\n".repeat(size) + "  b\n",
    "{" + "a: {".repeat(9000),
    "&a ".repeat(size),
    "[" + "a: b, ".repeat(size) + "]",
    "a: " + "9".repeat(size),
    "a: 1" + ":1".repeat(size),
    "\ufeff\ufeff" + "a: 1\n".repeat(size),
  ];
  const start = performance.now();
  for (const text of hard) outcome(() => encodeJson(yamlToJson(text)));
  equal(performance.now() - start < 20_000, true);
});

const FRAGMENTS = [
  ..."ab:-?,[]{}#&*!|>'\"%@`\\ \t\r\n\x85\u2028\ufeff\x7f\x01\udc80~<=.0189",
  ": ",
  "- ",
  "? ",
  "\n  ",
  "\n    ",
  "---\n",
  "...\n",
  "<<: *a",
  "&a ",
  "*a",
  "!!int ",
  "!!binary ",
  "!x ",
  "%TAG ! a\n",
  "|2-\n",
  ">+\n",
  "\\u00e9",
  "😀",
  "0x",
  "1e3",
  "2001-01-01",
];

Deno.test("decodeYaml() returns or throws a YamlError for any text", () => {
  const text = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (yaml) => {
      try {
        decodeYaml(yaml);
      } catch (error) {
        if (!(error instanceof YamlError)) throw error;
      }
    }),
    { numRuns: fuzzRuns(2000) },
  );
});

Deno.test("encodeYaml() writes what decodeYaml() reads back as the same", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 12 }).map((parts) => parts.join("")),
    fc.array(fc.constantFrom("word", " ", "  ", "\n", "'", "x".repeat(30)), { maxLength: 30 }).map((parts) =>
      parts.join("")
    ),
  ).filter((one) => one.isWellFormed() && !/[\x7f-\x9f\ufffe\uffff]/.test(one));
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      text,
      fc.constantFrom(null, true, false),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one === 0 ? 0 : one),
      fc.array(tie("value"), { maxLength: 4 }),
      // The library writes the key << without quotes, and reads it back as a merge.
      fc.dictionary(text.filter((key) => key !== "<<"), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(value, (before) => {
      equal(encodeJson(yamlToJson(encodeYaml(before))), encodeJson(before));
    }),
    { numRuns: fuzzRuns(500) },
  );
});
