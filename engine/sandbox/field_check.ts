/**
 * Compares an object with its built-in type and returns every field that does not fit, where the API server stops at the first.
 *
 * @module
 */
import { DecodeError, decodeTyped } from "./decode.ts";
import { isMap } from "./json.ts";
import type { Schema, Type } from "./schema.ts";

/** A part of an object that the API server would refuse. */
export interface ObjectProblem {
  /** The field, from the top of the object: `["spec", "ports", 0, "port"]`. Empty: the object as a whole. */
  readonly path: readonly (string | number)[];
  /** Such as `unknown field` or `wants a number, found a text`. */
  readonly text: string;
}

type Path = readonly (string | number)[];

/** Returns the unknown and mistyped fields of a value, in the order of the type's and the value's fields. */
export function checkFields(schema: Schema, type: Type, value: unknown, path: Path = []): ObjectProblem[] {
  // Go leaves a field as it is when JSON says null.
  if (value === null || value === undefined) return [];
  switch (type.is) {
    case "pointer":
      return checkFields(schema, type.of, value, path);
    case "struct":
      if (!isMap(value)) return [mismatch(path, "a map", value)];
      return checkStruct(schema, type.key, value, path);
    case "list":
      if (!Array.isArray(value)) return [mismatch(path, "a list", value)];
      return value.flatMap((item, at) => checkFields(schema, type.of, item, [...path, at]));
    case "map":
      if (!isMap(value)) return [mismatch(path, "a map", value)];
      return Object.entries(value).flatMap(([key, item]) => checkFields(schema, type.of, item, [...path, key]));
    default:
      return checkScalar(schema, type, value, path);
  }
}

function checkStruct(schema: Schema, key: string, value: Record<string, unknown>, path: Path): ObjectProblem[] {
  const fields = schema.fields(key);
  // A struct without fields is read by its own code, such as RawExtension.
  if (fields.length === 0) return [];
  const byName = new Map(fields.map((field) => [field.name, field]));
  return Object.entries(value).flatMap(([name, part]) => {
    const field = byName.get(name);
    if (field !== undefined) return checkFields(schema, field.type, part, [...path, name]);
    return [{ path: [...path, name], text: `unknown field${suggestion(name, [...byName.keys()])}` }];
  });
}

const WANTED: Partial<Record<Type["is"], string>> = {
  string: "a text",
  bool: "true or false",
  int: "a whole number",
  float: "a number",
  bytes: "a text in base64",
  quantity: "a quantity, such as 500m or 1Gi",
  intOrString: "a whole number or a text",
  time: "a time, such as 2020-01-31T12:00:00Z",
  microTime: "a time, such as 2020-01-31T12:00:00.000000Z",
  duration: "a duration, such as 1h30m",
};

function checkScalar(schema: Schema, type: Type, value: unknown, path: Path): ObjectProblem[] {
  try {
    decodeTyped(schema, type, value);
    return [];
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return [mismatch(path, WANTED[type.is] ?? type.go, value)];
  }
}

function mismatch(path: Path, wanted: string, value: unknown): ObjectProblem {
  return { path, text: `wants ${wanted}, found ${shown(value)}` };
}

/** Shows the kind of a value, and numbers and booleans themselves; texts may be secret. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isMap(value)) return "a map";
  return typeof value === "string" ? "a text" : `${value}`;
}

/** Proposes the field whose name differs least. */
function suggestion(name: string, names: readonly string[]): string {
  const [best] = names.map((other) => ({ other, distance: distanceOf(name.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best === undefined || best.distance > Math.max(1, Math.floor(name.length / 4))
    ? ""
    : `; did you mean ${best.other}?`;
}

/** Levenshtein's distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
