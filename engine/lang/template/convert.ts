/**
 * Checks and converts arguments as Go's reflection does.
 *
 * Source: Go 1.14, `text/template/exec.go`, `validateType` and `evalArg`.
 *
 * @module
 */
import {
  Complex,
  goInt,
  type GoMap,
  type IntType,
  isMap,
  MAP_TYPE,
  NIL_MAP,
  Struct,
  typeName,
  underlyingType,
} from "../golang/mod.ts";
import type { Run } from "./machine.ts";
import { nodeText, type NumberNode, type Operand } from "./nodes.ts";

const INT = /^int(8|16|32|64)?$/;
const UINT = /^uint(8|16|32|64)?$/;
const NILABLE = /^(interface \{\}|map\[.*|\[\].*|\*.*|func\(.*|reflect\.Value|error|io\..*)$/;

/** True for types whose values can be nil. */
export function canBeNil(type: string): boolean {
  return NILABLE.test(underlyingType(type));
}

/** Views of maps under another type: the same entries, converted as Go converts. */
const views = new WeakMap<object, Map<string, GoMap>>();

/** Returns the map under another type name; changes show in both. */
export function viewAs(map: GoMap, type: string): GoMap {
  let byType = views.get(map);
  if (byType === undefined) views.set(map, byType = new Map());
  let view = byType.get(type);
  if (view === undefined) {
    const shown = type === "map[string]interface {}" ? undefined : type;
    view = new Proxy(map, { get: (target, key) => key === MAP_TYPE ? shown : Reflect.get(target, key) }) as GoMap;
    byType.set(type, view);
  }
  return view;
}

/** Returns the value when Go can assign it to the type, or `undefined`. */
function assigned(value: unknown, type: string): unknown {
  const own = typeName(value);
  if (own === type) return value;
  if (isMap(value)) {
    // Go assigns between maps of one underlying type if at most one of the two types has a name.
    const isNamed = own !== underlyingType(own);
    const wantsNamed = type !== underlyingType(type);
    if (underlyingType(own) !== underlyingType(type) || (isNamed && wantsNamed)) return undefined;
    return viewAs(value as GoMap, type);
  }
  // Go dereferences one pointer.
  if (value instanceof Struct && own === "*" + type) return value;
  return undefined;
}

/** Checks a value against a parameter's type; `undefined` means no value. */
export function validate(run: Run, value: unknown, type: string): unknown {
  if (type === "interface {}") return value === undefined ? null : value;
  if (type === "string" && typeof value === "string") return value;
  if (type === "reflect.Value") return value;
  if (value === undefined) {
    if (canBeNil(type)) return null;
    run.fail(`invalid value; expected ${type}`);
  }
  // A nil that an interface holds has no type that could be converted.
  if (value === null) run.fail(`wrong type for value; expected ${type}; got interface {}`);
  const result = assigned(value, type);
  if (result === undefined) run.fail(`wrong type for value; expected ${type}; got ${typeName(value)}`);
  // Functions receive a nil map as null.
  return (result as { [NIL_MAP]?: boolean })[NIL_MAP] ? null : result;
}

/** Returns the value of a number where no type is expected, or a message. */
export function idealNumber(node: NumberNode): { value: unknown } | { message: string } {
  if (node.complex !== undefined) return { value: new Complex(node.complex.re, node.complex.im) };
  // In a hexadecimal integer, `e` is a digit and no exponent.
  const isHex = /^0[xX]/.test(node.text) && node.text.length > 2 && !/[pP]/.test(node.text);
  if (node.float !== undefined && !isHex && node.text[0] !== "'" && /[.eEpP]/.test(node.text)) {
    return { value: node.float };
  }
  if (node.int !== undefined) return { value: goInt(node.int) };
  return { message: `${node.text} overflows int` };
}

/** Returns the value of a literal as an argument of a type, or a message. */
export function literal(node: Operand, type: string): { value: unknown } | { message: string } {
  const number = node.kind === "number" ? node : undefined;
  if (type === "bool") return node.kind === "bool" ? { value: node.value } : found("bool", node);
  if (type === "string") return node.kind === "string" ? { value: node.text } : found("string", node);
  if (type === "float64" || type === "float32") {
    return number?.float === undefined ? found("float", node) : { value: number.float };
  }
  const kind = underlyingType(type);
  if (INT.test(kind)) return number?.int === undefined ? found("integer", node) : { value: fitted(number.int, kind) };
  if (UINT.test(type)) {
    return number?.uint === undefined
      ? found("unsigned integer", node)
      : { value: goInt(number.uint, type as IntType) };
  }
  if (type === "interface {}" || type === "reflect.Value") return plain(node);
  return { message: `can't handle ${nodeText(node)} for arg of type ${type}` };
}

function found(wanted: string, node: Operand): { message: string } {
  return { message: `expected ${wanted}; found ${nodeText(node)}` };
}

function fitted(value: bigint, type: string): unknown {
  // Go's `SetInt` cuts the number to the width of the type.
  return goInt(type === "int32" ? BigInt.asIntN(32, value) : value, type as IntType);
}

/** Returns a literal with its own type. */
function plain(node: Operand): { value: unknown } | { message: string } {
  if (node.kind === "bool") return { value: node.value };
  if (node.kind === "string") return { value: node.text };
  if (node.kind === "number") return idealNumber(node);
  return { message: `can't handle assignment of ${nodeText(node)} to empty interface argument` };
}
