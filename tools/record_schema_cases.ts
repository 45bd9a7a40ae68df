/**
 * Records a real API server's answers to CustomResourceDefinitions with random schemas: `testdata/removed_apis/schemas.jsonl`.
 *
 *     deno run -A tools/record_schema_cases.ts KUBECONFIG [COUNT] [SEED]
 *
 * Requests are dry runs, so nothing is stored on the server. Only short schemas are recorded.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import fc, { type Arbitrary } from "fast-check";
import { openCluster } from "../engine/kube/mod.ts";

const PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All";
const LENGTH_MAX = 400;

const rarely = (value: Arbitrary<unknown>): Arbitrary<unknown> =>
  fc.oneof({ maxDepth: 4 }, { weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const list = (value: Arbitrary<unknown>): Arbitrary<unknown> => fc.array(value, { maxLength: 2 });
const INT_OR_STRING = [{ type: "integer" }, { type: "string" }];

/** Generates random schemas that satisfy or violate each of the server's rules. */
function schemas(): Arbitrary<unknown> {
  return fc.letrec((tie) => {
    const inner = tie("schema");
    const properties = fc.dictionary(fc.constantFrom("a", "b", "metadata", "kind", "apiVersion", "name"), inner, {
      maxKeys: 2,
      noNullPrototype: true,
    });
    const full = fc.record({
      type: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom("object", "array", "string", "integer") },
        { weight: 1, arbitrary: fc.constantFrom(undefined, "null", "any", "") },
      ),
      properties: fc.oneof(fc.constant(undefined), properties),
      items: rarely(fc.oneof({ weight: 6, arbitrary: inner }, { weight: 1, arbitrary: list(inner) })),
      additionalProperties: rarely(fc.oneof(inner, fc.boolean())),
      anyOf: rarely(fc.oneof(list(inner), fc.constant(INT_OR_STRING))),
      allOf: rarely(fc.oneof(list(inner), fc.constant([{ anyOf: INT_OR_STRING }]))),
      oneOf: rarely(list(inner)),
      not: rarely(inner),
      description: rarely(fc.constantFrom("", "text")),
      title: rarely(fc.constant("text")),
      nullable: rarely(fc.boolean()),
      uniqueItems: rarely(fc.boolean()),
      minimum: rarely(fc.constant(0)),
      required: rarely(fc.constantFrom(["a"], [])),
      id: rarely(fc.constantFrom("", "text")),
      $ref: rarely(fc.constantFrom("", "#/text")),
      definitions: rarely(fc.constantFrom({}, { a: { type: "object" } })),
      "x-kubernetes-preserve-unknown-fields": rarely(fc.boolean()),
      "x-kubernetes-int-or-string": rarely(fc.boolean()),
      "x-kubernetes-embedded-resource": rarely(fc.boolean()),
      "x-kubernetes-list-type": rarely(fc.constantFrom("map", "set", "atomic", "text")),
      "x-kubernetes-list-map-keys": rarely(fc.constantFrom(["a"], ["a", "b"], ["a", "a"], [])),
      "x-kubernetes-map-type": rarely(fc.constantFrom("atomic", "granular", "text")),
    }, { noNullPrototype: true });
    const simple = fc.record({ type: fc.constantFrom("string", "integer", "object") }, { noNullPrototype: true });
    const root = fc.record({
      type: fc.constantFrom("object", "object", "object", undefined),
      properties,
      anyOf: rarely(list(inner)),
      allOf: rarely(list(inner)),
      "x-kubernetes-preserve-unknown-fields": fc.constantFrom(undefined, undefined, true),
    }, { noNullPrototype: true });
    return { schema: fc.oneof({ maxDepth: 4 }, simple, full), root };
  }).root;
}

const [kubeconfig = "", count = "150", seed = "1"] = Deno.args;
const cluster = await openCluster({ kubeconfig });
const lines: string[] = [];
for (const schema of fc.sample(schemas(), { numRuns: Number(count) * 4, seed: Number(seed) })) {
  if (lines.length === Number(count) || JSON.stringify(schema).length > LENGTH_MAX) continue;
  const response = await cluster.transport({
    method: "POST",
    path: PATH,
    contentType: "application/json",
    body: JSON.stringify({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "foos.example.com" },
      spec: {
        group: "example.com",
        names: { kind: "Foo", plural: "foos" },
        scope: "Namespaced",
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    }),
  });
  const causes = (await response.json()).details?.causes as { field: string; message: string }[] | undefined;
  const problems = (causes ?? []).map(({ field, message }) =>
    `${field.replace(/^spec\.validation\./, "")}: ${message}`
  );
  if (response.status !== 201 && problems.length === 0) continue; // not about the schema
  lines.push(JSON.stringify({ schema, problems }));
}
await cluster.close();
writeFileSync(new URL("../testdata/removed_apis/schemas.jsonl", import.meta.url), `${lines.join("\n")}\n`);
