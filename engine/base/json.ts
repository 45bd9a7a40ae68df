/**
 * Reads JSON data whose shape is not known.
 *
 * @module
 */

/** A JSON object. */
export type JsonObject = Record<string, unknown>;

/** True for a JSON object: not null, not a list. */
export function isObject(data: unknown): data is JsonObject {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

/** Returns `data` if it is an object, else an empty one: for reading fields that may be absent. */
export function asObject(data: unknown): JsonObject {
  return isObject(data) ? data : {};
}

/** Returns `data` if it is a list, else an empty one. */
export function asList(data: unknown): unknown[] {
  return Array.isArray(data) ? data : [];
}

/** Returns `data` if it is a string, else an empty one. */
export function asText(data: unknown): string {
  return typeof data === "string" ? data : "";
}

/** Returns `data` if it is a number, else `undefined`. */
export function asCount(data: unknown): number | undefined {
  return typeof data === "number" ? data : undefined;
}

/** The text of a string, a number or a truth value; empty for null; `undefined` for lists and objects. */
export function scalarText(data: unknown): string | undefined {
  if (data === null || data === undefined) return "";
  return typeof data === "object" ? undefined : String(data);
}

/** True when two JSON values are the same data, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

/** Copies JSON data deeply. Objects of the copy have a `null` prototype, so that any key is safe. */
export function copyJson<T>(data: T): T {
  if (Array.isArray(data)) return data.map((item) => copyJson(item)) as T;
  if (!isObject(data)) return data;
  const copy: JsonObject = Object.create(null);
  for (const [key, value] of Object.entries(data)) copy[key] = copyJson(value);
  return copy as T;
}
