import { deepEqual, throws } from "node:assert/strict";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { ProtobufError, readProtobuf } from "./protobuf.ts";
import { getSchema } from "./schema.ts";

const schema = getSchema();

type Part = (writer: BinaryWriter) => void;

function text(field: number, value: string): Part {
  return (writer) => void writer.tag(field, 2).string(value);
}

function number(field: number, value: number): Part {
  return (writer) => void writer.tag(field, 0).int32(value);
}

function nested(field: number, ...parts: Part[]): Part {
  return (writer) => {
    writer.tag(field, 2).fork();
    for (const part of parts) part(writer);
    writer.join();
  };
}

function envelope(apiVersion: string, kind: string, ...parts: Part[]): Uint8Array {
  const writer = new BinaryWriter();
  nested(1, text(1, apiVersion), text(2, kind))(writer);
  nested(2, ...parts)(writer);
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...writer.finish()]);
}

Deno.test("readProtobuf() reads metadata, maps and lists", () => {
  const labels = nested(11, text(1, "a"), text(2, "b"));
  const data = [nested(2, text(1, "k"), text(2, "v"))];
  const bytes = envelope("v1", "ConfigMap", nested(1, text(1, "name"), labels), ...data);
  deepEqual(readProtobuf(schema, bytes), {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: "name", labels: { a: "b" } },
    data: { k: "v" },
  });
});

Deno.test("readProtobuf() reads embedded structs, quantities and ports by name", () => {
  const quantity = nested(1, text(1, "cpu"), nested(2, text(1, "500m")));
  const port = number(3, 80);
  const probe = nested(11, nested(1, nested(2, text(1, "/"), nested(2, number(1, 1), text(3, "http")))));
  const container = nested(2, text(1, "main"), nested(6, port), nested(8, quantity), probe);
  const volume = nested(1, text(1, "v"), nested(2, nested(2)));
  const bytes = envelope("v1", "Pod", nested(2, volume, container));
  deepEqual(readProtobuf(schema, bytes)["spec"], {
    volumes: [{ emptyDir: {}, name: "v" }],
    containers: [{
      name: "main",
      ports: [{ containerPort: 80 }],
      resources: { limits: { cpu: "500m" } },
      readinessProbe: { httpGet: { path: "/", port: "http" } },
    }],
  });
});

Deno.test("readProtobuf() refuses what is no message, or of no known kind", () => {
  throws(() => readProtobuf(schema, new Uint8Array([1, 2, 3])), ProtobufError);
  throws(() => readProtobuf(schema, envelope("v9", "Nothing")), /no kind "Nothing" is registered for version "v9"/);
});
