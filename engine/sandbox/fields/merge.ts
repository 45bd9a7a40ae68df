/**
 * Merges applied data into an object, and takes fields out of it.
 *
 * Source: `sigs.k8s.io/structured-merge-diff/v6`, `typed/merge.go` and `typed/remove.go`.
 *
 * @module
 */
import { copy, isEmpty, isMap, type Json } from "../json.ts";
import { isPiece, stepOf } from "./compare.ts";
import { type FieldSet, has, inside, isEmptySet } from "./set.ts";
import type { Shape } from "./shape.ts";

/** Returns `live` with `applied` merged in. */
export function merge(live: unknown, applied: unknown, shape: Shape): unknown {
  if (applied === undefined) return live;
  if (live === undefined || isPiece(applied, shape) || isEmpty(applied) && isEmpty(live)) return copy(applied);
  if (Array.isArray(applied)) return Array.isArray(live) ? mergeLists(live, applied, shape) : copy(applied);
  if (!isMap(applied) || !isMap(live)) return copy(applied);
  const merged: Json = { ...live };
  for (const [name, item] of Object.entries(applied)) merged[name] = merge(live[name], item, shape.field(name));
  return merged;
}

/**
 * Merges two lists whose items have steps. Items of both follow the order of the applied list;
 * those of the live list alone stay before the next item that both have.
 */
function mergeLists(live: readonly unknown[], applied: readonly unknown[], shape: Shape): unknown[] {
  const [left, right] = [live.map((item) => stepOf(item, shape)), applied.map((item) => stepOf(item, shape))];
  const [inLeft, inRight] = [new Set(left), new Set(right)];
  const shared = right.filter((step) => inLeft.has(step));
  const merged: unknown[] = [];
  const done = new Set<string>();
  const take = (r: number): void => {
    const step = right[r] ?? "";
    done.add(step);
    // Of duplicates in the live list none is merged: it cannot be said which one is meant.
    const own = left.filter((each) => each === step).length === 1 ? live[left.indexOf(step)] : undefined;
    merged.push(merge(own, applied[r], shape.items()));
    if (shared[0] === step) shared.shift();
  };
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const step = left[l];
    if (step !== undefined && r < right.length) {
      if (step === right[r]) {
        take(r++);
        l++;
        continue;
      }
      // An item of both whose turn has not come: it is taken with the applied list.
      if (inRight.has(step) && shared.length > 0 && shared[0] !== step) {
        l++;
        continue;
      }
    }
    if (step !== undefined) {
      if (!inRight.has(step)) {
        merged.push(live[l++]);
        continue;
      }
      if (done.has(step)) l++;
    }
    if (r < right.length) take(r++);
  }
  return merged;
}

/** Returns `value` without the fields of `set`; `undefined` when a list or map has nothing left. */
export function removeFields(value: unknown, set: FieldSet, shape: Shape): unknown {
  if (Array.isArray(value)) {
    if (value.length === 0 || shape.list === "atomic") return undefined;
    const left = value.flatMap((item) => {
      const step = stepOf(item, shape);
      if (has(set, step)) return [];
      const below = inside(set, step);
      return [isEmptySet(below) ? item : removeFields(item, below, shape.items())];
    });
    return left.length === 0 ? undefined : left;
  }
  if (!isMap(value)) return value;
  if (Object.keys(value).length === 0 || shape.atomic) return undefined;
  const left: Json = {};
  for (const [name, item] of Object.entries(value)) {
    const step = `f:${name}`;
    if (has(set, step)) continue;
    const below = inside(set, step);
    const rest = isEmptySet(below) ? item : removeFields(item, below, shape.field(name));
    // A map or list that lost its last field is null in Go, and left out in JSON.
    if (rest !== undefined) left[name] = rest;
  }
  return Object.keys(left).length === 0 ? undefined : left;
}
