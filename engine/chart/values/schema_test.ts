import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Chart } from "../../model/mod.ts";
import { chartFromFiles } from "../load/mod.ts";
import { checkSchemas, hasSchema, SCHEMA_FILE, schemaFailures } from "./mod.ts";

function chartOf(schema: unknown, more: Record<string, string> = {}): Chart {
  const files = { "values.yaml": "image:\n  # the version\n  tag: 5\n  names: [a, 3]\n", ...more };
  return chartFromFiles({
    "Chart.yaml": "name: web\nversion: 1.0.0\n",
    ...files,
    [SCHEMA_FILE]: JSON.stringify(schema),
  });
}

const TEXTS = {
  type: "object",
  required: ["host"],
  properties: {
    image: {
      properties: { tag: { type: "string" }, names: { items: { type: "string" } } },
    },
  },
};

Deno.test("schemaFailures() names each value that does not fit, with its line in values.yaml", async () => {
  const found = await schemaFailures(chartOf(TEXTS), "");
  deepEqual(found.map(({ path, line }) => [path, line]), [["(root)", undefined], ["image.tag", 3], [
    "image.names.1",
    4,
  ]]);
});

Deno.test("schemaFailures() has no line for values of the user, which come before the defaults", async () => {
  deepEqual(await schemaFailures(chartOf(TEXTS), "host: a\nimage: {tag: '1', names: []}\n"), []);
  const [found] = await schemaFailures(chartOf(TEXTS), "host: a\nimage: {tag: 7, names: []}\n");
  deepEqual([found?.path, found?.line], ["image.tag", undefined]);
});

Deno.test("checkSchemas() checks each subchart against its own file, in Helm 3's words", async () => {
  const chart = chartOf({}, {
    "charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
    "charts/db/values.yaml": "size: 1\n",
    [`charts/db/${SCHEMA_FILE}`]: JSON.stringify({ properties: { size: { type: "string" } } }),
  });
  equal(hasSchema(chart), true);
  await rejects(checkSchemas(chart, "db: {size: 2}"), {
    kind: "values",
    message: "values don't meet the specifications of the schema(s) in the following chart(s):\ndb:\n" +
      '- size: Instance type "number" is invalid. Expected "string".',
  });
  await checkSchemas(chart, "db: {size: a}");
});

Deno.test("schemaFailures() knows the drafts that a schema can name", async () => {
  const exclusive = { properties: { size: { minimum: 1, exclusiveMinimum: true } } };
  const old = chartOf({ $schema: "http://json-schema.org/draft-04/schema#", ...exclusive });
  equal((await schemaFailures(old, "size: 1")).length, 1);
  const tuple = { properties: { size: { prefixItems: [{ type: "string" }] } } };
  const recent = chartOf({ $schema: "https://json-schema.org/draft/2020-12/schema", ...tuple });
  equal((await schemaFailures(recent, "size: [1]")).length, 1);
});

Deno.test("schemaFailures() refuses references to other places, and what is not a schema", async () => {
  await rejects(schemaFailures(chartOf({ properties: { image: { $ref: "http://127.0.0.1:1/x.json" } } }), ""), {
    kind: "chart",
    message: /^values.schema.json of chart web cannot be used: Unresolved \$ref/,
    hint: /other files and addresses are not read/,
  });
  const broken = chartFromFiles({ "Chart.yaml": "name: web\nversion: 1.0.0\n", [SCHEMA_FILE]: "{" });
  await rejects(schemaFailures(broken, ""), { kind: "chart" });
});
