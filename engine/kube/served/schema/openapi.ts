/**
 * Rules for schemas of CustomResourceDefinitions other than structure.
 *
 * Rules in CEL, and default values against their own schema, are left to the server.
 *
 * Source: Kubernetes 1.34, `apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go`.
 *
 * @module
 */
import { isEmpty, isMap, listAt } from "../plain.ts";
import { isSet, namedSchemas, propertyPath, schemaIn, schemasIn, type ServedSchema, textIn } from "./read.ts";
import { invalid } from "./structural.ts";

/** Constraints on a part of a schema due to its position. */
interface Where {
  /** True for `metadata`, `kind` and `apiVersion` of an object. */
  readonly isMeta: boolean;
  /** Why a default is not allowed, or empty. */
  readonly noDefaults: string;
}

/** Returns the problems that the server would report, in its words, unordered. */
export function schemaProblems(schema: ServedSchema, path: string): string[] {
  const problems = rules(schema, path, { isMeta: false, noDefaults: "" }, true);
  if (isSet(schema, "nullable")) problems.push(`${path}.nullable: Forbidden: nullable cannot be true at the root`);
  return problems;
}

function rules(schema: ServedSchema, path: string, where: Where, isRoot: boolean): string[] {
  const problems = [...unsupported(schema, path, where), ...extensionRules(schema, path)];
  if (isSet(schema, "uniqueItems")) {
    const rule = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
    problems.push(`${path}.uniqueItems: Forbidden: ${rule}`);
  }
  problems.push(...additionalRules(schema, path, where));
  const isObject = isRoot || isSet(schema, "x-kubernetes-embedded-resource");
  for (const [name, inner] of namedSchemas(schema, "properties")) {
    const isMeta = isObject && ["metadata", "kind", "apiVersion"].includes(name);
    const noDefaults = isMeta && isRoot ? `in top-level ${name}` : where.noDefaults;
    problems.push(...rules(inner, propertyPath(path, name), { isMeta: where.isMeta || isMeta, noDefaults }, false));
  }
  for (const [inner, place] of nestedSchemas(schema, path)) problems.push(...rules(inner, place, where, false));
  return problems;
}

function nestedSchemas(schema: ServedSchema, path: string): [ServedSchema, string][] {
  const single = ["not", "items"].flatMap((key): [ServedSchema, string][] => {
    const inner = schemaIn(schema, key);
    return inner === undefined ? [] : [[inner, `${path}.${key}`]];
  });
  const listed = ["allOf", "oneOf", "anyOf", "items"].flatMap((key) =>
    schemasIn(schema, key).map((inner, index): [ServedSchema, string] => [inner, `${path}.${key}[${index}]`])
  );
  return [...single, ...listed];
}

function additionalRules(schema: ServedSchema, path: string, where: Where): string[] {
  const value = schema.additionalProperties, problems: string[] = [];
  if (value === undefined || value === null) return problems;
  if (isSet(schema, "properties") && value !== true) {
    const rule = "additionalProperties and properties are mutual exclusive";
    problems.push(`${path}.additionalProperties: Forbidden: ${rule}`);
  }
  if (!isMap(value)) return problems;
  const noDefaults = where.isMeta ? "inside additionalProperties applying to object metadata" : where.noDefaults;
  return [...problems, ...rules(value, `${path}.additionalProperties`, { ...where, noDefaults }, false)];
}

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];
/** Fields of JSON schemas that are not supported; those of the second list not even when empty. */
const UNSUPPORTED = ["id", "patternProperties", "definitions"];
const UNSUPPORTED_EMPTY = ["additionalItems", "dependencies", "$ref"];

function unsupported(schema: ServedSchema, path: string, { isMeta, noDefaults }: Where): string[] {
  const problems: string[] = [], type = textIn(schema, "type");
  if (type === "null") {
    problems.push(`${path}.type: Forbidden: type cannot be set to null, use nullable as an alternative`);
  }
  if (type !== "" && !TYPES.includes(type)) problems.push(notSupported(`${path}.type`, type, TYPES));
  if (noDefaults !== "" && (schema.default ?? undefined) !== undefined) {
    problems.push(`${path}.default: Forbidden: must not be set ${noDefaults}`);
  }
  const found = [
    ...UNSUPPORTED.filter((key) => isSet(schema, key)),
    ...UNSUPPORTED_EMPTY.filter((key) => (schema[key] ?? undefined) !== undefined),
  ];
  for (const key of found) problems.push(`${path}.${key}: Forbidden: ${key} is not supported`);
  if (isSet(schema, "$schema")) {
    problems.push(invalid(path, "", "OpenAPIV3Schema 'schema' is not supported"));
  }
  if (Array.isArray(schema.items) && schema.items.length > 0) {
    problems.push(`${path}.items: Forbidden: items must be a schema object and not an array`);
  }
  if (isMeta && isSet(schema, "x-kubernetes-embedded-resource")) {
    problems.push(`${path}.x-kubernetes-embedded-resource: Forbidden: must not be used inside of resource meta`);
  }
  return problems;
}

/** True if no part of a schema has a field that is not allowed in a structure. */
export function isBuildable(schema: ServedSchema): boolean {
  const isWhole = ![...UNSUPPORTED, ...UNSUPPORTED_EMPTY, "$schema"].some((key) => isSet(schema, key)) &&
    !(Array.isArray(schema.items) && schema.items.length > 0) &&
    schema["x-kubernetes-preserve-unknown-fields"] !== false;
  const inner = [
    ...namedSchemas(schema, "properties").map(([, each]) => each),
    ...nestedSchemas(schema, "").map(([each]) => each),
    schemaIn(schema, "additionalProperties") ?? {},
  ];
  return isWhole && inner.every((each) => Object.keys(each).length === 0 || isBuildable(each));
}

function notSupported(path: string, value: string, known: readonly string[]): string {
  return `${path}: Unsupported value: ${JSON.stringify(value)}: supported values: ${
    known.map((each) => JSON.stringify(each)).join(", ")
  }`;
}

const MAP_TYPE = "x-kubernetes-map-type", LIST_TYPE = "x-kubernetes-list-type", KEYS = "x-kubernetes-list-map-keys";

function extensionRules(schema: ServedSchema, path: string): string[] {
  const problems: string[] = [], type = textIn(schema, "type");
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) {
    const place = `${path}.x-kubernetes-preserve-unknown-fields`;
    problems.push(`${place}: Invalid value: false: must be true or undefined`);
  }
  const typeMustBe = (wanted: string, because: string) => {
    if (type === wanted) return;
    const rule = `must be ${wanted} if ${because} is specified`;
    problems.push(type === "" ? `${path}.type: Required value: ${rule}` : invalid(`${path}.type`, type, rule));
  };
  const mapType = textIn(schema, MAP_TYPE), listType = textIn(schema, LIST_TYPE);
  if (mapType !== "") typeMustBe("object", MAP_TYPE);
  if (mapType !== "" && !["atomic", "granular"].includes(mapType)) {
    problems.push(notSupported(`${path}.${MAP_TYPE}`, mapType, ["atomic", "granular"]));
  }
  if (listType !== "") typeMustBe("array", LIST_TYPE);
  if (listType !== "" && !["atomic", "set", "map"].includes(listType)) {
    problems.push(notSupported(`${path}.${LIST_TYPE}`, listType, ["atomic", "set", "map"]));
  }
  return [...problems, ...setRules(schema, path, type, listType), ...listMapRules(schema, path, listType)];
}

/** Checks sets: their items are compared whole, so they must be atomic. */
function setRules(schema: ServedSchema, path: string, type: string, listType: string): string[] {
  const items = schemaIn(schema, "items");
  if (items === undefined || listType !== "set" || type !== "array") return [];
  const rule = "must be atomic as item of a list with x-kubernetes-list-type=set";
  const inner = textIn(items, LIST_TYPE);
  if (textIn(items, "type") === "array" && inner !== "" && inner !== "atomic") {
    return [invalid(`${path}.items.${LIST_TYPE}`, inner, rule)];
  }
  if (textIn(items, "type") === "object" && textIn(items, MAP_TYPE) !== "atomic") {
    return [`${path}.items.${MAP_TYPE}: Invalid value: null: ${rule}`];
  }
  return [];
}

/** Checks lists that are maps: their keys must exist and be scalars. */
function listMapRules(schema: ServedSchema, path: string, listType: string): string[] {
  const keys = listAt(schema, KEYS).map(String), problems: string[] = [];
  const items = schemaIn(schema, "items");
  if (keys.length > 0 && listType !== "map") {
    const rule = "must be map if x-kubernetes-list-map-keys is non-empty";
    const place = `${path}.${LIST_TYPE}`;
    problems.push(listType === "" ? `${place}: Required value: ${rule}` : invalid(place, listType, rule));
  }
  if (listType !== "map" && listType !== "set") return problems;
  if (items !== undefined && isSet(items, "nullable")) {
    problems.push(`${path}.items.nullable: Forbidden: cannot be nullable when ${LIST_TYPE} is ${listType}`);
  }
  if (listType !== "map") return problems;
  if (keys.length === 0) {
    problems.push(`${path}.${KEYS}: Required value: must not be empty if x-kubernetes-list-type is map`);
  }
  if (isEmpty(schema.items) && !isMap(schema.items)) {
    problems.push(`${path}.items: Required value: must have a schema if x-kubernetes-list-type is map`);
  }
  if (items === undefined) return problems;
  const type = textIn(items, "type");
  if (type !== "object") {
    return [
      ...problems,
      invalid(`${path}.items.type`, type, "must be object if parent array's x-kubernetes-list-type is map"),
    ];
  }
  return [...problems, ...keyRules(items, keys, path)];
}

function keyRules(items: ServedSchema, keys: readonly string[], path: string): string[] {
  const problems: string[] = [];
  const properties = new Map(namedSchemas(items, "properties"));
  const required = listAt(items, "required");
  keys.forEach((key, index) => {
    const property = properties.get(key), place = propertyPath(`${path}.items`, key);
    if (keys.indexOf(key) < index) {
      problems.push(`${path}.${KEYS}: Invalid value: ${JSON.stringify(keys)}: must not contain duplicate entries`);
    }
    if (property === undefined) {
      const rule = "entries must all be names of item properties";
      problems.push(`${path}.${KEYS}: Invalid value: ${JSON.stringify(keys)}: ${rule}`);
      return;
    }
    const type = textIn(property, "type");
    if (type === "array" || type === "object") {
      problems.push(
        invalid(`${place}.type`, "object", "must be a scalar type if parent array's x-kubernetes-list-type is map"),
      );
    }
    const because = "this property is in x-kubernetes-list-map-keys, so it";
    if (!required.includes(key) && (property.default ?? undefined) === undefined) {
      problems.push(`${place}.default: Required value: ${because} must have a default or be a required property`);
    }
    if (isSet(property, "nullable")) problems.push(`${place}.nullable: Forbidden: ${because} cannot be nullable`);
  });
  return problems;
}
