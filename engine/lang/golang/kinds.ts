/**
 * Names of Go's types and kinds for our values.
 *
 * @module
 */
import { Complex, type GoKind, Int, MAP_TYPE, Slice, Struct } from "./value.ts";

/** Returns the type's name as `%T` prints it; nil is `<nil>`. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "float64";
    case "boolean":
      return "bool";
  }
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (value instanceof Int) return value.type;
  if (value instanceof Slice) return "[]" + value.elem;
  if (value instanceof Complex) return "complex128";
  if (value instanceof Struct) return value.goType;
  return (value as { [MAP_TYPE]?: string })[MAP_TYPE] ?? "map[string]interface {}";
}

/** Returns what Go's `reflect.Kind` says of the value. */
export function kindOf(value: unknown): GoKind {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "float64";
    case "boolean":
      return "bool";
  }
  if (value === null || value === undefined) return "invalid";
  if (Array.isArray(value) || value instanceof Slice) return "slice";
  if (value instanceof Int) return value.type as GoKind;
  if (value instanceof Complex) return "complex128";
  if (value instanceof Struct) return value.kind;
  return "map";
}

/** Named types of maps and numbers, and what they are underneath. */
const UNDERLYING: Readonly<Record<string, string>> = {
  "time.Duration": "int64",
  "time.Month": "int",
  "time.Weekday": "int",
  "chartutil.Values": "map[string]interface {}",
  "chartutil.Files": "map[string][]uint8",
  "chartutil.VersionSet": "map[string]interface {}",
};

/** Returns the type behind a named type: `map[string]interface {}` for `chartutil.Values`. */
export function underlyingType(type: string): string {
  return UNDERLYING[type] ?? type;
}

/** Returns the type of a map type's elements. */
export function elementType(type: string): string {
  return underlyingType(type).slice("map[string]".length);
}

/** True for values that stand for Go maps: objects that are none of the other kinds. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Slice) &&
    !(value instanceof Int) && !(value instanceof Struct) && !(value instanceof Complex);
}
