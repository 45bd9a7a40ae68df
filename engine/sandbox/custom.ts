/**
 * Applies a CRD to its objects: pruning, defaults, validation. The rules themselves are in
 * `custom_schema.ts`.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { unknownFields } from "./body.ts";
import { type Call, kindNamed } from "./call.ts";
import { checkSchema, fillDefaults, preparePatterns, prune } from "./custom_schema.ts";
import { at, type Json, mapOf } from "./json.ts";
import { invalid } from "./status.ts";

/** The schema of the version that is served. */
function schemaOf(call: Call): Json {
  return mapOf(at(call.resource.custom?.version, "schema", "openAPIV3Schema"));
}

/** Loads the library that reads patterns, when a schema has one, so that checking need not wait. */
export async function prepareCustom(call: Call): Promise<void> {
  if (JSON.stringify(call.resource.custom?.version ?? null).includes('"pattern"')) await preparePatterns();
}

/** Removes fields that the schema does not name, reports them, and fills in defaults. */
export function shapeCustom(call: Call, object: KubeObject): void {
  const schema = schemaOf(call);
  // Pruning comes first, so that a default is never reported as an unknown field.
  const unknown = prune(object, schema, "", true);
  unknownFields(call, call.resource, unknown.sort());
  fillDefaults(object, schema);
}

/** Refuses an object that does not fit the schema. */
export function checkCustom(call: Call, object: KubeObject): void {
  const errors = checkSchema(object, schemaOf(call), "");
  if (errors.length > 0) throw invalid(kindNamed(call.resource), object.metadata?.name ?? "", errors);
}
