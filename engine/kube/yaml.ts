/**
 * YAML documents and JSON text, as this room reads and writes them.
 *
 * @module
 */
import { decodeJson, decodeYaml, encodeJson, encodeYaml } from "../lang/yaml/mod.ts";
import type { JsonObject } from "./json.ts";

/**
 * Returns the JSON data of one YAML document; integers beyond ±2^53 come as `bigint`.
 *
 * @throws YamlError with the words of Helm 2's library.
 */
export function decodeDocument(text: string): unknown {
  return withBigInts(decodeYaml(text, { exactIntegers: true }));
}

/** Puts `bigint` in the place of exact integers, which are the only objects here with a prototype. */
function withBigInts(data: unknown): unknown {
  if (Array.isArray(data)) {
    data.forEach((item, index) => data[index] = withBigInts(item));
  } else if (typeof data === "object" && data !== null) {
    if (Object.getPrototypeOf(data) !== null) return (data as { value?: unknown }).value;
    const map = data as JsonObject;
    for (const key of Object.keys(map)) map[key] = withBigInts(map[key]);
  }
  return data;
}

/** JSON on one line with sorted keys, as Go writes it; `bigint` as digits. */
export function stringifyJson(data: unknown): string {
  return encodeJson(data);
}

/** One YAML document with sorted keys, as Go's client libraries write kubeconfigs. */
export function encodeDocument(data: unknown): string {
  return encodeYaml(decodeJson(encodeJson(data)));
}
