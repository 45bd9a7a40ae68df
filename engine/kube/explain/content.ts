/**
 * A digest of an object's content: two states of an object that mean the same have the same digest.
 *
 * @module
 */
import { sha256 } from "npm:@noble/hashes@2.4.0/sha2.js";
import { isObject, type JsonObject, type KubeObject, stringifyJson } from "../mod.ts";
import { type TypeFacts, typeFacts } from "./equal.ts";
import { isFilled } from "./fillers.ts";
import { normalObject } from "./normal.ts";
import type { FieldPath } from "./paths.ts";

/**
 * Returns the SHA-256, as hex, of an object without `status`, versions, times, managers, and the fields that controllers
 * fill in.
 */
export function contentDigest(object: KubeObject): string {
  const { apiVersion = "", kind = "" } = object;
  const content = withoutFilled(normalObject(object), [], typeFacts(apiVersion, kind));
  return sha256(new TextEncoder().encode(stringifyJson(content))).toHex();
}

function withoutFilled(value: unknown, path: FieldPath, facts: TypeFacts): unknown {
  if (Array.isArray(value)) return value.map((item, at) => withoutFilled(item, [...path, at], facts));
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [field, inner] of Object.entries(value)) {
    const inside = [...path, field];
    if (!isFilled(facts, inside)) kept[field] = withoutFilled(inner, inside, facts);
  }
  return kept;
}
