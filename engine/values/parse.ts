/**
 * Text of values → map, and copies of maps.
 *
 * @module
 */
import { SkegError, YamlError } from "../../errors.ts";
import type { Values } from "../../model/mod.ts";
import { fromBytes, Int, isMap, newMap, Slice } from "../golang/mod.ts";
import { decodeYaml } from "../yaml/mod.ts";

/** Go's name of the type that a `-f` file is read into. */
export const FILE_TYPE = "map[string]interface {}";
/** Go's name of the type that a chart's values are read into. */
export const VALUES_TYPE = "chartutil.Values";

/**
 * Reads the text of values. An empty document is an empty map.
 *
 * @param type Go's name of the wanted type, for messages.
 * @throws kind `yaml`, with the messages of Go's library.
 */
export function parseValues(text: string, type: string = VALUES_TYPE): Values {
  const value = decodeYaml(text);
  if (value === null || value === undefined) return newMap();
  if (isMap(value)) return value;
  throw new YamlError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${
      jsonType(value)
    } into Go value of type ${type}`,
  );
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
  const copy = newMap();
  for (const [key, value] of Object.entries(values)) copy[key] = copyValue(value);
  return copy;
}

function copyValue(value: unknown): unknown {
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
  if (Array.isArray(value)) return value.map(copyValue);
  if (value instanceof Int) return Number(value.value);
  if (value instanceof Slice) return value.isNil ? null : value.items.map(copyValue);
  if (value instanceof Uint8Array) return fromBytes(value);
  return copyValues(value);
}
