/**
 * YAML → records with known fields, as Go's library fills structs.
 *
 * @module
 */
import { YamlError } from "../../errors.ts";
import { compareBytes, isMap } from "../golang/mod.ts";
import { decodeYaml } from "../yaml/mod.ts";

/** What a field holds. */
export type Shape = "string" | "bool" | "any" | { list: Shape } | { map: Shape } | StructShape;

/** A record. */
export interface StructShape {
  readonly struct: string;
  readonly fields: Readonly<Record<string, Shape>>;
}

/** Reads a document into a record; absent fields are left out. */
export function decodeStruct(text: string, shape: StructShape): Record<string, unknown> {
  const value = decodeYaml(text);
  return value === null ? {} : fill(value, shape, "value") as Record<string, unknown>;
}

function fill(value: unknown, shape: Shape, where: string): unknown {
  if (value === null || shape === "any") return value;
  if (shape === "string" && typeof value !== "object") {
    return typeof value === "number"
      ? (Number.isInteger(value) ? String(value) : String(shortest(value)))
      : String(value);
  }
  if (shape === "bool" && typeof value === "boolean") return value;
  if (typeof shape === "object") {
    if ("list" in shape && Array.isArray(value)) return value.map((item) => fill(item, shape.list, where));
    if ("map" in shape && isMap(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, shape.map, where)]));
    }
    if ("struct" in shape && isMap(value)) return fillStruct(value, shape);
  }
  const found = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  throw new YamlError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${found} into Go ${where} of type ${
      typeText(shape)
    }`,
  );
}

function fillStruct(value: Record<string, unknown>, shape: StructShape): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort(compareBytes)) {
    const field = Object.keys(shape.fields).find((name) => name.toLowerCase() === key.toLowerCase());
    if (field === undefined) continue;
    const inner = fill(
      value[key],
      shape.fields[field] ?? "any",
      `struct field ${shape.struct.split(".").at(-1)}.${field}`,
    );
    if (inner !== null) out[field] = inner;
  }
  return out;
}

function shortest(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits < 10; digits++) {
    const text = Number(single.toPrecision(digits));
    if (Math.fround(text) === single) return text;
  }
  return single;
}

function typeText(shape: Shape): string {
  if (typeof shape === "string") return shape === "any" ? "interface {}" : shape;
  if ("list" in shape) {
    return `[]${typeof shape.list === "object" && "struct" in shape.list ? "*" : ""}${typeText(shape.list)}`;
  }
  if ("map" in shape) return `map[string]${typeText(shape.map)}`;
  return shape.struct;
}
