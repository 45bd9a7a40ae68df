import { deepEqual, equal, throws } from "node:assert/strict";
import { differences, outcome, readCases } from "./_cases.ts";
import { decodeJson } from "./json_decode.ts";
import { encodeJson } from "./json_encode.ts";
import { ANY, BOOL, type CustomSchema, INT, STRING, STRING_LIST, STRING_MAP, type YamlSchema } from "./schema.ts";
import { decodeStruct, decodeValue } from "./struct.ts";

const TIME: CustomSchema<string> = { kind: "custom", decode: (value) => typeof value === "string" ? value : "" };
const MAINTAINER = {
  kind: "struct",
  type: "chart.Maintainer",
  pointer: true,
  fields: { name: STRING, email: STRING, url: STRING },
} as const;
const METADATA = {
  kind: "struct",
  type: "chart.Metadata",
  fields: {
    name: STRING,
    home: STRING,
    sources: STRING_LIST,
    version: STRING,
    description: STRING,
    keywords: STRING_LIST,
    maintainers: { kind: "list", type: "[]*chart.Maintainer", item: MAINTAINER },
    engine: STRING,
    icon: STRING,
    apiVersion: STRING,
    condition: STRING,
    tags: STRING,
    appVersion: STRING,
    deprecated: BOOL,
    tillerVersion: STRING,
    annotations: STRING_MAP,
    kubeVersion: STRING,
  },
} as const;
const DEPENDENCY = {
  kind: "struct",
  type: "chartutil.Dependency",
  pointer: true,
  fields: {
    name: STRING,
    version: STRING,
    repository: STRING,
    condition: STRING,
    tags: STRING_LIST,
    enabled: BOOL,
    "import-values": { kind: "list", type: "[]interface {}", item: ANY },
    alias: STRING,
  },
} as const;
const CHART_VERSION = {
  kind: "struct",
  type: "repo.ChartVersion",
  pointer: true,
  embedded: [METADATA],
  fields: { ...METADATA.fields, urls: STRING_LIST, created: TIME, removed: BOOL, digest: STRING },
} as const;
const HEAD_METADATA =
  'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }';

const TYPES: Readonly<Record<string, YamlSchema>> = {
  "chart.Metadata": METADATA,
  "chartutil.Requirements": {
    kind: "struct",
    type: "chartutil.Requirements",
    fields: { dependencies: { kind: "list", type: "[]*chartutil.Dependency", item: DEPENDENCY } },
  },
  "repo.IndexFile": {
    kind: "struct",
    type: "repo.IndexFile",
    fields: {
      apiVersion: STRING,
      generated: TIME,
      entries: {
        kind: "map",
        type: "map[string]repo.ChartVersions",
        value: { kind: "list", type: "repo.ChartVersions", item: CHART_VERSION },
      },
      publicKeys: STRING_LIST,
    },
  },
  "releaseutil.SimpleHead": {
    kind: "struct",
    type: "releaseutil.SimpleHead",
    fields: {
      apiVersion: STRING,
      kind: STRING,
      metadata: {
        kind: "struct",
        type: HEAD_METADATA,
        pointer: true,
        fields: { name: STRING, annotations: STRING_MAP },
      },
    },
  },
};

interface StructCase {
  readonly id: string;
  readonly into: string;
  readonly yaml: string;
  readonly json?: string;
  readonly error?: string;
}

/** Leaves out of a struct what Go writes for an unset field. */
function setFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(setFields);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, setFields(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => !isUnset(item)));
}

function isUnset(item: unknown): boolean {
  return item === null || item === "" || item === false || item === "0001-01-01T00:00:00Z" || isEmpty(item);
}

function isEmpty(item: unknown): boolean {
  return typeof item === "object" && item !== null && Object.keys(item).length === 0;
}

Deno.test("decodeStruct() gives for every recorded text the struct or the error that the library gave", () => {
  const found = differences(readCases<StructCase>("structs.jsonl"), ({ into, yaml, json, error }) => ({
    got: outcome(() => encodeJson(setFields(decodeStruct(yaml, TYPES[into] as YamlSchema) ?? {}))),
    want: error !== undefined ? `YamlError: ${error}` : encodeJson(setFields(decodeJson(json ?? ""))),
  }));
  deepEqual(found, []);
});

Deno.test("decodeStruct() gives undefined for an empty document", () => {
  equal(decodeStruct("# nothing\n", STRING), undefined);
});

Deno.test("decodeStruct() takes integers that fit", () => {
  const schema = { kind: "struct", type: "x.T", fields: { size: INT } } as const;
  equal(decodeStruct("size: 0x10", schema)?.size, 16);
  throws(() => decodeStruct("size: 1.5", schema), {
    kind: "yaml",
    message: "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal number 1.5 into " +
      "Go struct field T.size of type int",
  });
});

Deno.test("decodeValue() does not turn numbers into text", () => {
  throws(() => decodeValue({ name: 5 }, METADATA), {
    message: "json: cannot unmarshal number into Go struct field Metadata.name of type string",
  });
});
