/**
 * Finds lists with elements that a strategic merge patch cannot distinguish: two elements with one key, such
 * as the ports 53/TCP and 53/UDP of a Service.
 *
 * @module
 */
import { asText, isObject, type JsonObject } from "./json.ts";
import type { MergeSchema } from "./merge_schema.ts";
import { goText } from "./strategic_lists.ts";

/**
 * Returns the places in `object` where two elements of a merged list have the
 * same key, such as `spec.ports: two elements with port 53`.
 */
export function doubledKeys(object: JsonObject, schema: MergeSchema, path = ""): string[] {
  return Object.entries(object).flatMap(([field, value]) => {
    const { merge, key, inner } = schema.field(field);
    const place = path === "" ? field : `${path}.${field}`;
    if (isObject(value)) return doubledKeys(value, inner, place);
    if (!Array.isArray(value) || !merge || key === "") return [];
    const items = value.filter(isObject);
    const seen = new Set<unknown>();
    const doubled = new Set(items.map((item) => item[key]).filter((id) => seen.has(id) || !seen.add(id)));
    return [
      ...[...doubled].map((id) => `${place}: two elements with ${key} ${goText(id)}`),
      ...items.flatMap((item, index) => doubledKeys(item, inner, `${place}[${asText(item.name) || index}]`)),
    ];
  });
}
