/**
 * Writes values as JSON text, as Go does.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import {
  bytesOf,
  compareBytes,
  Complex,
  formatValue,
  goInt,
  type GoMap,
  Int,
  isMap,
  NIL_MAP,
  Slice,
  Struct,
  typeName,
} from "../golang/mod.ts";
import { formatJsonNumber } from "./number.ts";

/** Key of a method that returns the value to write for an object in JSON and YAML. */
export const GO_JSON: unique symbol = Symbol("go.json");

const ESCAPED = /["\\<>&\x00-\x1f\u2028\u2029\ud800-\udfff]/;
const TO_ESCAPE = /["\\<>&\x00-\x1f\u2028\u2029]/g;
const SURROGATE = /[\ud800-\udfff]/;
const SHORT: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Returns a string as JSON text. */
export function encodeJsonString(text: string): string {
  if (!ESCAPED.test(text)) return `"${text}"`;
  const escaped = text.replace(
    TO_ESCAPE,
    (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  // Each half of a character becomes one escape, as each byte that is not UTF-8 does in Go.
  return `"${SURROGATE.test(escaped) ? escaped.replace(/\p{Surrogate}/gu, "\\ufffd") : escaped}"`;
}

/** A collection while it is walked: its keys, when it is a map, and its values. */
export interface Children {
  readonly keys: readonly string[] | undefined;
  readonly values: readonly unknown[];
}

/** Maps that stand for structs: their keys keep the order in which the fields are declared. */
const inOrder = new WeakSet<object>();

/** Go's `omitempty`: structs and pointers are never empty. */
function isOmitted(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === "") return true;
  if (value instanceof Int) return value.value === 0n;
  if (value instanceof Slice) return value.items.length === 0;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** A struct as JSON shows it: its own form, its number, or its exported fields under the names of their tags. */
function structForm(struct: Struct): unknown {
  const own = struct.json();
  if (own !== undefined) return own;
  if (struct.kind !== "struct" && struct.kind !== "ptr") return goInt(struct.integer, "int64");
  const fields: Record<string, unknown> = {};
  for (const { name, value, json = name, omitEmpty } of struct.fields()) {
    if (json === "-" || !/^\p{Lu}/u.test(name) || (omitEmpty && isOmitted(value))) continue;
    fields[json] = value;
  }
  inOrder.add(fields);
  return fields;
}

/** A value as it counts in JSON: what has a form of its own gives it, nil collections are `null`. */
export function jsonForm(value: unknown): unknown {
  let form = value;
  for (let i = 0; typeof form === "object" && form !== null && !Array.isArray(form); i++) {
    if (form instanceof Int) return form;
    if (form instanceof Struct) {
      form = structForm(form);
      continue;
    }
    if (form instanceof Slice) {
      if (form.isNil) return null;
      if (form.elem !== "uint8") return form.items;
      return btoa(Array.from(bytesOf(form), (byte) => String.fromCharCode(byte)).join(""));
    }
    if (form instanceof Complex) throw new YamlError("json: unsupported type: complex128");
    const method = (form as Record<symbol, unknown>)[GO_JSON];
    // The limit ends a method that returns its own object.
    if (typeof method !== "function" || i > 100) {
      return (form as GoMap)[NIL_MAP] ? null : form;
    }
    form = method.call(form);
  }
  if (form === undefined) return null;
  if (typeof form === "number" && !Number.isFinite(form)) {
    throw new YamlError(`json: unsupported value: ${formatValue(form)}`);
  }
  if (typeof form === "function" || typeof form === "symbol") {
    throw new YamlError(`json: unsupported type: ${typeof form === "function" ? "func()" : typeName(form)}`);
  }
  return form;
}

/** Returns the keys of a map in the order of JSON text. */
export function jsonKeys(map: object): string[] {
  const keys = Object.keys(map);
  return inOrder.has(map) ? keys : keys.sort(compareKeys);
}

function compareKeys(a: string, b: string): number {
  // UTF-16 and UTF-8 sort alike, except for characters beyond U+FFFF.
  if (SURROGATE.test(a) || SURROGATE.test(b)) return compareBytes(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function scalarText(form: unknown): string {
  switch (typeof form) {
    case "string":
      return encodeJsonString(form);
    case "number":
      return formatJsonNumber(form);
    case "object":
      return form === null ? "null" : String((form as Int).value);
    default:
      return String(form);
  }
}

interface Level {
  readonly keys: readonly string[] | undefined;
  readonly values: readonly unknown[];
  next: number;
}

/**
 * Returns a value as compact JSON text: keys sorted by bytes, those of structs in order of declaration, `<`, `>` and
 * `&` escaped.
 *
 * Takes all kinds of `engine/lang/golang`, ordinary objects, and objects with a
 * {@linkcode GO_JSON} method. Throws `YamlError` for what JSON cannot hold.
 */
export function encodeJson(value: unknown): string {
  const levels: Level[] = [];
  let out = "";
  let form = jsonForm(value);
  for (;;) {
    if (typeof form !== "object" || form === null || form instanceof Int) {
      out += scalarText(form);
    } else if (Array.isArray(form)) {
      levels.push({ keys: undefined, values: form, next: 0 });
      out += "[";
    } else {
      const map = form as GoMap;
      const keys = jsonKeys(map);
      levels.push({ keys, values: keys.map((key) => map[key]), next: 0 });
      out += "{";
    }
    let level = levels[levels.length - 1];
    while (level !== undefined && level.next === level.values.length) {
      out += level.keys === undefined ? "]" : "}";
      levels.pop();
      level = levels[levels.length - 1];
    }
    if (level === undefined) return out;
    if (level.next > 0) out += ",";
    if (level.keys !== undefined) out += encodeJsonString(level.keys[level.next] as string) + ":";
    form = jsonForm(level.values[level.next++]);
  }
}
