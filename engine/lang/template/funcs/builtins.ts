/**
 * The template functions that every Go template has. Exports `builtinFuncs`.
 *
 * Source: Go 1.14, `text/template/funcs.go`. Go's own `slice` is missing: Helm
 * replaces it by sprig's.
 *
 * @module
 */
import {
  byteLength,
  elementType,
  escapeHtml,
  escapeJs,
  escapeQuery,
  formatPrintable,
  goInt,
  type GoMap,
  Int,
  isMap,
  MAP_TYPE,
  Slice,
  sprint,
  sprintf,
  sprintln,
  Struct,
  toBytes,
  typeName,
} from "../../golang/mod.ts";
import { truth } from "../truth.ts";
import { compareFuncs } from "./compare.ts";
import { type Func, FuncError, type FuncTable } from "./func.ts";

/** The type of what a pointer points to. */
function pointedType(value: unknown): string {
  return typeName(value).replace(/^\*/, "");
}

function logic(stopsAt: boolean): Func {
  return {
    params: ["reflect.Value", "reflect.Value"],
    variadic: true,
    call: (args) => {
      for (const arg of args) if (truth(arg) === stopsAt) return arg;
      return args.at(-1);
    },
  };
}

function indexNumber(index: unknown, length: number): number {
  if (index === null || index === undefined) throw new FuncError("cannot index slice/array with nil");
  let at: bigint;
  if (index instanceof Int) at = index.value;
  else if (index instanceof Struct && /^u?int/.test(index.kind)) at = index.integer;
  else throw new FuncError(`cannot index slice/array with type ${typeName(index)}`);
  if (at < 0n || at > BigInt(length)) throw new FuncError(`index out of range: ${at}`);
  return Number(at);
}

function indexString(text: string, index: unknown): unknown {
  const length = byteLength(text);
  const at = indexNumber(index, length);
  if (at === length) throw new FuncError("reflect: string index out of range");
  return goInt(toBytes(text)[at] ?? 0, "uint8");
}

function indexList(items: readonly unknown[], index: unknown): unknown {
  const at = indexNumber(index, items.length);
  if (at === items.length) throw new FuncError("reflect: slice index out of range");
  return items[at];
}

function indexMap(map: GoMap, index: unknown): unknown {
  if (index === null || index === undefined) throw new FuncError("value is nil; should be of type string");
  if (typeof index !== "string") throw new FuncError(`value has type ${typeName(index)}; should be string`);
  if (Object.hasOwn(map, index)) return map[index];
  const type = map[MAP_TYPE];
  if (type === undefined) return null;
  const element = elementType(type);
  if (element === "string") return "";
  return element === "[]uint8" ? new Slice("uint8", [], true) : null;
}

function indexOnce(value: unknown, index: unknown): unknown {
  if (value === null) throw new FuncError("index of nil pointer");
  if (typeof value === "string") return indexString(value, index);
  if (Array.isArray(value)) return indexList(value, index);
  if (value instanceof Slice) return indexList(value.items, index);
  if (isMap(value)) return indexMap(value as GoMap, index);
  throw new FuncError(`can't index item of type ${pointedType(value)}`);
}

function indexAll([item, ...indices]: unknown[]): unknown {
  if (item === null || item === undefined) throw new FuncError("index of untyped nil");
  return indices.reduce(indexOnce, item);
}

function length(value: unknown): Int {
  if (value === null || value === undefined) throw new FuncError("len of untyped nil");
  if (typeof value === "string") return goInt(byteLength(value));
  if (Array.isArray(value)) return goInt(value.length);
  if (value instanceof Slice) return goInt(value.items.length);
  if (isMap(value)) return goInt(Object.keys(value).length);
  throw new FuncError(`len of type ${pointedType(value)}`);
}

/** No value that a chart can reach is a function. */
function call([value]: unknown[]): never {
  throw new FuncError(
    value === null || value === undefined ? "call of nil" : `non-function of type ${typeName(value)}`,
  );
}

/** Prints arguments side by side, each as a template prints it. */
function argumentText(args: readonly unknown[]): string {
  let out = "";
  let wasString = true;
  for (const arg of args) {
    const isNil = arg === null || arg === undefined;
    const isString = isNil || typeof arg === "string";
    if (!isString && !wasString) out += " ";
    out += isNil ? "<no value>" : formatPrintable(arg);
    wasString = isString;
  }
  return out;
}

function escaper(escape: (text: string) => string): Func {
  return {
    params: ["interface {}"],
    variadic: true,
    call: (args) => escape(argumentText(args)),
  };
}

/** Go's own functions by name. */
export const builtinFuncs: FuncTable = {
  ...compareFuncs,
  and: logic(false),
  or: logic(true),
  not: { params: ["reflect.Value"], call: ([value]) => !truth(value) },
  index: { params: ["reflect.Value", "reflect.Value"], variadic: true, call: indexAll },
  len: { params: ["interface {}"], call: ([value]) => length(value) },
  call: { params: ["reflect.Value", "reflect.Value"], variadic: true, call },
  print: { params: ["interface {}"], variadic: true, call: sprint },
  println: { params: ["interface {}"], variadic: true, call: sprintln },
  printf: {
    params: ["string", "interface {}"],
    variadic: true,
    call: ([format, ...args]) => sprintf(format as string, ...args),
  },
  html: escaper(escapeHtml),
  js: escaper(escapeJs),
  urlquery: escaper(escapeQuery),
};
