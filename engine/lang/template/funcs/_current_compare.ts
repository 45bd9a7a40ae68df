/**
 * Comparing functions of Go since 1.18: nothing may be compared with anything, and is equal to nothing only.
 *
 * Source: Go 1.26, `text/template/funcs.go`.
 *
 * @module
 */
import { formatValue, isMap, NIL_MAP, Slice, sprintf, Struct, typeName } from "../../golang/mod.ts";
import { basicKind, compareFuncs, equals, INCOMPATIBLE } from "./compare.ts";
import { type Func, type FuncContext, FuncError, type FuncTable } from "./func.ts";

const isNil = (value: unknown): boolean =>
  value === null || value === undefined || value instanceof Slice && value.isNil ||
  isMap(value) && (value as { [NIL_MAP]?: boolean })[NIL_MAP] === true;

const isAbsent = (value: unknown): boolean => value === null || value === undefined;

function isEqual(first: unknown, others: readonly unknown[]): boolean {
  if (others.length === 0) throw new FuncError("missing argument for comparison");
  // One after the other: an equal one ends the search before one that cannot be compared.
  return others.some((other) => {
    if (isAbsent(first) || isAbsent(other)) return isNil(first) && isNil(other);
    const [kind, otherKind] = [basicKind(first), basicKind(other)];
    if (kind === "invalid" && otherKind === "invalid") return isSameOther(first, other);
    if (kind !== otherKind && (kind === "invalid" || otherKind === "invalid")) {
      throw new FuncError(unlike(first, other));
    }
    return withTypes([first, other], () => equals(first, [other]));
  });
}

const unlike = (a: unknown, b: unknown): string => `${INCOMPATIBLE}: ${typeName(a)} and ${typeName(b)}`;

/** Go's kind of a value that is neither a number nor a text nor a bool. */
function otherKindOf(value: unknown): string {
  if (value instanceof Struct) return value.kind;
  return isMap(value) ? "map" : "slice";
}

/** Compares two values, neither of which is a number, a text or a bool. */
function isSameOther(a: unknown, b: unknown): boolean {
  if (otherKindOf(a) !== otherKindOf(b)) {
    const [left, right] = [`${sprintf("%s", a)}: ${typeName(a)}`, `${typeName(b)}: ${formatValue(b)}`];
    throw new FuncError(`non-comparable types ${left}, ${right}`);
  }
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  if (otherKindOf(b) === "ptr") return a === b;
  if (b instanceof Struct && !holdsLists(b)) return a instanceof Struct && a.equals(b);
  throw new FuncError(`non-comparable type ${sprintf("%s", b)}: ${typeName(b)}`);
}

/** True for a struct with a list or map in it, which Go cannot compare. */
function holdsLists(struct: Struct): boolean {
  return struct.fields().some(({ value }) => Array.isArray(value) || value instanceof Slice || isMap(value));
}

/** Adds the types to the error of two values that cannot be compared. */
function withTypes<T>([a, b]: readonly unknown[], compare: () => T): T {
  try {
    return compare();
  } catch (error) {
    if (!(error instanceof FuncError) || error.message !== INCOMPATIBLE) throw error;
    throw new FuncError(unlike(a, b));
  }
}

const params = ["reflect.Value", "reflect.Value"] as const;

const ordering = ["lt", "le", "gt", "ge"].map((name): [string, Func] => {
  const func = compareFuncs[name] as Func;
  const call = (args: unknown[], context: FuncContext) => withTypes(args, () => func.call(args, context));
  return [name, { ...func, call }];
});

/** The functions by name. */
export const currentComparisons: FuncTable = {
  ...Object.fromEntries(ordering),
  eq: { params, variadic: true, call: ([first, ...others]) => isEqual(first, others) },
  ne: { params, call: ([a, b]) => !isEqual(a, [b]) },
};
