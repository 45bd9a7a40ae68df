/**
 * Comparing functions of Go since 1.18: nothing may be compared with anything, and is equal to nothing only.
 *
 * Source: Go 1.26, `text/template/funcs.go`.
 *
 * @module
 */
import { isMap, NIL_MAP, Slice, typeName } from "../../golang/mod.ts";
import { compareFuncs, equals, INCOMPATIBLE } from "./compare.ts";
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
    return withTypes([first, other], () => equals(first, [other]));
  });
}

/** Adds the types to the error of two values that cannot be compared. */
function withTypes<T>([a, b]: readonly unknown[], compare: () => T): T {
  try {
    return compare();
  } catch (error) {
    if (!(error instanceof FuncError) || error.message !== INCOMPATIBLE) throw error;
    throw new FuncError(`${INCOMPATIBLE}: ${typeName(a)} and ${typeName(b)}`);
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
