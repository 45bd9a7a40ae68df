/**
 * Sets of fields, in the form in which `metadata.managedFields` keeps them.
 *
 * A set is a tree of steps: `f:name` is a field, `k:{"name":"a"}` an item of a list with keys, `v:"x"`
 * an item of a set. The step `.` says that the value itself is in the set, and not only fields in it.
 * A value without inner steps is in the set, so `.` is written only beside others.
 *
 * Source: `sigs.k8s.io/structured-merge-diff/v6`, `fieldpath/set.go` and `fieldpath/serialize.go`.
 *
 * @module
 */
import type { Shape } from "./shape.ts";

/** A set of fields as `FieldsV1` writes it. */
export type FieldSet = { readonly [step: string]: FieldSet };

/** One step of a set taken apart: is the value itself in the set, and which fields in it are. */
interface Node {
  readonly member: boolean;
  readonly inner: FieldSet;
}

const OUTSIDE: Node = { member: false, inner: {} };

/** True if the set has no fields. */
export function isEmptySet(set: FieldSet): boolean {
  for (const _step in set) return false;
  return true;
}

/** True if the value of this step is in the set itself. */
export function isMember(step: FieldSet): boolean {
  return isEmptySet(step) || "." in step;
}

function nodeOf(set: FieldSet, step: string): Node {
  const found = set[step];
  if (found === undefined) return OUTSIDE;
  const { ".": own, ...inner } = found;
  return { member: own !== undefined || isEmptySet(found), inner };
}

/** Makes a set of nodes; a node that is not in the set and has nothing inside is left out. */
function join(nodes: Iterable<readonly [string, Node]>): FieldSet {
  const set: Record<string, FieldSet> = {};
  for (const [step, { member, inner }] of nodes) {
    if (isEmptySet(inner)) {
      if (member) set[step] = {};
    } else set[step] = member ? { ".": {}, ...inner } : inner;
  }
  return set;
}

/** Returns a set with the one value that the steps lead to. */
export function onePath(...steps: string[]): FieldSet {
  return steps.reduceRight<FieldSet>((inner, step) => ({ [step]: inner }), {});
}

/** Returns the fields that are in either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  return join([...new Set([...Object.keys(a), ...Object.keys(b)])].map((step) => {
    const [x, y] = [nodeOf(a, step), nodeOf(b, step)];
    return [step, { member: x.member || y.member, inner: union(x.inner, y.inner) }];
  }));
}

/** Returns the fields that are in both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return join(
    Object.keys(a).map((step) => {
      const [x, y] = [nodeOf(a, step), nodeOf(b, step)];
      return [step, { member: x.member && y.member, inner: intersection(x.inner, y.inner) }];
    }),
  );
}

/** Returns the fields of `a` that are not in `b`. Fields inside a value of `b` stay. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return join(
    Object.keys(a).map((step) => {
      const [x, y] = [nodeOf(a, step), nodeOf(b, step)];
      return [step, { member: x.member && !y.member, inner: difference(x.inner, y.inner) }];
    }),
  );
}

/** Returns the fields of `a` that are neither in `b` nor inside a value of `b`. */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  return join(
    Object.keys(a).map((step) => {
      const [x, y] = [nodeOf(a, step), nodeOf(b, step)];
      return [step, y.member ? OUTSIDE : { member: x.member, inner: without(x.inner, y.inner) }];
    }),
  );
}

/**
 * Returns the set with every struct field in it that the set has fields of. Applied sets name only
 * the leaves of structs; a struct whose leaves are all removed is removed by this.
 */
export function withStructs(set: FieldSet, shape: Shape): FieldSet {
  return join(
    Object.keys(set).map((step) => {
      const { member, inner } = nodeOf(set, step);
      const field = step.startsWith("f:") ? step.slice(2) : undefined;
      const below = field === undefined ? shape.items() : shape.field(field);
      const declared = field !== undefined && shape.declares(field);
      return [step, { member: member || (declared && !isEmptySet(inner)), inner: withStructs(inner, below) }];
    }),
  );
}

/** Returns the steps inside `step`; empty when there are none. */
export function inside(set: FieldSet, step: string): FieldSet {
  return nodeOf(set, step).inner;
}

/** True if the value of `step` is in the set. */
export function has(set: FieldSet, step: string): boolean {
  return nodeOf(set, step).member;
}

/**
 * Returns the paths of all values in the set, as lists of steps. Values come before the fields
 * inside other values, as the server lists them.
 */
export function pathsOf(set: FieldSet, before: readonly string[] = []): string[][] {
  const steps = Object.keys(set).sort().map((step) => ({ path: [...before, step], ...nodeOf(set, step) }));
  return [
    ...steps.filter(({ member }) => member).map(({ path }) => path),
    ...steps.flatMap(({ path, inner }) => pathsOf(inner, path)),
  ];
}

/** Returns the set with its steps in order, so that equal sets give equal text. */
export function sortedSet(set: FieldSet): FieldSet {
  const steps = Object.keys(set).sort();
  return Object.fromEntries(steps.map((step) => [step, sortedSet(set[step] ?? {})]));
}
