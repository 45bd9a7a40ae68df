import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { fuzzRuns } from "../../tests/_lib/fuzz.ts";

import { parseJson } from "./parse_json.ts";

Deno.test("parseJson() reads keys with escapes after keys that end in a backslash", () => {
  for (
    const [before, text] of [
      [String.raw`{"a":1,"\\":1}`, String.raw`{"a":1,"\"":1}`],
      [String.raw`{"b":1,"x\\":1}`, String.raw`{"b":1,"x\"":1}`],
      [String.raw`{"c":1,"ab\\":1}`, String.raw`{"c":1,"ab\n":1}`],
      [String.raw`{"d":1,"\\":1}`, String.raw`{"d":1,"\u0041":1}`],
      [String.raw`{"e":1,"\\":1}`, String.raw`{"e":1,"\""` + ' \t\r\n:{"":"\\"" , "\\u00e9":[{"\\b":1}]}}'],
    ] as const
  ) {
    parseJson(before);
    const name = Object.keys(parseJson(text) as object)[1];
    equal(name, JSON.parse(/"[^"]*":[^"]*("(?:[^"\\]|\\.)+")/.exec(text)?.[1] ?? ""));
  }
});

Deno.test("parseJson() keeps the order of keys, the last of equal ones, __proto__ and what looks like a stand-in", () => {
  const text = String.raw`{"\ue000\ue0000":0,"z\"":1,"__proto__":2,"A":3,"\u0041":4,"z\u0022":5,"A":6,"\n":"\\"}`;
  deepEqual(Object.entries(parseJson(text) as object), [
    ["\ue000\ue0000", 0],
    ['z"', 5],
    ["__proto__", 2],
    ["A", 6],
    ["\n", "\\"],
  ]);
  throws(() => parseJson('{"\\"":'), SyntaxError);
});

Deno.test("parseJson() reads any keys back, whatever was read before", () => {
  const key = fc.array(fc.constantFrom("\\", '"', "\n", "a", "u", "0", "\ue000", "/", ":", "\u{1f600}"), {
    maxLength: 5,
  })
    .map((parts) => parts.join(""));
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      key,
      fc.integer(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  const indent = fc.constantFrom(undefined, 1, "\t");
  fc.assert(
    fc.property(value, indent, fc.boolean(), (data, space, isAscii) => {
      let text = JSON.stringify(data, undefined, space);
      if (isAscii) text = text.replace(/[\u007f-\uffff/]/g, (unit) => unit === "/" ? "\\/" : escaped(unit));
      equal(JSON.stringify(parseJson(text)), JSON.stringify(data));
    }),
    { numRuns: fuzzRuns(500) },
  );
});

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
