import { deepEqual, equal, throws } from "node:assert/strict";
import { Complex, type Field, formatValue, goInt, MAP_TYPE, newMap, Struct, typeName } from "../../golang/mod.ts";
import { type FuncContext, FuncError } from "./func.ts";
import { helmFuncs } from "./helm.ts";

function call(name: string, args: unknown[], context: Partial<FuncContext> = {}): unknown {
  return helmFuncs[name]?.call(args, context as FuncContext);
}

class Pair extends Struct {
  readonly goType = "main.Pair";

  override fields(): readonly Field[] {
    return [
      { name: "Zed", value: goInt(1), json: "zed" },
      { name: "Alpha", value: "", json: "alpha", omitEmpty: true },
      { name: "Beta", value: "b" },
      { name: "hidden", value: 1 },
      { name: "Skipped", value: 1, json: "-" },
    ];
  }
}

Deno.test("required lets 0, false and empty lists pass", () => {
  for (const value of [0, false]) equal(call("required", ["m", value]), value);
  deepEqual(call("required", ["m", []]), []);
  throws(
    () => call("required", ["100% sure", null]),
    (error) => error instanceof FuncError && error.message === "100%!s(MISSING)ure",
  );
});

Deno.test("required tells the linter instead of failing", () => {
  const missing: string[] = [];
  equal(call("required", ["m", ""], { missing: (message) => void missing.push(message) }), "");
  deepEqual(missing, ["m"]);
});

Deno.test("toJson writes structs in the order of their fields", () => {
  equal(call("toJson", [[new Pair()]]), '[{"zed":1,"Beta":"b"}]');
  equal(call("toYaml", [new Pair()]), "Beta: b\nzed: 1\n");
});

Deno.test("toJson and toYaml swallow errors", () => {
  equal(call("toJson", [NaN]), "");
  equal(call("toYaml", [new Complex(1, 2)]), "");
});

Deno.test("fromJson and fromYaml give a map with the error", () => {
  equal(
    formatValue(call("fromJson", ["[]"])),
    "map[Error:json: cannot unmarshal array into Go value of type map[string]interface {}]",
  );
  equal(
    formatValue(call("fromYaml", ["[]"])),
    "map[Error:error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type " +
      "map[string]interface {}]",
  );
});

Deno.test("fromJson keeps what it could read when a number is too large", () => {
  equal(
    formatValue(call("fromJson", ['{"a":1e400,"b":"1e400"}'])),
    "map[Error:json: cannot unmarshal number 1e400 into Go value of type float64 a:<nil> b:1e400]",
  );
});

Deno.test("fromJson of null is a nil map, fromYaml of nothing an empty one", () => {
  equal(call("toJson", [call("fromJson", ["null"])]), "null");
  equal(call("toJson", [call("fromYaml", [""])]), "{}");
  equal(typeName(call("fromYaml", ["a: 1"])), "map[string]interface {}");
  equal((newMap() as { [MAP_TYPE]?: string })[MAP_TYPE], undefined);
});
