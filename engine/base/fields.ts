/**
 * Reads and sets fields of JSON data whose shape is not known.
 *
 * @module
 */
import { isObject, type JsonObject } from "./json.ts";

/** Returns the value under a path of keys, such as `fieldAt(pod, "spec", "nodeName")`; `undefined` when a step is missing. */
export function fieldAt(data: unknown, ...path: string[]): unknown {
  let value = data;
  for (const key of path) {
    if (!isObject(value)) return undefined;
    value = value[key];
  }
  return value;
}

/** Returns the elements of a list that are objects; an absent list is empty. */
export function objectsOf(data: unknown): JsonObject[] {
  return Array.isArray(data) ? data.filter(isObject) : [];
}

/** Returns the object under `key`, and makes it when there is none. */
export function childOf(data: JsonObject, key: string): JsonObject {
  const value = data[key];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  data[key] = made;
  return made;
}

/** Sets `key` where it is absent or null. */
export function fillIn(data: JsonObject, key: string, value: unknown): void {
  if (data[key] === undefined || data[key] === null) data[key] = value;
}
