/**
 * Text of values → map, and copies of maps.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import type { Values } from "../../model/mod.ts";
import { fromBytes, type GoMap, Int, isMap, newMap, NIL_MAP, Slice } from "../../lang/golang/mod.ts";
import { decodeYaml } from "../../lang/yaml/mod.ts";

/** Go type of a `-f` file, for messages. */
export const FILE_TYPE = "map[string]interface {}";
/** Maximal nesting of maps and lists. */
export const DEPTH_MAX = 1_000;
/** Go type of a chart's values, for messages. */
export const VALUES_TYPE = "chartutil.Values";

/**
 * Returns the values in a text. An empty document gives an empty map.
 *
 * @param type Go's name of the wanted type, for messages.
 * @throws kind `yaml`, with the messages of Go's library, and for values nested deeper than {@linkcode DEPTH_MAX}.
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

/** Throws for values that are nested so deeply that merging them would overflow the stack. No real chart is near it. */
function checkDepth(value: unknown, depth = 0): void {
  if (depth > DEPTH_MAX) throw new YamlError(`values are nested deeper than ${DEPTH_MAX} levels`);
  if (typeof value !== "object" || value === null) return;
  // Parsed maps have no prototype, so `for … in` gives own keys only. For lists it would give indexes as texts.
  if (Array.isArray(value)) value.forEach((item) => checkDepth(item, depth + 1));
  else for (const key in value) checkDepth((value as GoMap)[key], depth + 1);
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/**
 * Returns a deep copy of values, in the form of parsed YAML: maps
 * without a prototype, numbers as float64. Also accepts plain objects.
 *
 * @throws kind `values` for anything but data, such as a function.
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
