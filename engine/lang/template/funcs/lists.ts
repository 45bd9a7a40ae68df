/**
 * Template functions about lists. Exports `listFuncs`.
 *
 * Answers to sprig 2.22.0, `list.go`: lists of any element type are taken,
 * and new lists hold `interface {}`.
 *
 * @module
 */

import { Int, kindOf, Slice } from "../../golang/mod.ts";
import { appended, capacityOf, cutList, exactly, extended } from "./_capacity.ts";
import { define, defineVariadic } from "./_define.ts";
import { deepEqual, elementsOf, isEmpty, toInt64 } from "./_values.ts";
import { FuncError, type FuncTable } from "./func.ts";

/** Returns the elements, or throws what the function `verb` says about other kinds. */
function elements(list: unknown, complaint: (kind: string) => string): unknown[] {
  const items = elementsOf(list);
  if (items !== undefined) return items;
  if (list === null || list === undefined) {
    throw new FuncError("runtime error: invalid memory address or nil pointer dereference");
  }
  throw new FuncError(complaint(kindOf(list)));
}

function find(verb: string): (list: unknown) => unknown[] {
  return (list) => elements(list, (kind) => `Cannot find ${verb} on type ${kind}`);
}

const nilList = (): Slice => new Slice("interface {}", [], true);

const firstOf = find("first");
const lastOf = find("last");
const restOf = find("rest");
const initialOf = find("initial");
const reverseOf = find("reverse");
const uniqOf = find("uniq");
const withoutOf = find("without");
const hasOf = find("has");

function includes(items: readonly unknown[], wanted: unknown): boolean {
  return items.some((item) => deepEqual(wanted, item));
}

/** A text that only equal scalars share; `undefined` for what must be compared element by element. */
function identity(value: unknown): string | undefined {
  if (typeof value === "string") return `string ${value}`;
  if (value instanceof Int) return `${value.type} ${value.value}`;
  return typeof value === "boolean" ? String(value) : undefined;
}

function uniq(list: unknown): unknown[] {
  const found: unknown[] = [];
  // Comparing each with each takes quadratic time.
  const identities = new Set<string>();
  for (const item of uniqOf(list)) {
    const key = identity(item);
    if (key === undefined ? includes(found, item) : identities.has(key)) continue;
    if (key !== undefined) identities.add(key);
    found.push(item);
  }
  return found;
}

/** Helm 2: a part shares the list's elements, and may reach into the room behind its end. */
function slice(list: unknown, indices: readonly unknown[]): unknown {
  const length = elements(list, (kind) => `list should be type of slice or array but ${kind}`).length;
  if (length === 0) return null;
  const start = indices.length > 0 ? toInt64(indices[0]) : 0n;
  const end = indices.length > 1 ? toInt64(indices[1]) : BigInt(length);
  const whole = list as unknown[] | Slice;
  if (start < 0n || end < start || end > BigInt(capacityOf(whole))) {
    throw new FuncError("reflect.Value.Slice: slice index out of bounds");
  }
  return cutList(whole, Number(start), Number(end));
}

const push = define(
  ["interface {}", "interface {}"],
  (list, value) => extended([...elements(list, (kind) => `Cannot push on type ${kind}`), value], 1),
);

const list = defineVariadic([], "interface {}", (_, values) => exactly(values));

/** Functions about lists, by name. */
export const listFuncs: FuncTable = {
  list,
  tuple: list,
  append: push,
  push,
  prepend: define(["interface {}", "interface {}"], (all, value) => {
    const items = elements(all, (kind) => `Cannot prepend on type ${kind}`);
    return extended([value, ...items], items.length);
  }),
  first: define(["interface {}"], (all) => firstOf(all)[0] ?? null),
  last: define(["interface {}"], (all) => lastOf(all).at(-1) ?? null),
  rest: define(["interface {}"], (all) => {
    const items = restOf(all);
    return items.length === 0 ? nilList() : exactly(items.slice(1));
  }),
  initial: define(["interface {}"], (all) => {
    const items = initialOf(all);
    return items.length === 0 ? nilList() : exactly(items.slice(0, -1));
  }),
  reverse: define(["interface {}"], (all) => exactly(reverseOf(all).toReversed())),
  uniq: define(["interface {}"], (all) => appended(uniq(all))),
  without: defineVariadic(
    ["interface {}"],
    "interface {}",
    ([all], unwanted) => appended(withoutOf(all).filter((item) => !includes(unwanted, item))),
  ),
  has: define(
    ["interface {}", "interface {}"],
    (wanted, all) => all === null || all === undefined ? false : includes(hasOf(all), wanted),
  ),
  compact: define(
    ["interface {}"],
    (all) => appended(elements(all, (kind) => `Cannot compact on type ${kind}`).filter((item) => !isEmpty(item))),
  ),
  slice: defineVariadic(["interface {}"], "interface {}", ([all], indices) => slice(all, indices)),
  concat: defineVariadic([], "interface {}", (_, lists) => {
    const all = lists.flatMap((one) => elements(one, (kind) => `Cannot concat type ${kind} as list`));
    return all.length === 0 ? nilList() : appended(all);
  }),
};
