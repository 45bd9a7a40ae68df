/**
 * Text of values → map, and copies of maps.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import type { Values } from "../../model/mod.ts";
import { fromBytes, type GoMap, Int, isMap, newMap, NIL_MAP, Slice } from "../../lang/golang/mod.ts";
import { decodeYaml } from "../../lang/yaml/mod.ts";

/** Go's name of the type that a `-f` file is read into. */
export const FILE_TYPE = "map[string]interface {}";
/** Maps and lists within each other. */
export const DEPTH_MAX = 1_000;
/** Go's name of the type that a chart's values are read into. */
export const VALUES_TYPE = "chartutil.Values";

/**
 * Reads the text of values. An empty document is an empty map.
 *
 * @param type Go's name of the wanted type, for messages.
 * @throws kind `yaml`, with the messages of Go's library, and for what is nested beyond {@linkcode DEPTH_MAX}.
 */
export function parseValues(text: string, type: string = VALUES_TYPE): Values {
  const value = decodeYaml(text);
  if (value === null || value === undefined) return newMap();
  checkDepth(value);
  if (isMap(value)) return value;
  throw new YamlError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${
      jsonType(value)
    } into Go value of type ${type}`,
  );
}

/** Refuses what is nested so deeply that merging it would run out of stack; no chart comes near. */
function checkDepth(value: unknown, depth = 0): void {
  if (depth > DEPTH_MAX) throw new YamlError(`values are nested deeper than ${DEPTH_MAX} levels`);
  if (typeof value !== "object" || value === null) return;
  // Maps that were read have no prototype, so what `in` gives are their own keys; of lists it would give texts.
  if (Array.isArray(value)) value.forEach((item) => checkDepth(item, depth + 1));
  else for (const key in value) checkDepth((value as GoMap)[key], depth + 1);
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/**
 * Returns a deep copy of values, in the shape that reading YAML gives: maps
 * without a prototype, numbers as float64. Takes plain objects of a script too.
 *
 * @throws kind `values` for what is no data, such as a function.
 */
export function copyValues(values: object): Values {
  return copyMap(values, 0);
}

function copyMap(values: object, depth: number): Values {
  if (depth > DEPTH_MAX) throw new SkegError("values", `values are nested deeper than ${DEPTH_MAX} levels`);
  const copy = newMap();
  for (const key of Object.keys(values)) copy[key] = copyValue((values as GoMap)[key], depth + 1);
  return copy;
}

function copyValue(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return Number(value);
    case "undefined":
      return null;
    case "object":
      break;
    default:
      throw new SkegError("values", `values cannot hold a ${typeof value}`);
  }
  if (value === null) return null;
  if (Array.isArray(value)) return copyList(value, depth);
  if (value instanceof Int) return Number(value.value);
  if (value instanceof Slice) return value.isNil ? null : copyList(value.items, depth);
  if (value instanceof Uint8Array) return fromBytes(value);
  return (value as GoMap)[NIL_MAP] ? null : copyMap(value, depth);
}

function copyList(list: readonly unknown[], depth: number): unknown[] {
  if (depth > DEPTH_MAX) throw new SkegError("values", `values are nested deeper than ${DEPTH_MAX} levels`);
  return list.map((item) => copyValue(item, depth + 1));
}
