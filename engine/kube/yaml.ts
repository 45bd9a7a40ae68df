/**
 * YAML documents, as this room reads and quotes them.
 *
 * @module
 */
import { loadAll, YAML11_SCHEMA } from "js-yaml";

/** Returns the JSON data of one YAML document. */
export function decodeDocument(text: string): unknown {
  return loadAll(text, { schema: YAML11_SCHEMA })[0];
}

/** JSON on one line with sorted keys, as Kubernetes quotes objects in messages. */
export function compactJson(data: unknown): string {
  return JSON.stringify(data);
}
