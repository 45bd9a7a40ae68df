/**
 * Readers for JSON data of unknown shape, and small helpers for it.
 *
 * A reader returns an empty value where the data has another shape. Decoding has refused wrong
 * shapes before, so rules and controllers need no checks of their types.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** A JSON object. */
export type Json = Record<string, unknown>;

/** True for a JSON object: not null, not a list. */
export function isMap(data: unknown): data is Json {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

/** Returns the object itself when it is one, else a new empty one, which is not part of the data. */
export function mapOf(data: unknown): Json {
  return isMap(data) ? data : {};
}

/** The list itself when it is one, else an empty one. */
export function listOf(data: unknown): unknown[] {
  return Array.isArray(data) ? data : [];
}

/** The list's elements that are objects; an absent list is empty. */
export function mapsOf(data: unknown): Json[] {
  return Array.isArray(data) ? data.filter(isMap) : [];
}

/** The text itself when it is a string, else an empty one. */
export function textOf(data: unknown): string {
  return typeof data === "string" ? data : "";
}

/** The number itself when it is one, else `otherwise`. */
export function numberOf(data: unknown, otherwise = 0): number {
  return typeof data === "number" ? data : otherwise;
}

/** The value under a path of keys, such as `at(pod, "spec", "nodeName")`; `undefined` when a step is missing. */
export function at(data: unknown, ...path: string[]): unknown {
  let value = data;
  for (const key of path) {
    if (!isMap(value)) return undefined;
    value = value[key];
  }
  return value;
}

/** The object under `key`, made when there is none. */
export function child(data: Json, key: string): Json {
  const value = data[key];
  if (isMap(value)) return value;
  const made: Json = {};
  data[key] = made;
  return made;
}

/** Sets `key` where it is absent or null. */
export function fill(data: Json, key: string, value: unknown): void {
  if (data[key] === undefined || data[key] === null) data[key] = value;
}

/** A deep copy. */
export function copy<T>(data: T): T {
  return structuredClone(data);
}

/** JSON text with sorted keys: equal data give equal text. */
export function canonical(data: unknown): string {
  return JSON.stringify(data, (_key, value) => {
    if (!isMap(value)) return value;
    const keys = Object.keys(value).sort();
    return Object.fromEntries(keys.map((key) => [key, value[key]]));
  });
}

/**
 * True when both are the same data, whatever the order of keys. Absent and null are the same, as
 * they are for Go.
 */
export function same(a: unknown, b: unknown): boolean {
  return a === b || canonical(a ?? null) === canonical(b ?? null);
}

/** True for what an empty Go value becomes: nothing, `{}`, `[]`, `""`, `0` and `false`. */
export function isEmpty(data: unknown): boolean {
  if (data === undefined || data === null || data === "" || data === 0 || data === false) return true;
  if (Array.isArray(data)) return data.length === 0;
  return isMap(data) && Object.keys(data).length === 0;
}

/** A short name for data, from the letters that Kubernetes uses in generated names. */
export function shortHash(data: unknown, length: number): string {
  const digest = createHash("sha256").update(canonical(data)).digest();
  return [...digest.subarray(0, length)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

// The letters of `apimachinery/pkg/util/rand`; `hash.ts` has them too. That some come up a little
// more often does not matter in names.
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** `length` random letters, as they end generated names. */
export function randomLetters(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return [...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

/** Bytes of text in UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
