import { equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { firstProblem } from "./first_problem.ts";
import type { ServedSchema } from "./read.ts";

const recorded = readFileSync(new URL("../../../../testdata/removed_apis/schemas.jsonl", import.meta.url), "utf8");
const cases = recorded.split("\n").filter((line) => line !== "")
  .map((line): { schema: ServedSchema; problems: string[] } => JSON.parse(line));

Deno.test("firstProblem() accepts what a real server accepts, and names one of its problems otherwise", () => {
  for (const { schema, problems } of cases) {
    const mine = firstProblem(schema, "openAPIV3Schema");
    const text = `${JSON.stringify(schema)}\n${mine}\n${problems.join("\n")}`;
    if (problems.length === 0) equal(mine, undefined, text);
    else ok(mine !== undefined && problems.includes(mine), text);
  }
});

Deno.test("firstProblem() names problems of every kind that schemas of old charts have", () => {
  const says = (schema: ServedSchema): string | undefined => firstProblem(schema, "schema");
  equal(says({ properties: {} }), "schema.type: Required value: must not be empty at the root");
  equal(says({ type: "string" }), 'schema.type: Invalid value: "string": must be object at the root');
  equal(
    says({ type: "object", properties: { spec: { properties: { a: { type: "string" } } } } }),
    "schema.properties[spec].type: Required value: must not be empty for specified object fields",
  );
  equal(
    says({ type: "object", properties: { a: { type: "array" } } }),
    "schema.properties[a].items: Required value: must be specified",
  );
  equal(
    says({ type: "object", properties: { a: { type: "array", items: {} } } }),
    "schema.properties[a].items.type: Required value: must not be empty for specified array items",
  );
  equal(
    says({ type: "object", additionalProperties: true }),
    "schema.additionalProperties: Forbidden: must not be used at the root",
  );
  equal(
    says({ type: "object", oneOf: [{ properties: { a: {} } }] }),
    "schema.properties[a]: Required value: because it is defined in schema.oneOf[0].properties[a]",
  );
  equal(
    says({ type: "object", properties: { a: { type: "object" } }, anyOf: [{ properties: { a: { type: "object" } } }] }),
    "schema.anyOf[0].properties[a].type: Forbidden: must be empty to be structural",
  );
  equal(
    says({ type: "object", properties: { metadata: { type: "object", properties: { labels: { type: "object" } } } } }),
    "schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, " +
      "but metadata is implicitly specified",
  );
  equal(
    says({ type: "object", properties: { a: { type: "object", $ref: "#/b" } } }),
    "schema.properties[a].$ref: Forbidden: $ref is not supported",
  );
});

Deno.test("firstProblem() lets integers or strings, embedded objects and unknown fields pass", () => {
  const properties = {
    port: { anyOf: [{ type: "integer" }, { type: "string" }], "x-kubernetes-int-or-string": true },
    pod: { type: "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true },
    any: { "x-kubernetes-preserve-unknown-fields": true },
    metadata: { type: "object", properties: { name: { type: "string", maxLength: 9 } } },
    labels: { type: "object", additionalProperties: { type: "string" } },
  };
  equal(firstProblem({ type: "object", properties }, "schema"), undefined);
});

Deno.test("firstProblem() does not stumble over schemas that are none", () => {
  for (const properties of [[], "a", { a: null, b: [], c: 1 }]) {
    firstProblem({ type: "object", properties, allOf: {}, not: [], items: 3 } as ServedSchema, "schema");
  }
});
