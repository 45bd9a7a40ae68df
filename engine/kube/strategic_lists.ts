/**
 * What making and applying strategic merge patches share: directives, and the
 * order of merged lists.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { isObject, type JsonObject } from "./json.ts";

/** What to do with the object or list element that holds it. */
export const PATCH = "$patch";
/** The fields that stay; all others go. */
export const RETAIN_KEYS = "$retainKeys";
/** `…/FIELD`: scalars to take out of a list. */
export const DELETE_FROM_LIST = "$deleteFromPrimitiveList/";
/** `…/FIELD`: the order of a list afterwards. */
export const SET_ORDER = "$setElementOrder/";

/** An error of making or applying a patch. */
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

/** A value as Go's `%v` shows JSON data. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (!isObject(value)) return String(value);
  return `map[${Object.keys(value).sort().map((key) => `${key}:${goText(value[key])}`).join(" ")}]`;
}

/** What identifies an element: its `key`, or for an empty `key` the scalar itself. */
export function identity(item: unknown, key: string): unknown {
  return key === "" ? item : isObject(item) ? item[key] : undefined;
}

/** Elements in the order that `order` names them; elements that it does not name keep to the front, as they stood. */
export function inNamedOrder<T>(items: readonly T[], order: readonly unknown[], key: string): T[] {
  const rank = ranks(order, key);
  return items.toSorted((a, b) => (rank.get(identity(a, key)) ?? -1) - (rank.get(identity(b, key)) ?? -1));
}

/** Position of the first element of each identity. */
export function ranks(order: readonly unknown[], key: string): Map<unknown, number> {
  const rank = new Map<unknown, number>();
  order.forEach((item, index) => {
    const id = identity(item, key);
    if (!rank.has(id)) rank.set(id, index);
  });
  return rank;
}

/**
 * Orders a merged list: elements that the patch names stand in the patch's
 * order; those that only the server has keep their place relative to the
 * neighbours they had before.
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
      // An element of the server goes first only when both stood there before, in this order.
      if (place !== undefined && rival !== undefined && place < rival) break;
      result.push(fromPatch[next] as T);
      next += 1;
    }
    result.push(item);
  }
  return [...result, ...fromPatch.slice(next)];
}
