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
import { isObject as isMap } from "../base/mod.ts";

export {
  asList as listOf,
  asObject as mapOf,
  asText as textOf,
  childOf as child,
  fieldAt as at,
  fillIn as fill,
  isObject as isMap,
  type JsonObject as Json,
  objectsOf as mapsOf,
} from "../base/mod.ts";

/** The number itself when it is one, else `otherwise`. */
export function numberOf(data: unknown, otherwise = 0): number {
  return typeof data === "number" ? data : otherwise;
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
