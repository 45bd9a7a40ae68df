/**
 * Reads data as sets of fields: all fields of an object, and the fields in which two objects differ.
 *
 * Source: `sigs.k8s.io/structured-merge-diff/v6`, `typed/compare.go` and `typed/tofieldset.go`.
 *
 * @module
 */
import { canonical, isEmpty, isMap, same } from "../json.ts";
import type { FieldSet } from "./set.ts";
import type { Shape } from "./shape.ts";

/** The fields in which two objects differ. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

/** A set that is being filled. */
type Growing = { [step: string]: Growing };

/**
 * Returns the step of a list item: `v:` and the value in a set, `k:` and the key fields in a list
 * with keys. The keys are sorted, as `fieldpath/serialize-pe.go` writes them.
 */
export function stepOf(item: unknown, shape: Shape): string {
  if (shape.list === "set") return `v:${JSON.stringify(item)}`;
  const fields = isMap(item) ? item : {};
  const pairs = shape.keys.map((key) => [key, fields[key] ?? shape.items().keyDefault(key)] as const);
  return `k:${canonical(Object.fromEntries(pairs.filter(([, value]) => value !== undefined)))}`;
}

/** True if a value is one field, whatever it holds. */
export function isPiece(value: unknown, shape: Shape): boolean {
  if (Array.isArray(value)) return shape.list === "atomic";
  return !isMap(value) || shape.atomic;
}

function insert(set: Growing, path: readonly string[]): void {
  let at = set;
  for (const step of path) {
    // A value that got inner fields after it was inserted needs the mark that says so.
    at = at[step] ??= {};
  }
  at["."] = {};
}

/** Removes the mark of the value itself where it stands alone: a value without inner fields needs none. */
function settled(set: Growing): FieldSet {
  return Object.fromEntries(
    Object.entries(set).filter(([step]) => step !== ".").map(([step, inner]) => {
      const below = settled(inner);
      const marked = "." in inner && Object.keys(below).length > 0;
      return [step, marked ? { ".": {}, ...below } : below];
    }),
  );
}

/** Groups the items of a list by their step. More than one item under a step is a duplicate. */
function byStep(list: unknown, shape: Shape): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  if (!Array.isArray(list)) return groups;
  for (const item of list) {
    const step = stepOf(item, shape);
    const group = groups.get(step);
    if (group === undefined) groups.set(step, [item]);
    else group.push(item);
  }
  return groups;
}

/** Collects what differs between two objects. */
class Comparer {
  readonly removed: Growing = {};
  readonly modified: Growing = {};
  readonly added: Growing = {};

  /** Compares two values; `undefined` means that there is none. */
  compare(left: unknown, right: unknown, shape: Shape, path: readonly string[]): void {
    const kinds = [left, right].filter((value) => value !== undefined && value !== null)
      .map((value) => Array.isArray(value) ? "list" : isMap(value) ? "map" : "scalar");
    // A value that became one of another kind is changed as a piece, and its fields are compared as
    // those of nothing.
    if (kinds.length === 2 && kinds[0] !== kinds[1]) {
      insert(this.modified, path);
      this.#fields(isMap(left) || Array.isArray(left) ? left : undefined, undefined, shape, path);
      this.#fields(undefined, isMap(right) || Array.isArray(right) ? right : undefined, shape, path);
      return;
    }
    const whole = left ?? right;
    // Two empty values are a piece: absent, null and empty are told apart.
    if (isPiece(whole, shape) || (isEmpty(left) && isEmpty(right))) {
      if (left === undefined) insert(this.added, path);
      else if (right === undefined) insert(this.removed, path);
      else if (!same(left, right) || (left === null) !== (right === null)) insert(this.modified, path);
      return;
    }
    this.#fields(left, right, shape, path);
    if (left === undefined) insert(this.added, path);
    else if (right === undefined) insert(this.removed, path);
  }

  #fields(left: unknown, right: unknown, shape: Shape, path: readonly string[]): void {
    if (Array.isArray(left ?? right)) return this.#items(left, right, shape, path);
    const [a, b] = [isMap(left) ? left : {}, isMap(right) ? right : {}];
    if (shape.atomic) return;
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (a[name] === undefined && b[name] === undefined) continue;
      this.compare(a[name], b[name], shape.field(name), [...path, `f:${name}`]);
    }
  }

  #items(left: unknown, right: unknown, shape: Shape, path: readonly string[]): void {
    if (shape.list === "atomic") return;
    const [a, b] = [byStep(left, shape), byStep(right, shape)];
    for (const step of new Set([...a.keys(), ...b.keys()])) {
      const [before, after] = [a.get(step) ?? [], b.get(step) ?? []];
      const here = [...path, step];
      if (before.length <= 1 && after.length <= 1) this.compare(before[0], after[0], shape.items(), here);
      else if (before.length > 1 && after.length > 1) {
        // Duplicates cannot be told apart, so they are one piece together.
        if (!same(before, after)) insert(this.modified, here);
      } else if (before.length > 1) {
        if (after.length > 0) this.compare(undefined, after[0], shape.items(), here);
        insert(this.removed, here);
      } else {
        if (before.length > 0) this.compare(before[0], undefined, shape.items(), here);
        insert(this.added, here);
      }
    }
  }
}

/** Returns the fields in which `right` differs from `left`. */
export function compare(left: unknown, right: unknown, shape: Shape): Comparison {
  const comparer = new Comparer();
  comparer.compare(left, right, shape, []);
  return {
    removed: settled(comparer.removed),
    modified: settled(comparer.modified),
    added: settled(comparer.added),
  };
}

function collect(value: unknown, shape: Shape, path: readonly string[], set: Growing): void {
  if (isPiece(value, shape)) {
    // A list or map that is null has no fields; the caller notes that it is there.
    if (path.length > 0 && value !== null) insert(set, path);
    return;
  }
  if (Array.isArray(value)) {
    for (const [step, items] of byStep(value, shape)) {
      // Items with the same step are one piece together.
      if (items.length === 1) collect(items[0], shape.items(), [...path, step], set);
      insert(set, [...path, step]);
    }
    return;
  }
  if (!isMap(value)) return;
  for (const [name, item] of Object.entries(value)) {
    const here = [...path, `f:${name}`];
    collect(item, shape.field(name), here, set);
    const empty = item === null || (isMap(item) && Object.keys(item).length === 0);
    if (empty || !shape.declares(name)) insert(set, here);
  }
}

/** Returns all fields of an object. */
export function fieldsOf(object: unknown, shape: Shape): FieldSet {
  const set: Growing = {};
  collect(object, shape, [], set);
  return settled(set);
}
