/**
 * Shared parts of creating and applying strategic merge patches: directives, and the order of merged lists.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { isObject, type JsonObject } from "./json.ts";

/** Directive for the object or list element that holds it. */
export const PATCH = "$patch";
/** Directive with the fields that stay; all others are removed. */
export const RETAIN_KEYS = "$retainKeys";
/** Directive `…/FIELD`: scalars to remove from a list. */
export const DELETE_FROM_LIST = "$deleteFromPrimitiveList/";
/** Directive `…/FIELD`: the resulting order of a list. */
export const SET_ORDER = "$setElementOrder/";

/** Returns an error of creating or applying a patch. */
export function patchError(message: string): SkegError {
  return new SkegError("kube", message);
}

/** Checks that every element is an object with the identifying field `key`. */
export function keyedItems(list: readonly unknown[], key: string): JsonObject[] {
  return list.map((item) => {
    if (!isObject(item)) {
      throw patchError(`expected a map in a list that merges by ${key}, but received ${goText(item)}`);
    }
    if (!Object.hasOwn(item, key)) throw patchError(`map: ${goText(item)} does not contain declared merge key: ${key}`);
    return item;
  });
}

/** Formats JSON data like Go's `%v`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (!isObject(value)) return String(value);
  return `map[${Object.keys(value).sort().map((key) => `${key}:${goText(value[key])}`).join(" ")}]`;
}

/** Returns an element's identity: its `key`, or for an empty `key` the scalar itself. */
export function identity(item: unknown, key: string): unknown {
  return key === "" ? item : isObject(item) ? item[key] : undefined;
}

/** Sorts elements by `order`; elements that are not in it come first, in their old order. */
export function inNamedOrder<T>(items: readonly T[], order: readonly unknown[], key: string): T[] {
  const rank = ranks(order, key);
  return items.toSorted((a, b) => (rank.get(identity(a, key)) ?? -1) - (rank.get(identity(b, key)) ?? -1));
}

/** Returns the position of the first element of each identity. */
export function ranks(order: readonly unknown[], key: string): Map<unknown, number> {
  const rank = new Map<unknown, number>();
  order.forEach((item, index) => {
    const id = identity(item, key);
    if (!rank.has(id)) rank.set(id, index);
  });
  return rank;
}

/**
 * Orders a merged list: elements that the patch names are in the patch's order; those that only the server
 * has keep their position relative to their former neighbours.
 */
export function mergeOrder<T>(
  merged: readonly T[],
  patchOrder: readonly unknown[],
  before: readonly unknown[],
  key: string,
): T[] {
  const named = ranks(patchOrder, key);
  const old = ranks(before, key);
  const fromPatch = inNamedOrder(merged.filter((item) => named.has(identity(item, key))), patchOrder, key);
  const others = inNamedOrder(merged.filter((item) => !named.has(identity(item, key))), before, key);
  const result: T[] = [];
  let next = 0;
  for (const item of others) {
    const place = old.get(identity(item, key));
    while (next < fromPatch.length) {
      const rival = old.get(identity(fromPatch[next], key));
      // An element of the server goes first only if both existed before, in this order.
      if (place !== undefined && rival !== undefined && place < rival) break;
      result.push(fromPatch[next] as T);
      next += 1;
    }
    result.push(item);
  }
  return [...result, ...fromPatch.slice(next)];
}
