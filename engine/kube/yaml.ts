/**
 * Reads and writes YAML documents and JSON text.
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

/** Replaces exact integers by `bigint`; they are the only objects here with a prototype. */
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

/** Returns JSON on one line with sorted keys, as in Go; `bigint` as digits. */
export function stringifyJson(data: unknown): string {
  return encodeJson(data);
}

/** Returns one YAML document with sorted keys, as Go's client libraries write kubeconfigs. */
export function encodeDocument(data: unknown): string {
  return encodeYaml(decodeJson(encodeJson(data)));
}
