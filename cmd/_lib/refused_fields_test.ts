import { deepEqual, equal } from "node:assert/strict";
import { fieldsOf, wrongType } from "./refused_fields.ts";

Deno.test("fieldsOf() reads the fields of a server's refusal, each once", () => {
  const cases: readonly [message: string, fields: readonly string[]][] = [
    ['Service "a" is invalid: spec.ports[0].port: Invalid value: 0: must be between 1 and 65535', [
      "spec.ports[0].port",
    ]],
    [
      'Deployment.apps "a" is invalid: [spec.selector: Required value, spec.replicas: Invalid value: -1: must be positive]',
      ["spec.selector", "spec.replicas"],
    ],
    ['ConfigMap "a" is invalid: data[a b]: Invalid value: "a b"', ["data[a b]"]],
    ['strict decoding error: unknown field "spec.replica", unknown field "spec.template.spec.containers[0].imag"', [
      "spec.replica",
      "spec.template.spec.containers[0].imag",
    ]],
    ['strict decoding error: duplicate field "a", unknown field "a"', ["a"]],
    ['pods "a" is forbidden: exceeded quota: team', []],
  ];
  for (const [message, fields] of cases) deepEqual(fieldsOf(message), fields, message);
});

const said = (given: string, field: string, type: string): string =>
  `Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal ${given} into Go struct field ` +
  `${field} of type ${type}`;

Deno.test("wrongType() finds the fields that Go names without positions and keys", () => {
  const object = {
    data: { a: 1, b: "x", c: 2 },
    spec: { containers: [{ image: "a" }, { image: 3 }], replicas: "two", labels: { "a.b/c": 1 } },
  };
  const fields = (message: string): readonly string[] | undefined => wrongType(message, object)?.fields;
  deepEqual(fields(said("number", "ConfigMap.data", "string")), ["data.a", "data.c"]);
  deepEqual(fields(said("number", "Container.spec.containers.image", "string")), ["spec.containers[1].image"]);
  deepEqual(fields(said("string", "DeploymentSpec.spec.replicas", "int32")), ["spec.replicas"]);
  deepEqual(fields(said("number", "ObjectMeta.spec.labels", "string")), ['spec.labels["a.b/c"]']);
  deepEqual(fields(said("array", "ConfigMap.other", "string")), ["other"]);
  equal(wrongType("something else", object), undefined);
});

Deno.test("wrongType() says in words of YAML what the field takes", () => {
  const remedy = (given: string, type: string) => wrongType(said(given, "A.spec.a", type))?.remedy;
  equal(remedy("number", "string"), "A value of its field spec.a is a number and must be a text: write it in quotes.");
  equal(
    remedy("string", "int32"),
    "A value of its field spec.a is a text and must be a whole number: write it without quotes.",
  );
  equal(
    remedy("string", "[]v1.Container"),
    "A value of its field spec.a is a text and must be a list: begin each item with a dash.",
  );
  equal(
    remedy("array", "map[string]string"),
    "A value of its field spec.a is a list and must be a map: write key: value.",
  );
});
