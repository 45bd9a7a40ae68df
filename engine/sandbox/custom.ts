/**
 * Custom resources: what their CRD says about them.
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

/** Loads what checking will need, so that the check itself need not wait. */
export async function prepareCustom(call: Call): Promise<void> {
  if (JSON.stringify(call.resource.custom?.version ?? null).includes('"pattern"')) await preparePatterns();
}

/** Removes what the schema does not know, and fills in defaults. */
export function shapeCustom(call: Call, object: KubeObject): void {
  const schema = schemaOf(call);
  const unknown = prune(object, schema, "", true);
  unknownFields(call, call.resource, unknown.sort());
  fillDefaults(object, schema);
}

/** Refuses what the schema refuses. */
export function checkCustom(call: Call, object: KubeObject): void {
  const errors = checkSchema(object, schemaOf(call), "");
  if (errors.length > 0) throw invalid(kindNamed(call.resource), object.metadata?.name ?? "", errors);
}
