/**
 * Applies the OpenAPI schema of a custom resource: removes unknown fields, fills in defaults, and
 * reports invalid values.
 *
 * Source of the rules and their words: `apiextensions-apiserver` 0.34
 * (`pkg/apiserver/schema/pruning`, `defaulting`, `pkg/apiserver/validation`) and `kube-openapi`
 * (`pkg/validation`).
 *
 * @module
 */
import { loadRe2 } from "../base/mod.ts";
import { copy, isMap, type Json, listOf, mapOf, same, textOf } from "./json.ts";
import { type FieldError, invalidValue, notSupported, required, tooLong } from "./status.ts";

const PRESERVE = "x-kubernetes-preserve-unknown-fields";
const INT_OR_STRING = "x-kubernetes-int-or-string";
const EMBEDDED = "x-kubernetes-embedded-resource";
const OWN_FIELDS = ["apiVersion", "kind", "metadata"];

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Removes fields that the schema does not name; returns their paths. */
export function prune(value: unknown, schema: Json, path: string, isResource: boolean): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => prune(item, mapOf(schema["items"]), `${path}[${i}]`, false));
  }
  if (!isMap(value)) return [];
  const properties = mapOf(schema["properties"]);
  const more = schema["additionalProperties"];
  const resource = isResource || schema[EMBEDDED] === true;
  const unknown: string[] = [];
  for (const key of Object.keys(value)) {
    // A resource's metadata has the built-in type, which no CRD schema describes.
    if (resource && OWN_FIELDS.includes(key)) continue;
    const here = join(path, key);
    // Only fields without a schema are preserved. A field that has one is pruned even below
    // `x-kubernetes-preserve-unknown-fields`.
    if (isMap(properties[key])) unknown.push(...prune(value[key], mapOf(properties[key]), here, false));
    else if (isMap(more)) unknown.push(...prune(value[key], more, here, false));
    else if (more !== true && schema[PRESERVE] !== true) {
      delete value[key];
      unknown.push(here);
    }
  }
  return unknown;
}

/** Fills in defaults, and drops nulls of fields that are not nullable. */
export function fillDefaults(value: unknown, schema: Json): void {
  if (Array.isArray(value)) {
    for (const item of value) fillDefaults(item, mapOf(schema["items"]));
    return;
  }
  if (!isMap(value)) return;
  for (const [key, property] of Object.entries(mapOf(schema["properties"]))) {
    const own = mapOf(property);
    // The null goes first, so that the default takes its place.
    if (value[key] === null && own["nullable"] !== true) delete value[key];
    if (value[key] === undefined && own["default"] !== undefined) value[key] = copy(own["default"]);
    fillDefaults(value[key], own);
  }
  const more = schema["additionalProperties"];
  if (!isMap(more)) return;
  const named = mapOf(schema["properties"]);
  for (const [key, item] of Object.entries(value)) if (!(key in named)) fillDefaults(item, more);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function typeError(path: string, types: string, found: string): FieldError {
  // The server writes the type that it found twice: in place of the value, and at the end.
  const message = `Invalid value: ${JSON.stringify(found)}: ${path} in body must be of type ${types}: ` +
    JSON.stringify(found);
  return { field: path === "" ? "<nil>" : path, reason: "FieldValueTypeInvalid", message };
}

function tooMany(path: string, count: number, most: number): FieldError {
  const message = `Too many: ${count}: must have at most ${most} items`;
  return { field: path, reason: "FieldValueTooMany", message };
}

function checkType(value: unknown, schema: Json, path: string): FieldError | undefined {
  const found = typeName(value);
  if (schema[INT_OR_STRING] === true) {
    return ["integer", "string"].includes(found) ? undefined : typeError(path, "integer,string", found);
  }
  const wanted = textOf(schema["type"]);
  if (wanted === "" || wanted === found || (wanted === "number" && found === "integer")) return undefined;
  return typeError(path, wanted, found);
}

function checkNumber(value: number, schema: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  // `exclusiveMinimum` and `exclusiveMaximum` are flags here, as in OpenAPI 3.0 and not as in later
  // JSON Schema.
  const [low, high, step] = [schema["minimum"], schema["maximum"], schema["multipleOf"]];
  const fail = (words: string): void => {
    errors.push(invalidValue(path, value, `${path} in body should be ${words}`));
  };
  if (typeof low === "number") {
    if (schema["exclusiveMinimum"] === true ? value <= low : value < low) {
      fail(schema["exclusiveMinimum"] === true ? `greater than ${low}` : `greater than or equal to ${low}`);
    }
  }
  if (typeof high === "number") {
    if (schema["exclusiveMaximum"] === true ? value >= high : value > high) {
      fail(schema["exclusiveMaximum"] === true ? `less than ${high}` : `less than or equal to ${high}`);
    }
  }
  if (typeof step === "number" && step > 0 && !Number.isInteger(value / step)) fail(`a multiple of ${step}`);
  return errors;
}

/**
 * Formats that are checked; values of other formats are accepted. Source: `kube-openapi`,
 * `pkg/validation/strfmt`.
 */
const FORMATS: Record<string, RegExp> = {
  "date-time": /^\d{4}-\d\d-\d\d[tT ]\d\d:\d\d:\d\d(\.\d+)?([zZ]|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  duration: /^[+-]?(\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w))+$/,
  email: /^[^@\s]+@[^@\s]+$/,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  uuid: /^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$/,
  byte: /^[A-Za-z0-9+/]*={0,2}$/,
};

async function loadMatcher(): Promise<(pattern: string, text: string) => boolean> {
  const { RE2JS } = await loadRe2();
  return (pattern, text) => RE2JS.compile(pattern).matcher(text).find();
}

let matcher: ((pattern: string, text: string) => boolean) | undefined;

/** Loads what patterns need; call before {@linkcode checkSchema} when a schema has any. */
export async function preparePatterns(): Promise<void> {
  matcher ??= await loadMatcher();
}

function matches(pattern: string, text: string): boolean {
  try {
    // Patterns are RE2. The runtime's expressions are used only where the library was not loaded.
    return matcher === undefined ? new RegExp(pattern).test(text) : matcher(pattern, text);
  } catch {
    // The pattern cannot be compiled. A real server refuses such a CRD; here the pattern checks
    // nothing.
    return true;
  }
}

function checkString(value: string, schema: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  // Characters, not UTF-16 units: Go counts runes.
  const length = [...value].length;
  const [short, long, pattern] = [schema["minLength"], schema["maxLength"], schema["pattern"]];
  if (typeof long === "number" && length > long) errors.push(tooLong(path, long));
  if (typeof short === "number" && length < short) {
    errors.push(invalidValue(path, value, `${path} in body should be at least ${short} chars long`));
  }
  // The string validator returns at its first failure, so the pattern is tried only when the length
  // fits.
  if (errors.length === 0 && typeof pattern === "string" && !matches(pattern, value)) {
    errors.push(invalidValue(path, value, `${path} in body should match '${pattern}'`));
  }
  const format = textOf(schema["format"]);
  if (FORMATS[format]?.test(value) === false) {
    errors.push(invalidValue(path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`));
  }
  return errors;
}

function checkList(value: readonly unknown[], schema: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const [few, many] = [schema["minItems"], schema["maxItems"]];
  // Items first, counts after them: the order of kube-openapi's slice validator.
  if (isMap(schema["items"])) {
    const items = schema["items"];
    value.forEach((item, i) => errors.push(...checkSchema(item, items, `${path}[${i}]`)));
  }
  if (typeof few === "number" && value.length < few) {
    errors.push(invalidValue(path, value.length, `${path} in body should have at least ${few} items`));
  }
  if (typeof many === "number" && value.length > many) errors.push(tooMany(path, value.length, many));
  return errors;
}

function checkObject(value: Json, schema: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const properties = mapOf(schema["properties"]);
  const more = schema["additionalProperties"];
  for (const name of listOf(schema["required"]).map(textOf)) {
    if (value[name] === undefined) errors.push(required(join(path, name)));
  }
  for (const [key, item] of Object.entries(value)) {
    // The root's apiVersion, kind and metadata are checked elsewhere.
    if (path === "" && OWN_FIELDS.includes(key)) continue;
    if (isMap(properties[key])) errors.push(...checkSchema(item, mapOf(properties[key]), join(path, key)));
    else if (isMap(more)) errors.push(...checkSchema(item, more, join(path, key)));
  }
  const [few, many] = [schema["minProperties"], schema["maxProperties"]];
  const count = Object.keys(value).length;
  if (typeof few === "number" && count < few) {
    errors.push(invalidValue(path, count, `${path} in body should have at least ${few} properties`));
  }
  if (typeof many === "number" && count > many) errors.push(tooMany(path, count, many));
  return errors;
}

/**
 * Returns the error of a junctor. kube-openapi knows no field and no value for it, which is why
 * both are odd.
 */
function together(path: string, words: string): FieldError {
  return {
    field: "<nil>",
    reason: "FieldValueInvalid",
    message: `Invalid value: "": ${JSON.stringify(path)} ${words}`,
  };
}

/** `oneOf`, `anyOf`, `allOf` and `not`. */
function checkJunctors(value: unknown, schema: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const results = (key: string): FieldError[][] =>
    listOf(schema[key]).map((branch) => checkSchema(value, mapOf(branch), path));
  // The failures of one branch are reported with each junctor. kube-openapi picks the best match;
  // this takes the first.
  const one = results("oneOf");
  const valid = one.filter((found) => found.length === 0).length;
  if (one.length > 0 && valid === 0) {
    errors.push(together(path, "must validate one and only one schema (oneOf). Found none valid"), ...one[0] ?? []);
  } else if (valid > 1) {
    errors.push(together(path, `must validate one and only one schema (oneOf). Found ${valid} valid alternatives`));
  }
  const any = results("anyOf");
  if (any.length > 0 && any.every((found) => found.length > 0)) {
    errors.push(together(path, "must validate at least one schema (anyOf)"), ...any[0] ?? []);
  }
  for (const found of results("allOf")) errors.push(...found);
  if (isMap(schema["not"]) && checkSchema(value, schema["not"], path).length === 0) {
    errors.push(together(path, "must not validate the schema (not)"));
  }
  return errors;
}

/** Checks a value against a schema; returns all errors in the server's order. `path` is empty at the root. */
export function checkSchema(value: unknown, schema: Json, path: string): FieldError[] {
  if (value === null && schema["nullable"] === true) return [];
  const errors: FieldError[] = [];
  const wrong = checkType(value, schema, path);
  if (wrong !== undefined) errors.push(wrong);
  const allowed = schema["enum"];
  if (Array.isArray(allowed) && !allowed.some((item) => same(item, value))) {
    errors.push(notSupported(path, value, allowed.map(String)));
  }
  // A value of the wrong type is still compared with `enum`, and checked for nothing else.
  if (wrong !== undefined) return errors;
  if (typeof value === "number") errors.push(...checkNumber(value, schema, path));
  else if (typeof value === "string") errors.push(...checkString(value, schema, path));
  else if (Array.isArray(value)) errors.push(...checkList(value, schema, path));
  else if (isMap(value)) errors.push(...checkObject(value, schema, path));
  return [...errors, ...checkJunctors(value, schema, path)];
}
