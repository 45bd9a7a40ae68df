import { deepEqual } from "node:assert/strict";
import { differences, outcome, readCases } from "./_cases.ts";
import { toYaml } from "./encode_yaml.ts";
import { encodeJson } from "./json_encode.ts";
import { ANY } from "./schema.ts";
import { decodeStruct } from "./struct.ts";

interface RecordedCase {
  readonly id: string;
  readonly yaml: string;
  readonly json?: string;
  readonly text?: string;
  readonly error?: string;
}

/** Schemas that the recorded values are decoded into. */
const VALUES = { kind: "map", type: "chartutil.Values", value: ANY } as const;

Deno.test("values are read, printed as JSON and as YAML, and refused as the real program did", () => {
  const found = differences(readCases<RecordedCase>("recorded-values.jsonl"), ({ yaml, json, text, error }) => ({
    got: outcome(() => {
      const values = decodeStruct(yaml, VALUES) ?? {};
      return `${encodeJson(values)}\n${toYaml(values["x"])}`;
    }),
    want: error !== undefined ? `YamlError: ${error}` : `${json}\n${text}`,
  }));
  deepEqual(found, []);
});
