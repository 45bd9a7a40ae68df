import { deepEqual, equal, throws } from "node:assert/strict";
import { Int, newMap, Slice } from "../../lang/golang/mod.ts";
import { copyValues, DEPTH_MAX, parseValues } from "./parse.ts";

Deno.test("parseValues() takes an empty document for an empty map", () => {
  for (const text of ["", "# nothing\n", "null", "---\n"]) equal(Object.keys(parseValues(text)).length, 0);
});

Deno.test("parseValues() names the type that was wanted", () => {
  throws(() => parseValues("- a"), {
    kind: "yaml",
    message: "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type " +
      "chartutil.Values",
  });
});

Deno.test("parseValues() refuses what is nested too deeply to be merged", () => {
  const nested = (depth: number): string => "{a: ".repeat(depth) + "1" + "}".repeat(depth);
  parseValues(nested(DEPTH_MAX));
  throws(() => parseValues(nested(DEPTH_MAX + 1)), { kind: "yaml" });
  throws(() => parseValues(`a: ${"[".repeat(5000)}${"]".repeat(5000)}`), { kind: "yaml" });
});

Deno.test("copyValues() takes what a script has at hand", () => {
  const given = { a: 1n, b: undefined, c: new Int("int", 2n), d: new Slice("string", ["x"]), e: { f: [null] } };
  const copy = copyValues(given);
  deepEqual(JSON.stringify(copy), '{"a":1,"b":null,"c":2,"d":["x"],"e":{"f":[null]}}');
  equal(Object.getPrototypeOf(copy["e"]), null);
});

Deno.test("copyValues() refuses what is no data, or has no end", () => {
  throws(() => copyValues({ a: () => 1 }), { kind: "values", message: "values cannot hold a function" });
  const endless = newMap();
  endless["a"] = endless;
  throws(() => copyValues(endless), { kind: "values" });
});
