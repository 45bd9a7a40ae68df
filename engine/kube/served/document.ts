/**
 * Documents that hold a list of objects.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import type { Mapped } from "./map.ts";
import { isMap } from "./plain.ts";

/**
 * Maps a decoded document: its object, or each item of a `kind: List` or `XList` document, lists in lists too.
 *
 * @param document Not changed.
 * @param map Maps one object, with its options; its errors are not caught.
 * @returns The same document when nothing changed.
 */
export function mapDocument(document: KubeObject, map: (object: KubeObject) => Mapped): Mapped {
  const items = itemsOf(document);
  if (items === undefined) return map(document);
  const mapped = items.map((item): Mapped =>
    isMap(item) ? mapDocument(item, map) : { object: item as KubeObject, changes: [] }
  );
  if (mapped.every(({ object }, index) => object === items[index])) return { object: document, changes: [] };
  return {
    object: { ...document, items: mapped.map(({ object }) => object) },
    changes: mapped.flatMap(({ changes }, index) => changes.map((change) => `items[${index}]: ${change}`)),
  };
}

/** Returns the items of a `List` or `XList`; `undefined` for other documents. */
export function itemsOf(document: KubeObject): readonly unknown[] | undefined {
  const { kind, items } = document;
  return typeof kind === "string" && kind.endsWith("List") && Array.isArray(items) ? items : undefined;
}
