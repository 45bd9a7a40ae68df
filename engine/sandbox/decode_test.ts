import { deepEqual, equal, throws } from "node:assert/strict";
import { canonicalQuantity, DecodeError, decodeTyped } from "./decode.ts";
import { getSchema, type Type } from "./schema.ts";

const schema = getSchema();

function typeOf(group: string, version: string, kind: string): Type {
  const type = schema.kind(group, version, kind);
  if (type === undefined) throw new Error(`no type for ${kind}`);
  return type;
}

const POD = typeOf("", "v1", "Pod");
const DEPLOYMENT = typeOf("apps", "v1", "Deployment");
const SECRET = typeOf("", "v1", "Secret");

Deno.test("decodeTyped() leaves out what is empty, and keeps structs and pointers", () => {
  const given = {
    metadata: { name: "a", labels: {}, creationTimestamp: null },
    spec: { replicas: 0, minReadySeconds: 0, selector: { matchLabels: { a: "b" } }, template: {} },
  };
  deepEqual(decodeTyped(schema, DEPLOYMENT, given).value, {
    metadata: { name: "a" },
    spec: {
      replicas: 0,
      selector: { matchLabels: { a: "b" } },
      template: { metadata: {}, spec: { containers: null } },
      strategy: {},
    },
    status: {},
  });
});

Deno.test("decodeTyped() names unknown fields with their place", () => {
  const given = { spec: { containers: [{ name: "a", imag: "b" }], foo: 1 }, bar: 2 };
  deepEqual(decodeTyped(schema, POD, given).unknown, ["spec.containers[0].imag", "spec.foo", "bar"]);
});

const REFUSED: [Type, unknown, string][] = [
  [
    DEPLOYMENT,
    { spec: { replicas: "x" } },
    "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
  ],
  [
    DEPLOYMENT,
    { spec: { replicas: 1.5 } },
    "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
  ],
  [
    DEPLOYMENT,
    { spec: { replicas: 2147483648 } },
    "json: cannot unmarshal number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32",
  ],
  [
    POD,
    { spec: { containers: [{ ports: [{ containerPort: "http" }] }] } },
    "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32",
  ],
  [
    POD,
    { spec: { containers: {} } },
    "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
  ],
  [SECRET, { data: { a: "%%%" } }, "illegal base64 data at input byte 0"],
  [
    POD,
    { spec: { containers: [{ resources: { limits: { cpu: "x" } } }] } },
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
];

for (const [type, given, message] of REFUSED) {
  Deno.test(`decodeTyped() refuses: ${message.slice(0, 90)}`, () => {
    throws(
      () => decodeTyped(schema, type, given),
      (error) => error instanceof DecodeError && error.message === message,
    );
  });
}

const QUANTITIES: [string, string][] = [
  ["0.5", "500m"],
  ["1024Mi", "1Gi"],
  ["1000", "1k"],
  ["1500m", "1500m"],
  ["2000m", "2"],
  ["1.5Gi", "1536Mi"],
  ["0", "0"],
  ["1e3", "1e3"],
  ["-1", "-1"],
];

for (const [given, wanted] of QUANTITIES) {
  Deno.test(`canonicalQuantity() writes ${given} as ${wanted}`, () => {
    equal(canonicalQuantity(given), wanted);
  });
}
