/**
 * Checks that a schema is structural, as `apiextensions.k8s.io/v1` requires for new CustomResourceDefinitions.
 *
 * Source: Kubernetes 1.34, `apiextensions-apiserver/pkg/apiserver/schema/validation.go` and `complete.go`.
 *
 * @module
 */
import { isEqual } from "../plain.ts";
import { isSet, namedSchemas, propertyPath, schemaIn, schemasIn, type ServedSchema, textIn } from "./read.ts";

type Level = "root" | "item" | "field";

/** Returns the problems, in the API server's words, unordered. */
export function structuralProblems(schema: ServedSchema, path: string): string[] {
  return [...invariants(schema, "root", path), ...incomplete(schema, schema, path, path)];
}

function invariants(schema: ServedSchema, level: Level, path: string): string[] {
  const problems: string[] = [];
  const items = schemaIn(schema, "items");
  if (textIn(schema, "type") === "array" && items === undefined) {
    problems.push(`${path}.items: Required value: must be specified`);
  }
  if (items !== undefined) problems.push(...invariants(items, "item", `${path}.items`));
  for (const [name, inner] of namedSchemas(schema, "properties")) {
    problems.push(...invariants(inner, "field", propertyPath(path, name)));
  }
  problems.push(...additional(schema, level, path), ...extensions(schema, path));
  const isPattern = isIntOrString(schemasIn(schema, "anyOf"));
  const first = schemasIn(schema, "allOf")[0];
  const isFirstPattern = first !== undefined && isIntOrString(schemasIn(first, "anyOf"));
  problems.push(...valueRules(schema, isPattern, isFirstPattern, path));
  problems.push(...typeRules(schema, level, path), ...metadataRules(schema, level, path));
  if (
    isSet(schema, "x-kubernetes-embedded-resource") && !isSet(schema, "x-kubernetes-preserve-unknown-fields") &&
    namedSchemas(schema, "properties").length === 0
  ) {
    const rule =
      "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    problems.push(`${path}.properties: Required value: ${rule}`);
  }
  return problems;
}

function additional(schema: ServedSchema, level: Level, path: string): string[] {
  const value = schema.additionalProperties;
  if (value === undefined || value === null) return [];
  const inner = schemaIn(schema, "additionalProperties");
  const problems = inner === undefined ? [] : invariants(inner, "field", `${path}.additionalProperties`);
  if (level === "root") problems.push(`${path}.additionalProperties: Forbidden: must not be used at the root`);
  if (isSet(schema, "x-kubernetes-embedded-resource")) {
    const rule = "must not be used if x-kubernetes-embedded-resource is set";
    problems.push(`${path}.additionalProperties: Forbidden: ${rule}`);
  }
  return problems;
}

function extensions(schema: ServedSchema, path: string): string[] {
  if (!isSet(schema, "x-kubernetes-int-or-string")) return [];
  return ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"]
    .filter((key) => isSet(schema, key))
    .map((key) => `${path}.${key}: Invalid value: true: must be false if x-kubernetes-int-or-string is true`);
}

function typeRules(schema: ServedSchema, level: Level, path: string): string[] {
  const type = textIn(schema, "type"), problems: string[] = [];
  if (isSet(schema, "x-kubernetes-embedded-resource") && type !== "object") {
    const rule = "must be object if x-kubernetes-embedded-resource is true";
    problems.push(type === "" ? `${path}.type: Required value: ${rule}` : invalid(`${path}.type`, type, rule));
  } else if (
    type === "" && !isSet(schema, "x-kubernetes-int-or-string") &&
    !isSet(schema, "x-kubernetes-preserve-unknown-fields")
  ) {
    problems.push(`${path}.type: Required value: must not be empty ${EMPTY_TYPE[level]}`);
  }
  if (level === "root" && type !== "" && type !== "object") {
    problems.push(invalid(`${path}.type`, type, "must be object at the root"));
  }
  return problems;
}

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: "at the root",
  item: "for specified array items",
  field: "for specified object fields",
};

/** Checks `kind`, `apiVersion` and `metadata`, whose meaning is fixed. */
function metadataRules(schema: ServedSchema, level: Level, path: string): string[] {
  const isObject = level === "root" || isSet(schema, "x-kubernetes-embedded-resource");
  const properties = new Map(namedSchemas(schema, "properties")), problems: string[] = [];
  for (const name of ["kind", "apiVersion"]) {
    const type = textIn(properties.get(name) ?? {}, "type");
    if (isObject && properties.has(name) && type !== "string") {
      problems.push(invalid(`${propertyPath(path, name)}.type`, type, "must be string"));
    }
  }
  const metadata = properties.get("metadata");
  if (metadata === undefined) return problems;
  const place = propertyPath(path, "metadata");
  const type = textIn(metadata, "type");
  if (isObject && type !== "object") problems.push(invalid(`${place}.type`, type, "must be object"));
  if (level === "root" && !isPlainMetadata(metadata)) {
    const rule = "must not specify anything other than name and generateName, but metadata is implicitly specified";
    problems.push(`${place}: Forbidden: ${rule}`);
  }
  return problems;
}

/** True if the schema of metadata has only its type and schemas for names. */
function isPlainMetadata(metadata: ServedSchema): boolean {
  const names = namedSchemas(metadata, "properties").map(([name]) => name);
  if (!names.every((name) => name === "name" || name === "generateName")) return false;
  return Object.keys(metadata).every((key) =>
    ["type", "default", "properties", "example", "externalDocs"].includes(key) || !isSet(metadata, key)
  );
}

/** True for `anyOf: [{type: integer}, {type: string}]`, which is allowed in this form. */
function isIntOrString(anyOf: readonly ServedSchema[]): boolean {
  return isEqual(anyOf.map(withoutUnset), [{ type: "integer" }, { type: "string" }]);
}

function withoutUnset(schema: ServedSchema): ServedSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => isSet(schema, key)));
}

/** Checks the parts of a schema that only restrict values: they must not define structure. */
function valueRules(schema: ServedSchema, skipAnyOf: boolean, skipFirstAllOf: boolean, path: string): string[] {
  const problems: string[] = [];
  const nested = (key: string, isPattern: (index: number) => boolean) => {
    schemasIn(schema, key).forEach((inner, index) =>
      problems.push(...nestedRules(inner, isPattern(index), `${path}.${key}[${index}]`))
    );
  };
  if (!skipAnyOf) nested("anyOf", () => false);
  nested("allOf", (index) => skipFirstAllOf && index === 0);
  nested("oneOf", () => false);
  const not = schemaIn(schema, "not");
  if (not !== undefined) problems.push(...nestedRules(not, false, `${path}.not`));
  return problems;
}

/** Fields that a nested schema must not have, and the server's message. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ["type", "must be empty to be structural"],
  ["default", "must be undefined to be structural"],
  ["title", "must be empty to be structural"],
  ["description", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
  ["x-kubernetes-preserve-unknown-fields", "must be false to be structural"],
  ["x-kubernetes-embedded-resource", "must be false to be structural"],
  ["x-kubernetes-int-or-string", "must be false to be structural"],
  ["x-kubernetes-list-map-keys", "must be empty to be structural"],
  ["x-kubernetes-list-type", "must be undefined to be structural"],
  ["x-kubernetes-map-type", "must be undefined to be structural"],
  ["x-kubernetes-validations", "must be empty to be structural"],
];
/** Fields that only null marks as absent. */
const POINTERS = ["default", "x-kubernetes-list-type", "x-kubernetes-map-type"];

function nestedRules(schema: ServedSchema, skipAnyOf: boolean, path: string): string[] {
  const problems = valueRules(schema, skipAnyOf, false, path);
  const items = schemaIn(schema, "items");
  if (items !== undefined) problems.push(...nestedRules(items, false, `${path}.items`));
  for (const [name, inner] of namedSchemas(schema, "properties")) {
    problems.push(...nestedRules(inner, false, propertyPath(path, name)));
    if (name !== "metadata") continue;
    problems.push(`${propertyPath(path, name)}: Forbidden: must not be specified in a nested context`);
  }
  for (const [key, rule] of FORBIDDEN) {
    const isThere = POINTERS.includes(key) ? (schema[key] ?? undefined) !== undefined : isSet(schema, key);
    if (isThere) problems.push(`${path}.${key}: Forbidden: ${rule}`);
  }
  const inner = schema.additionalProperties;
  if (inner !== undefined && inner !== null && inner !== false) {
    problems.push(`${path}.additionalProperties: Forbidden: must be undefined to be structural`);
  }
  return problems;
}

/** Returns problems of fields that are restricted but not specified in the structure. */
function incomplete(values: ServedSchema, structure: ServedSchema, at: string, from: string): string[] {
  const problems: string[] = [];
  const not = schemaIn(values, "not");
  if (not !== undefined) problems.push(...incompleteNested(not, structure, at, `${from}.not`));
  for (const key of ["allOf", "anyOf", "oneOf"]) {
    schemasIn(values, key).forEach((inner, index) =>
      problems.push(...incompleteNested(inner, structure, at, `${from}.${key}[${index}]`))
    );
  }
  return problems;
}

function incompleteNested(
  values: ServedSchema,
  structure: ServedSchema | undefined,
  at: string,
  from: string,
): string[] {
  if (structure === undefined) return [`${at}: Required value: because it is defined in ${from}`];
  const problems = incomplete(values, structure, at, from);
  const items = schemaIn(values, "items");
  if (items !== undefined) {
    problems.push(...incompleteNested(items, schemaIn(structure, "items"), `${at}.items`, `${from}.items`));
  }
  const properties = new Map(namedSchemas(structure, "properties"));
  for (const [name, inner] of namedSchemas(values, "properties")) {
    problems.push(
      ...incompleteNested(inner, properties.get(name), propertyPath(at, name), propertyPath(from, name)),
    );
  }
  return problems;
}

/** Returns `path: Invalid value: "x": rule`. */
export function invalid(path: string, value: string, rule: string): string {
  return `${path}: Invalid value: ${JSON.stringify(value)}: ${rule}`;
}
