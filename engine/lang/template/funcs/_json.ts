/**
 * Structs inside values on their way to JSON and YAML: Go writes their fields
 * in order of declaration, under the names of their tags.
 *
 * @module
 */
import { YamlError } from "../../../../errors.ts";
import { Complex, type Field, Int, isMap, NIL_MAP, Slice, sortedKeys, Struct } from "../../golang/mod.ts";
import { encodeJson } from "../../yaml/mod.ts";

function isEmptyValue(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === "") return true;
  if (value instanceof Int) return value.value === 0n;
  if (value instanceof Slice) return value.items.length === 0;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** The fields that JSON shows, by their names there. */
function jsonFields(struct: Struct): [string, unknown][] {
  const shown = (field: Field): boolean =>
    field.json !== "-" && /^\p{Lu}/u.test(field.name) && !(field.omitEmpty === true && isEmptyValue(field.value));
  return struct.fields().filter(shown).map((field) => [field.json ?? field.name, field.value]);
}

/** The value that stands for a struct, or `undefined` when its fields do. */
function ownForm(struct: Struct): unknown {
  const form = struct.json();
  if (form !== undefined) return form;
  return struct.kind === "struct" || struct.kind === "ptr" ? undefined : new Int("int64", struct.integer);
}

function holdsStruct(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof Struct) return true;
  if (Array.isArray(value)) return value.some(holdsStruct);
  if (value instanceof Slice) return value.items.some(holdsStruct);
  if (value instanceof Int) return false;
  if (value instanceof Complex) throw new YamlError("json: unsupported type: complex128");
  for (const key in value) if (holdsStruct((value as Record<string, unknown>)[key])) return true;
  return false;
}

/** Returns the value with maps in place of structs; itself when it holds none. */
export function withoutStructs(value: unknown): unknown {
  if (!holdsStruct(value)) return value;
  if (value instanceof Struct) {
    const form = ownForm(value);
    return form === undefined ? withoutStructs(Object.fromEntries(jsonFields(value))) : withoutStructs(form);
  }
  if (value instanceof Slice) return value.items.map(withoutStructs);
  if (Array.isArray(value)) return value.map(withoutStructs);
  const entries = Object.entries(value as object);
  return Object.fromEntries(entries.map(([key, element]) => [key, withoutStructs(element)]));
}

/** Returns the value as Go's JSON. */
export function jsonText(value: unknown): string {
  if (!holdsStruct(value)) return encodeJson(value);
  if (value instanceof Struct) {
    const form = ownForm(value);
    return form === undefined ? objectText(jsonFields(value)) : jsonText(form);
  }
  if (value instanceof Slice) return listText(value.items);
  if (Array.isArray(value)) return listText(value);
  const map = value as Record<string, unknown> & { [NIL_MAP]?: boolean };
  return objectText(sortedKeys(map).map((key) => [key, map[key]]));
}

function objectText(entries: readonly [string, unknown][]): string {
  return `{${entries.map(([key, value]) => `${encodeJson(key)}:${jsonText(value)}`).join(",")}}`;
}

function listText(items: readonly unknown[]): string {
  return `[${items.map(jsonText).join(",")}]`;
}
