/**
 * Template functions that compare. Exports `compareFuncs`.
 *
 * Source: Go 1.14, `text/template/funcs.go`.
 *
 * @module
 */
import { compareBytes, Complex, formatValue, Int, isMap, Slice, Struct, typeName } from "../../golang/mod.ts";
import { type Func, FuncError, type FuncTable } from "./func.ts";

/** Kinds that Go compares. */
export type BasicKind = "invalid" | "bool" | "complex" | "int" | "float" | "string" | "uint";

/** The error of two values of different kinds. */
export const INCOMPATIBLE = "incompatible types for comparison";
const UNORDERED = "invalid type for comparison";

/** Returns the kind by which Go compares a value; `invalid` for one that is neither a number nor a text nor a bool. */
export function basicKind(value: unknown): BasicKind {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "number":
      return "float";
  }
  if (value instanceof Int) return value.type.startsWith("u") ? "uint" : "int";
  if (value instanceof Complex) return "complex";
  if (value instanceof Struct) {
    if (value.kind.startsWith("int")) return "int";
    if (value.kind.startsWith("uint")) return "uint";
  }
  return "invalid";
}

function integer(value: unknown): bigint {
  return value instanceof Int ? value.value : value instanceof Struct ? value.integer : 0n;
}

function areIntegers(a: BasicKind, b: BasicKind): boolean {
  return (a === "int" || a === "uint") && (b === "int" || b === "uint");
}

function checkComparable(value: unknown): void {
  if (Array.isArray(value) || value instanceof Slice || isMap(value)) {
    throw new FuncError(`uncomparable type ${typeName(value)}: ${formatValue(value)}`);
  }
}

/** Two values of one basic kind. */
function same(kind: BasicKind, a: unknown, b: unknown): boolean {
  switch (kind) {
    case "int":
    case "uint":
      return integer(a) === integer(b);
    case "string":
      return compareBytes(a as string, b as string) === 0;
    case "complex":
      return (a as Complex).re === (b as Complex).re && (a as Complex).im === (b as Complex).im;
    case "invalid":
      return sameOther(a, b);
  }
  return a === b;
}

function sameOther(a: unknown, b: unknown): boolean {
  if (b === undefined) return a === undefined;
  checkComparable(b);
  if (a === undefined) throw new FuncError("reflect: call of reflect.Value.Interface on zero Value");
  return a instanceof Struct && a.equals(b);
}

/** An interface holding nothing counts as nothing. */
function unboxed(value: unknown): unknown {
  return value === null ? undefined : value;
}

/** Says whether `first` equals one of the others; also used by `ne` and `le`. */
export function equals(first: unknown, others: readonly unknown[]): boolean {
  const a = unboxed(first);
  checkComparable(a);
  if (others.length === 0) throw new FuncError("missing argument for comparison");
  const kind = basicKind(a);
  for (const other of others) {
    const b = unboxed(other);
    const otherKind = basicKind(b);
    if (kind !== otherKind) {
      if (!areIntegers(kind, otherKind)) throw new FuncError(INCOMPATIBLE);
      if (integer(a) === integer(b)) return true;
    } else if (same(kind, a, b)) return true;
  }
  return false;
}

function less(first: unknown, second: unknown): boolean {
  const a = unboxed(first);
  const b = unboxed(second);
  const kind = basicKind(a);
  const otherKind = basicKind(b);
  if (kind === "invalid" || otherKind === "invalid") throw new FuncError(UNORDERED);
  if (areIntegers(kind, otherKind)) return integer(a) < integer(b);
  if (kind !== otherKind) throw new FuncError(INCOMPATIBLE);
  if (kind === "string") return compareBytes(a as string, b as string) < 0;
  if (kind === "float") return (a as number) < (b as number);
  throw new FuncError(UNORDERED);
}

function lessOrEqual(first: unknown, second: unknown): boolean {
  return less(first, second) || equals(first, [second]);
}

function comparison(compare: (a: unknown, b: unknown) => boolean): Func {
  return { params: ["reflect.Value", "reflect.Value"], call: ([a, b]) => compare(a, b) };
}

/** Comparing functions by name. */
export const compareFuncs: FuncTable = {
  eq: {
    params: ["reflect.Value", "reflect.Value"],
    variadic: true,
    call: ([first, ...others]) => equals(first, others),
  },
  ne: comparison((a, b) => !equals(a, [b])),
  lt: comparison(less),
  le: comparison(lessOrEqual),
  gt: comparison((a, b) => !lessOrEqual(a, b)),
  ge: comparison((a, b) => !less(a, b)),
};
