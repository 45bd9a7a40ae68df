/**
 * JSON data with exact 64-bit integers.
 *
 * Kubernetes has 64-bit integers. Those that a `number` cannot hold exactly are read as `bigint`; all others
 * are numbers.
 *
 * @module
 */

import { checkJsonDepth, parseJson as parseText } from "../base/mod.ts";

/** `JSON.parse` with the third argument of the reviver, which TypeScript's library does not name yet. */
const parse = JSON.parse as (
  text: string,
  reviver?: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

/** Sixteen digits in a row, not part of a fraction: the only text that may hold an inexact integer. */
const LONG_INTEGER = /[^.\d]\d{16,}/;

/**
 * Returns the data of JSON text; integers beyond ±2^53 come as `bigint`.
 *
 * @throws SyntaxError when `text` is not JSON, or is nested too deeply.
 */
export function parseJson(text: string): unknown {
  checkJsonDepth(text);
  return LONG_INTEGER.test(text) ? parseText(text, exact) : parseText(text);
}

function exact(text: string): unknown {
  return parse(text, (_key, value, context) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = context.source ?? "";
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
}

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
