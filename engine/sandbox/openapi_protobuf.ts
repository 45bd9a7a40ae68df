/**
 * The OpenAPI document of version 2 in protobuf: the only form that clients of Tiller's time ask
 * for. They read the definitions and nothing else.
 *
 * Source of the message numbers: gnostic, `OpenAPIv2.proto`.
 *
 * @module
 */
import { BinaryWriter } from "npm:@bufbuild/protobuf@2.17.0/wire";
import { isMap, type Json, listOf, mapOf, textOf } from "./json.ts";

/**
 * The media type of the document. Clients may ask for the older name, which has an `@`. Answers
 * carry this one, as those of a real server do.
 */
export const OPENAPI_V2_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

type Write = (writer: BinaryWriter) => void;

function text(field: number, value: string): Write {
  return (writer) => {
    if (value !== "") writer.tag(field, 2).string(value);
  };
}

function message(field: number, ...parts: Write[]): Write {
  return (writer) => {
    writer.tag(field, 2).fork();
    for (const part of parts) part(writer);
    writer.join();
  };
}

/** Writes the extensions `x-…`. Their values are YAML texts in protobuf; JSON is one. */
function extensions(field: number, schema: Json): Write[] {
  return Object.entries(schema).filter(([key]) => key.startsWith("x-"))
    .map(([key, value]) => message(field, text(1, key), message(2, text(2, JSON.stringify(value)))));
}

function named(field: number, name: string, schema: Json): Write {
  return message(field, text(1, name), message(2, ...schemaParts(schema)));
}

/** Writes the fields of a message `Schema`. The numbers are those of the `.proto` file and must rise. */
function schemaParts(schema: Json): Write[] {
  const parts: Write[] = [text(1, textOf(schema["$ref"])), text(2, textOf(schema["format"]))];
  for (const name of listOf(schema["required"])) parts.push(text(19, textOf(name)));
  const more = schema["additionalProperties"];
  if (isMap(more)) parts.push(message(21, message(1, ...schemaParts(more))));
  if (textOf(schema["type"]) !== "") parts.push(message(22, text(1, textOf(schema["type"]))));
  if (isMap(schema["items"])) parts.push(message(23, message(1, ...schemaParts(schema["items"]))));
  const properties = Object.entries(mapOf(schema["properties"]));
  if (properties.length > 0) {
    parts.push(message(25, ...properties.map(([name, property]) => named(1, name, mapOf(property)))));
  }
  return [...parts, ...extensions(31, schema)];
}

/** The document without its paths, in protobuf. */
export function encodeOpenApi(document: Json): Uint8Array {
  const writer = new BinaryWriter();
  const info = mapOf(document["info"]);
  text(1, textOf(document["swagger"]))(writer);
  message(2, text(1, textOf(info["title"])), text(2, textOf(info["version"])))(writer);
  // Field 8 is `paths`, which is required and stays empty.
  message(8)(writer);
  const all = Object.entries(mapOf(document["definitions"]));
  message(9, ...all.map(([name, schema]) => named(1, name, mapOf(schema))))(writer);
  return writer.finish();
}
