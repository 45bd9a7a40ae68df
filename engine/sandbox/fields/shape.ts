/**
 * How data is divided into fields that managers can own: which lists have keys, which maps are one
 * piece. The shape comes from a built-in type, or from the schema of a custom resource.
 *
 * Lists without a list type are one piece and maps merge by field: the defaults of
 * `sigs.k8s.io/structured-merge-diff`.
 *
 * @module
 */
import { isMap, type Json, listOf, mapOf, textOf } from "../json.ts";
import type { Schema, Type } from "../schema.ts";

/** How one value is divided. */
export interface Shape {
  /** True for a map that is one piece. */
  readonly atomic: boolean;
  /** For lists: one piece, a set of scalars, or items that are told apart by key fields. */
  readonly list: "atomic" | "set" | "keyed";
  /** The key fields of a list; sorted. */
  readonly keys: readonly string[];
  /** Returns the default of a field that is a key of the list around it. */
  keyDefault(name: string): unknown;
  /** True for a field that the type names. Entries of maps with free keys are not declared. */
  declares(name: string): boolean;
  /** Returns the shape of a field. */
  field(name: string): Shape;
  /** Returns the shape of a list's elements. */
  items(): Shape;
}

/** The shape of data that nothing is known about. */
const DEDUCED: Shape = {
  atomic: false,
  list: "atomic",
  keys: [],
  keyDefault: () => undefined,
  declares: () => false,
  field: () => DEDUCED,
  items: () => PIECE,
};
/** The shape of data that is one piece: scalars, and everything below an atomic value. */
const PIECE: Shape = { ...DEDUCED, atomic: true, field: () => PIECE };

/**
 * Structs that are one piece wherever they are: those with `+structType=atomic` in `types.go`. The
 * generated types name only what their fields say.
 */
const ATOMIC_STRUCTS = new Set([
  ...["v1", "v1alpha1", "v1beta1"].flatMap((version) =>
    ["MatchResources", "NamedRuleWithOperations", "ParamKind", "ParamRef", "Variable"]
      .map((name) => `admissionregistration/${version}.${name}`)
  ),
  "autoscaling/v1.CrossVersionObjectReference",
  "core/v1.ConfigMapKeySelector",
  "core/v1.EndpointAddress",
  "core/v1.EndpointPort",
  "core/v1.FileKeySelector",
  "core/v1.LocalObjectReference",
  "core/v1.NodeSelector",
  "core/v1.NodeSelectorTerm",
  "core/v1.ObjectFieldSelector",
  "core/v1.ObjectReference",
  "core/v1.ResourceFieldSelector",
  "core/v1.ScopeSelector",
  "core/v1.SecretKeySelector",
  "core/v1.SecretReference",
  "core/v1.TopologySelectorTerm",
  "core/v1.TypedLocalObjectReference",
  "discovery/v1.EndpointPort",
  "meta/v1.LabelSelector",
  "meta/v1.OwnerReference",
  "networking/v1.ServiceBackendPort",
  "rbac/v1.RoleRef",
  "rbac/v1.Subject",
]);

/** Defaults of the fields by which ports are told apart: most manifests name no protocol. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: "TCP", port: 0, containerPort: 0 };

/** Returns the shape of a list with the list type `how`: `set`, `map:KEY,KEY`, or one piece. */
function listShape(how: string, element: () => Shape): Shape {
  if (how === "set") return { ...DEDUCED, list: "set", items: element };
  if (!how.startsWith("map:")) return PIECE;
  return { ...DEDUCED, list: "keyed", keys: how.slice("map:".length).split(",").sort(), items: element };
}

/** Shapes that were made so far. Every write walks them, so each is made once. */
const MADE = new WeakMap<Type, Map<string, Shape>>();

/** Returns the shape of a built-in type; `how` is the list type of the field that has it. */
function ofType(schema: Schema, type: Type | undefined, how: string): Shape {
  if (type === undefined) return DEDUCED;
  let made = MADE.get(type);
  if (made === undefined) MADE.set(type, made = new Map());
  let shape = made.get(how);
  if (shape === undefined) made.set(how, shape = makeShape(schema, type, how));
  return shape;
}

function makeShape(schema: Schema, type: Type, how: string): Shape {
  if (type.is === "any") return PIECE;
  if (type.is === "pointer") return ofType(schema, type.of, how);
  if (type.is === "list") return listShape(how, () => ofType(schema, type.of, ""));
  if (type.is === "map") {
    return { ...DEDUCED, atomic: how === "atomic", field: () => ofType(schema, type.of, "") };
  }
  if (type.is !== "struct") return PIECE;
  const fields = new Map(schema.fields(type.key).map((field) => [field.name, field]));
  return {
    ...DEDUCED,
    atomic: how === "atomic" || ATOMIC_STRUCTS.has(type.key),
    keyDefault: (name) => KEY_DEFAULTS[name],
    declares: (name) => fields.has(name),
    field(name) {
      const field = fields.get(name);
      return field === undefined ? DEDUCED : ofType(schema, field.type, field.listType);
    },
  };
}

/** Returns the shape of an OpenAPI schema, from the extensions that CRDs use for it. */
function ofOpenApi(given: unknown): Shape {
  if (!isMap(given)) return DEDUCED;
  if (given["type"] === "array") {
    const kind = textOf(given["x-kubernetes-list-type"]);
    const keys = listOf(given["x-kubernetes-list-map-keys"]).map(textOf).join(",");
    return listShape(kind === "map" ? `map:${keys}` : kind, () => ofOpenApi(given["items"]));
  }
  const properties = mapOf(given["properties"]);
  return {
    ...DEDUCED,
    atomic: given["x-kubernetes-map-type"] === "atomic",
    keyDefault: (name) => mapOf(properties[name])["default"],
    declares: (name) => name in properties,
    field: (name) => ofOpenApi(properties[name] ?? given["additionalProperties"]),
  };
}

/** Returns the shape of a built-in type, or of a custom resource by its schema. */
export function shapeOf(schema: Schema, type: Type | undefined, openApi: Json | undefined): Shape {
  if (type !== undefined) return ofType(schema, type, "");
  const own = ofOpenApi(openApi);
  // CRD schemas say nothing about metadata: it is always divided as the built-in type.
  const meta = ofType(schema, schema.named("meta/v1.ObjectMeta"), "");
  const common = ["apiVersion", "kind", "metadata"];
  return {
    ...own,
    declares: (name) => common.includes(name) || own.declares(name),
    field: (name) => name === "metadata" ? meta : own.field(name),
  };
}
