/**
 * Which fields of an object the server knows, by its OpenAPI documents. The server drops all others when it stores an object.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { call } from "./call.ts";
import { asObject, isObject, type JsonObject } from "./json.ts";
import type { KubeCallOptions, Transport } from "./types.ts";

/** A step into an object: the name of a field, or a number for any item of a list. */
export type SchemaStep = string | number;

/** The schemas of the API versions that were read. */
export interface KnownFields {
  /**
   * True if the server drops the value whole: it does not know the field, or none of the fields inside. False for kinds
   * without a schema.
   */
  drops(apiVersion: string, kind: string, path: readonly SchemaStep[], value: unknown): boolean;
}

/** The schemas of one document, by name. */
type Schemas = Readonly<Record<string, unknown>>;

/**
 * Reads the schemas of API versions: from Kubernetes 1.24 on one document for each version, before that one for all.
 * A version whose document cannot be read has none.
 *
 * @param apiVersions Such as `apps/v1`.
 */
export async function readKnownFields(
  transport: Transport,
  apiVersions: Iterable<string>,
  { signal }: KubeCallOptions = {},
): Promise<KnownFields> {
  const read = async (path: string): Promise<JsonObject | undefined> => {
    try {
      return await call(transport, { method: "GET", path, signal });
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
      return undefined;
    }
  };
  const schemas = new Map<string, Schemas>();
  let all: Promise<JsonObject | undefined> | undefined;
  for (const apiVersion of new Set(apiVersions)) {
    const own = await read(`/openapi/v3/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`);
    const document = own ?? await (all ??= read("/openapi/v2"));
    schemas.set(apiVersion, asObject(asObject(document?.components).schemas ?? document?.definitions));
  }
  return {
    drops(apiVersion, kind, path, value) {
      const known = schemas.get(apiVersion) ?? {};
      const root = schemaOf(known, apiVersion, kind);
      return root !== undefined && dropsAt(known, root, path, value);
    },
  };
}

/** Returns the schema of a kind. */
function schemaOf(schemas: Schemas, apiVersion: string, kind: string): JsonObject | undefined {
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  return Object.values(schemas).filter(isObject).find((schema) => {
    const kinds = schema["x-kubernetes-group-version-kind"];
    return Array.isArray(kinds) &&
      kinds.some((one) => isObject(one) && one.group === group && one.version === version && one.kind === kind);
  });
}

/** A field that the server does not know. */
const UNKNOWN = Symbol("unknown");
/** A part of an object in which the server keeps every field. */
const OPEN = Symbol("open");

type Found = JsonObject | typeof UNKNOWN | typeof OPEN;

function dropsAt(schemas: Schemas, root: JsonObject, path: readonly SchemaStep[], value: unknown): boolean {
  let found: Found = resolved(schemas, root);
  for (const step of path) {
    found = inside(schemas, found, step);
    if (found === UNKNOWN) return true;
  }
  return isDropped(schemas, found, value);
}

/** True for an object of which every field is unknown. */
function isDropped(schemas: Schemas, schema: Found, value: unknown): boolean {
  if (!isObject(value)) return false;
  const fields = Object.entries(value);
  return fields.length > 0 && fields.every(([name, inner]) => {
    const found = inside(schemas, schema, name);
    return found === UNKNOWN || isDropped(schemas, found, inner);
  });
}

/** Returns the schema of a field or of a list's items. */
function inside(schemas: Schemas, schema: Found, step: SchemaStep): Found {
  if (typeof schema === "symbol") return schema;
  if (typeof step === "number") return isObject(schema.items) ? resolved(schemas, schema.items) : OPEN;
  const { properties, additionalProperties } = schema;
  if (isObject(properties) && Object.hasOwn(properties, step)) return resolved(schemas, asObject(properties[step]));
  if (isObject(additionalProperties)) return resolved(schemas, additionalProperties);
  const isOpen = additionalProperties === true || schema["x-kubernetes-preserve-unknown-fields"] === true ||
    schema["x-kubernetes-embedded-resource"] === true;
  return isOpen || !isObject(properties) || Object.keys(properties).length === 0 ? OPEN : UNKNOWN;
}

/** Follows a reference; version 3 wraps those with a default in `allOf`. */
function resolved(schemas: Schemas, schema: JsonObject): Found {
  const [only, ...more] = Array.isArray(schema.allOf) ? schema.allOf.filter(isObject) : [];
  if (only !== undefined && more.length === 0 && schema.properties === undefined) return resolved(schemas, only);
  const { $ref } = schema;
  if (typeof $ref !== "string") return schema;
  const target = schemas[$ref.slice($ref.lastIndexOf("/") + 1)];
  return isObject(target) ? target : OPEN;
}
