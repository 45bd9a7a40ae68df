/**
 * Paths of fields: as parts, as JSON Pointers with keyed list items, and as text for people.
 *
 * @module
 */

/** An item of a list: found by the values of its identifying fields, or by its position. */
export interface ItemPart {
  /** Name of the identifying field; empty for the item of a list of scalars. */
  readonly key: string;
  /** Its value, as text. */
  readonly value: string;
}

/** One step of a path: a field's name, an item of a keyed list, or a position from 0. */
export type PathPart = string | number | ItemPart;

/** A field of an object, from its root. */
export type FieldPath = readonly PathPart[];

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

/**
 * Returns a JSON Pointer; items of keyed lists are `[key=value]`.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(pointerOf(["spec", "ports", { key: "port", value: "80" }, "name"]), "/spec/ports/[port=80]/name");
 * equal(pointerOf(["metadata", "labels", "a/b"]), "/metadata/labels/a~1b");
 * ```
 */
export function pointerOf(path: FieldPath): string {
  return path.map((part) => {
    if (typeof part !== "object") return `/${escaped(String(part))}`;
    return `/[${part.key === "" ? "" : `${part.key}=`}${escaped(part.value)}]`;
  }).join("");
}

/**
 * Returns a path as people read it.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(pathText("/spec/ports/[port=80]/name"), "spec.ports[80].name");
 * equal(pathText("/metadata/labels/app.kubernetes.io~1name"), 'metadata.labels["app.kubernetes.io/name"]');
 * ```
 */
export function pathText(pointer: string): string {
  let text = "";
  for (const part of pointer.split("/").slice(1)) {
    const plain = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const item = /^\[(?:([\w-]+)=)?(.*)\]$/s.exec(plain);
    if (item !== null) text += `[${item[2]}]`;
    else if (/^\d+$/.test(plain)) text += `[${plain}]`;
    else if (/^[\w-]+$/.test(plain)) text += text === "" ? plain : `.${plain}`;
    else text += `[${JSON.stringify(plain)}]`;
  }
  return text;
}

/** Returns the name of the last field of a path; items of lists have none of their own. */
export function fieldName(path: FieldPath): string {
  return String(path.findLast((part) => typeof part === "string") ?? "");
}
