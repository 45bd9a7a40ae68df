/**
 * Reads the body of a write into an object of the kind that the path serves.
 *
 * Source of the refusals: `apiserver/pkg/endpoints/handlers/rest.go` (`transformDecodeError`) and
 * `apimachinery/pkg/runtime/serializer/json`.
 *
 * @module
 */
import { messageOf, parseJson } from "../base/mod.ts";
import type { KubeObject } from "../model/mod.ts";
import { apiVersionOf, type Call } from "./call.ts";
import { DecodeError, decodeTyped } from "./decode.ts";
import { isMap, type Json, mapOf, textOf } from "./json.ts";
import type { Schema, Type } from "./schema.ts";
import { badRequest, invalid, invalidValue, unsupportedMediaType } from "./status.ts";

/** Formats of bodies that are read. */
export const ACCEPTED = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** The kind that a body must have. */
export interface Expected {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Returns a media type without parameters such as the charset. A body without content type is JSON. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? "application/json").split(";")[0]?.trim() ?? "";
}

/** Returns Go's message for JSON that cannot be parsed. Go's own decoder is loaded only for this. */
async function jsonProblem(text: string): Promise<string> {
  const { decodeJson } = await import("../lang/yaml/mod.ts");
  try {
    decodeJson(text);
    return "invalid JSON";
  } catch (error) {
    return messageOf(error);
  }
}

/** Reads a body as data, whatever its kind. */
export async function readData(call: Call, kind: string): Promise<Json> {
  const text = call.request.body ?? "";
  const type = mediaType(call.request.contentType);
  if (type === "application/yaml") {
    const { decodeYaml } = await import("../lang/yaml/mod.ts");
    // YAML goes through JSON text, so that numbers and keys become what a JSON body would have
    // given.
    const data = decodeYaml(text);
    return mapOf(parseJson(JSON.stringify(data ?? null)));
  }
  if (type !== "application/json") throw unsupportedMediaType(ACCEPTED);
  try {
    return mapOf(parseJson(text));
  } catch {
    const shown = text === "" ? "<empty>" : text.slice(0, 1024);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ` +
        `${await jsonProblem(text)} (${shown})`,
    );
  }
}

function splitVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  return { group: slash < 0 ? "" : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Compares a body's kind with what the path serves; fills in what is missing. */
function checkKind(call: Call, data: Json, expected: Expected): void {
  const custom = call.resource.custom !== undefined;
  const wanted = apiVersionOf(expected);
  // Custom resources are decoded without a type, so the body must name its kind. Built-in kinds are
  // filled in from the path.
  if (custom && textOf(data["kind"]) === "") {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${expected.kind}): Object 'Kind' is missing in ` +
        `'${JSON.stringify(data)}' (${JSON.stringify(data)})`,
    );
  }
  const kind = textOf(data["kind"]) || expected.kind;
  const apiVersion = textOf(data["apiVersion"]) || wanted;
  data["kind"] = kind;
  data["apiVersion"] = apiVersion;
  if (kind === expected.kind && apiVersion === wanted) return;
  // The real server refuses in three places, with different words: the version differs, the scheme
  // does not know the kind, or no conversion leads to the expected kind.
  const { group, version } = splitVersion(apiVersion);
  const head = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}`;
  const known = call.machine.registry().ofKind(group, version, kind);
  if (custom || (known !== undefined && kind === expected.kind && group === expected.group)) {
    if (kind === expected.kind) {
      throw badRequest(
        `the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`,
      );
    }
    throw invalid({ group, resource: kind }, textOf(mapOf(data["metadata"])["name"]), [
      invalidValue("kind", kind, `must be ${expected.kind}`),
    ]);
  }
  // The server names a scheme after the line of its source that made it.
  if (known === undefined) {
    throw badRequest(
      `${head}: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ` +
        '"pkg/runtime/scheme.go:110"',
    );
  }
  const internal = expected.group === "" ? "core" : expected.group.split(".")[0];
  throw badRequest(`${head}: converting (${version}.${kind}) to (${internal}.${expected.kind}): unknown conversion`);
}

/**
 * Reports fields that the type does not have, as the query's `fieldValidation` asks: `Strict`
 * refuses, `Warn` warns, `Ignore` says nothing. The default is `Warn`, as in the server.
 */
export function unknownFields(call: Call, data: { kind: string; version: string }, paths: readonly string[]): void {
  if (paths.length === 0) return;
  const how = call.query.get("fieldValidation") ?? "Warn";
  const texts = paths.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (how === "Strict") {
    throw badRequest(
      `${data.kind} in version ${JSON.stringify(data.version)} cannot be handled as a ${data.kind}: ` +
        `strict decoding error: ${texts.join(", ")}`,
    );
  }
  if (how === "Warn") call.warnings.push(...texts);
}

/** Reads data as a type; the refusals are those for a body of `expected`. */
export function readTyped(
  call: Call,
  schema: Schema,
  type: Type,
  data: Json,
  expected: Expected,
  prefix = "",
): KubeObject {
  try {
    const { value, unknown } = decodeTyped(schema, type, data);
    unknownFields(call, expected, unknown.map((path) => prefix + path));
    return value as KubeObject;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(
      `${expected.kind} in version ${JSON.stringify(expected.version)} cannot be handled as a ${expected.kind}: ` +
        error.message,
    );
  }
}

/**
 * Reads the body as an object of the expected kind. Custom resources have no built-in type; their
 * data stays as it came.
 */
export async function readBody(
  call: Call,
  schema: Schema,
  expected: Expected,
): Promise<KubeObject> {
  const data = await readData(call, expected.kind);
  checkKind(call, data, expected);
  const type = schema.kind(expected.group, expected.version, expected.kind);
  return type === undefined ? readCustom(call, schema, data) : readTyped(call, schema, type, data, expected);
}

/** Reads a custom resource: its metadata as the built-in type, the rest as it came. */
export function readCustom(call: Call, schema: Schema, data: Json): KubeObject {
  const { metadata } = data;
  const type = schema.named("meta/v1.ObjectMeta");
  const read = readTyped(call, schema, type, isMap(metadata) ? metadata : {}, call.resource, "metadata.");
  return { ...data, metadata: read } as KubeObject;
}
