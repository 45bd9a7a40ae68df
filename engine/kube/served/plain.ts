/**
 * Helpers for plain JSON data: maps with any prototype, lists, scalars, `bigint`.
 *
 * Only own keys count, so `__proto__` and `constructor` are keys like others.
 *
 * @module
 */

/** A JSON map. */
export type JsonMap = Record<string, unknown>;

/** True for a map: an object that is neither a list nor a class instance. */
export function isMap(value: unknown): value is JsonMap {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Returns an own field, or `undefined`. `null` counts as absent, as the API server reads it. */
export function fieldOf(map: JsonMap, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] ?? undefined : undefined;
}

/** Returns the value at a path of keys; `undefined` if a part is absent or not a map. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (!isMap(found)) return undefined;
    found = fieldOf(found, key);
  }
  return found ?? undefined;
}

/** Returns the map at a path of keys, or an empty one. */
export function mapAt(value: unknown, ...keys: readonly string[]): JsonMap {
  const found = at(value, ...keys);
  return isMap(found) ? found : {};
}

/** Returns the list at a path of keys, or an empty one. */
export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

/** Returns the text at a path of keys, or an empty one. */
export function textAt(value: unknown, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === "string" ? found : "";
}

/** Sets an own field, even one called `__proto__`. */
export function setField(map: JsonMap, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else map[key] = value;
}

/** Returns a deep copy; maps keep their prototype, scalars and other objects are shared. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (!isMap(value)) return value;
  const copy: JsonMap = Object.create(Object.getPrototypeOf(value));
  for (const key of Object.keys(value)) setField(copy, key, copyOf(value[key]));
  return copy as T;
}

/** True if two values are equal; key order and prototypes do not count. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]));
  if (!isMap(a) || !isMap(b)) return isSameNumber(a, b);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}

/** Compares numbers, which may be `number` or `bigint`; -0 equals 0. */
function isSameNumber(a: unknown, b: unknown): boolean {
  const isNumber = (value: unknown) => typeof value === "number" || typeof value === "bigint";
  // deno-lint-ignore eqeqeq -- 1n == 1
  return isNumber(a) && isNumber(b) && a == b;
}

/** True for values that the API server treats as absent: `null`, an empty map, list or text. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** Returns a value on one line, for messages: JSON without quotes around keys and plain words. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (isMap(value)) return `{${Object.keys(value).map((key) => `${key}: ${show(value[key])}`).join(", ")}}`;
  if (typeof value === "string") return /^[\w./%@*-]+$/.test(value) ? value : JSON.stringify(value);
  return String(value);
}

/** Returns the name of a value's shape, for messages. */
export function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isMap(value)) return "a map";
  return typeof value === "string" ? "text" : typeof value === "boolean" ? "a boolean" : "a number";
}
