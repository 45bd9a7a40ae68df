/**
 * How data merges in a server-side apply: which lists have keys, which maps are one piece. The
 * shape comes from a built-in type, or from the schema of a custom resource.
 *
 * Lists without a list type are one piece and maps merge by field: the defaults of
 * `sigs.k8s.io/structured-merge-diff`.
 *
 * @module
 */
import { isMap, type Json, listOf, mapOf, textOf } from "./json.ts";
import type { Schema, Type } from "./schema.ts";

/** How one value merges. */
export interface Shape {
  /** True for a value that is replaced as one piece. */
  readonly atomic: boolean;
  /** For lists: the fields that identify an element; empty for sets. */
  readonly keys: readonly string[];
  /** Returns the shape of a field. */
  field(name: string): Shape;
  /** Returns the shape of a list's elements. */
  items(): Shape;
}

/** The shape where nothing is known: maps merge by field, lists like sets. */
const PLAIN: Shape = {
  atomic: false,
  keys: [],
  field: () => PLAIN,
  items: () => PLAIN,
};
// Scalars, and lists without a list type.
const PIECE: Shape = { ...PLAIN, atomic: true };

/** Returns the shape of a list with the list type `how`: `set`, `map:KEY,KEY`, or one piece. */
function listShape(how: string, element: () => Shape): Shape {
  if (how === "set") return { atomic: false, keys: [], field: () => PLAIN, items: element };
  if (!how.startsWith("map:")) return PIECE;
  return { atomic: false, keys: how.slice("map:".length).split(","), field: () => PLAIN, items: element };
}

/** Returns the shape of a built-in type; `how` is the list type of the field that has it. */
function ofType(schema: Schema, type: Type | undefined, how: string): Shape {
  if (type === undefined || type.is === "any") return PLAIN;
  if (type.is === "pointer") return ofType(schema, type.of, how);
  if (type.is === "list") return listShape(how, () => ofType(schema, type.of, ""));
  if (type.is === "map") {
    return { atomic: how === "atomic", keys: [], field: () => ofType(schema, type.of, ""), items: () => PLAIN };
  }
  if (type.is !== "struct") return PIECE;
  return {
    atomic: how === "atomic",
    keys: [],
    field(name) {
      const field = schema.fields(type.key).find((f) => f.name === name);
      return field === undefined ? PLAIN : ofType(schema, field.type, field.listType);
    },
    items: () => PLAIN,
  };
}

/** Returns the shape of an OpenAPI schema, from the extensions that CRDs use for it. */
function ofOpenApi(given: unknown): Shape {
  if (!isMap(given)) return PLAIN;
  if (given["type"] === "array") {
    const kind = textOf(given["x-kubernetes-list-type"]);
    const keys = listOf(given["x-kubernetes-list-map-keys"]).map(textOf).join(",");
    return listShape(kind === "map" ? `map:${keys}` : kind, () => ofOpenApi(given["items"]));
  }
  return {
    atomic: given["x-kubernetes-map-type"] === "atomic",
    keys: [],
    field: (name) => ofOpenApi(mapOf(given["properties"])[name] ?? given["additionalProperties"]),
    items: () => PLAIN,
  };
}

/** Returns the shape of a built-in type, or of a custom resource by its schema. */
export function shapeOf(schema: Schema, type: Type | undefined, openApi: Json | undefined): Shape {
  const own = type === undefined ? ofOpenApi(openApi) : ofType(schema, type, "");
  // CRD schemas say nothing about metadata: it always merges as the built-in type.
  const meta = ofType(schema, schema.named("meta/v1.ObjectMeta"), "");
  return { ...own, field: (name) => name === "metadata" ? meta : own.field(name) };
}
