/**
 * Equality, types and text of documents' values.
 *
 * @module
 */
import { formatFloat, formatValue, Int, isMap } from "../../lang/golang/mod.ts";
import { encodeCurrentYaml } from "../../lang/yaml/mod.ts";

/** True for equal values of the same type; an integer never equals a float. */
export function deepEqual(left: unknown, right: unknown): boolean {
  if (left instanceof Int || right instanceof Int) {
    return left instanceof Int && right instanceof Int && left.value === right.value;
  }
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, i) => deepEqual(item, right[i]));
  }
  if (isMap(left)) {
    if (!isMap(right)) return false;
    const keys = Object.keys(left);
    return keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && deepEqual(left[key], right[key]));
  }
  return left === right;
}

/** Returns Go's name of a value's type, as `isType` wants it. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (value instanceof Int) return value.type === "int64" ? "int" : value.type;
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (Array.isArray(value)) return "[]interface {}";
  return isMap(value) ? "map[string]interface {}" : "string";
}

/** True if a map has all keys of another with equal values. */
export function hasSubset(map: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>): boolean {
  // In Go a missing key reads as nil, and so equals null.
  return Object.keys(wanted).every((key) => deepEqual(map[key] ?? null, wanted[key] ?? null));
}

/** Returns the text that failures and snapshots show. Line breaks at the start of texts go away. */
export function yamlOf(value: unknown): string {
  return encodeCurrentYaml(withoutLeadingBreaks(value));
}

function withoutLeadingBreaks(value: unknown): unknown {
  if (typeof value === "string") return value.startsWith("\n") ? value.replace(/^\n+/, "") : value;
  if (Array.isArray(value)) return value.map(withoutLeadingBreaks);
  if (!isMap(value)) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) copy[key] = withoutLeadingBreaks(value[key]);
  return copy;
}

/** Returns a text without blanks at ends of lines and without line breaks at its start. */
export function uniformText(value: unknown): string {
  const text = typeof value === "string" ? value : formatValue(value);
  return text.replace(/ +\r?\n/g, "\n").replace(/^\n+/, "");
}

/** Returns a float as upstream reads it again after writing it: `1.0` is written as `1`, which is an integer. */
export function afterRewriting(value: unknown): unknown {
  if (typeof value === "number") {
    const text = formatFloat(value, "g", -1);
    return /^-?[0-9]+$/.test(text) ? new Int("int64", BigInt(text)) : value;
  }
  if (Array.isArray(value)) return value.map(afterRewriting);
  if (!isMap(value)) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) copy[key] = afterRewriting(value[key]);
  return copy;
}
