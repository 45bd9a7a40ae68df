/**
 * Reads fields of a JSON schema as the API server does: null, empty and false count as absent.
 *
 * @module
 */
import { fieldOf, isEmpty, isMap, type JsonMap } from "../plain.ts";

/** A JSON schema in a CustomResourceDefinition. */
export type ServedSchema = JsonMap;

/** Returns a schema in a field, or `undefined`. */
export function schemaIn(schema: ServedSchema, key: string): ServedSchema | undefined {
  const value = fieldOf(schema, key);
  return isMap(value) ? value : undefined;
}

/** Returns the schemas in a list, such as `allOf`. */
export function schemasIn(schema: ServedSchema, key: string): readonly ServedSchema[] {
  const value = fieldOf(schema, key);
  return Array.isArray(value) ? value.map((item: unknown) => isMap(item) ? item : {}) : [];
}

/** Returns the named schemas in a map, such as `properties`. */
export function namedSchemas(schema: ServedSchema, key: string): readonly (readonly [string, ServedSchema])[] {
  const value = fieldOf(schema, key);
  if (!isMap(value)) return [];
  return Object.keys(value).map((name) => [name, isMap(value[name]) ? value[name] : {}]);
}

/** True when a field has a value other than null, false, or an empty text, list or map. A zero is a value. */
export function isSet(schema: ServedSchema, key: string): boolean {
  const value = fieldOf(schema, key);
  return !isEmpty(value) && value !== false;
}

/** Returns a text, empty when absent. */
export function textIn(schema: ServedSchema, key: string): string {
  const value = fieldOf(schema, key);
  return typeof value === "string" ? value : "";
}

/** Returns `{path}.properties[name]`. */
export function propertyPath(path: string, name: string): string {
  return `${path}.properties[${name}]`;
}
