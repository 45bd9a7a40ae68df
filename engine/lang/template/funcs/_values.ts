/**
 * Questions that many template functions ask about a value: its kind, its
 * elements, its text, its number, whether it is empty, whether two are equal.
 *
 * Answers to sprig 2.22.0 and Go 1.14's `reflect`.
 *
 * @module
 */

import {
  Complex,
  floatToInt64,
  formatValue,
  fromBytes,
  type GoKind,
  type GoMap,
  Int,
  MAP_TYPE,
  NIL_MAP,
  parseFloat64,
  parseInt64,
  Slice,
  Struct,
  typeName,
} from "../../golang/mod.ts";

/** Returns the elements of a list of any type, shared and not copied; `undefined` for what is no list. */
export function elementsOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof Slice ? value.items : undefined;
}

/** Says whether sprig takes the value for unset: zero, false, nil, or of length zero. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  if (typeof value !== "object") return false;
  const elements = elementsOf(value);
  if (elements !== undefined) return elements.length === 0;
  if (value instanceof Int) return value.value === 0n;
  if (value instanceof Complex) return value.re === 0 && value.im === 0;
  if (value instanceof Struct) return isInteger(value.kind) && value.integer === 0n;
  for (const _key in value) return false;
  return true;
}

function isInteger(kind: GoKind): boolean {
  return kind.startsWith("int") || kind.startsWith("uint");
}

/** Returns a value's text: strings and bytes as they are, everything else as `%v` prints it. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Slice && value.elem === "uint8") {
    return fromBytes(Uint8Array.from(value.items, (item) => item instanceof Int ? Number(item.value) : 0));
  }
  return formatValue(value);
}

/** Returns the texts of a list's elements without its nils; any other value is a list of one, nil of none. */
export function textsOf(value: unknown): string[] {
  const elements = elementsOf(value);
  if (elements === undefined) return value === null || value === undefined ? [] : [textOf(value)];
  const texts: string[] = [];
  for (const element of elements) if (element !== null && element !== undefined) texts.push(textOf(element));
  return texts;
}

const MAX_INT64 = (1n << 63n) - 1n;

/** Converts to int64 as sprig does: decimal text, numbers cut to whole ones, 1 for true, 0 for everything else. */
export function toInt64(value: unknown): bigint {
  if (typeof value === "number") return floatToInt64(value);
  if (value instanceof Int) return value.value > MAX_INT64 ? MAX_INT64 : value.value;
  if (typeof value === "string") {
    const parsed = parseInt64(value);
    return parsed.error === undefined ? parsed.value : 0n;
  }
  if (value === true) return 1n;
  return value instanceof Struct && isInteger(value.kind) ? value.integer : 0n;
}

/** Converts to float64 as sprig does: any text Go reads as a number, numbers, 1 for true, 0 for everything else. */
export function toFloat64(value: unknown): number {
  if (typeof value === "number") return value;
  if (value instanceof Int) return Number(value.value);
  if (typeof value === "string") {
    const parsed = parseFloat64(value);
    return parsed.error === undefined ? parsed.value : 0;
  }
  if (value === true) return 1;
  return value instanceof Struct && isInteger(value.kind) ? Number(value.integer) : 0;
}

/** Go's `reflect.DeepEqual`: values of different types are never equal, and nil lists differ from empty ones. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return (a ?? null) === (b ?? null);
  if (a instanceof Int) return b instanceof Int && a.type === b.type && a.value === b.value;
  if (a instanceof Complex) return b instanceof Complex && a.re === b.re && a.im === b.im;
  if (a instanceof Struct) return b instanceof Struct && equalStructs(a, b);
  if (b instanceof Int || b instanceof Complex || b instanceof Struct) return false;
  const left = elementsOf(a);
  const right = elementsOf(b);
  if (left !== undefined || right !== undefined) {
    return left !== undefined && right !== undefined && typeName(a) === typeName(b) && isNil(a) === isNil(b) &&
      equalElements(left, right);
  }
  return equalMaps(a as GoMap, b as GoMap);
}

function isNil(list: unknown): boolean {
  return list instanceof Slice && list.isNil;
}

function equalElements(left: unknown[], right: unknown[]): boolean {
  if (left.length !== right.length) return false;
  return left === right || left.every((element, index) => deepEqual(element, right[index]));
}

function equalMaps(a: GoMap, b: GoMap): boolean {
  if (a[MAP_TYPE] !== b[MAP_TYPE] || a[NIL_MAP] !== b[NIL_MAP]) return false;
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && deepEqual(a[key], b[key]));
}

function equalStructs(a: Struct, b: Struct): boolean {
  if (a === b) return true;
  if (a.goType !== b.goType) return false;
  if (isInteger(a.kind)) return a.integer === b.integer;
  const left = a.fields();
  const right = b.fields();
  if (left.length === 0) return a.equals(b);
  return left.length === right.length &&
    left.every((field, index) => field.name === right[index]?.name && deepEqual(field.value, right[index].value));
}
