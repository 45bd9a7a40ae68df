/**
 * Decodes YAML text into structs, with the coercions and errors of Go's libraries.
 *
 * Three steps, as there: YAML scalars become text where the target is a string; values that JSON
 * cannot have are refused; the rest is decoded field by field in the order of JSON text, and the
 * first value that does not fit is the error.
 *
 * Source: ghodss/yaml c7ce166, `Unmarshal`; Go 1.14, `encoding/json`.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { type GoMap, Int, newMap } from "../golang/mod.ts";
import { decodeTree } from "./decode.ts";
import { jsonKeys } from "./json_encode.ts";
import { checkFloats } from "./json_limits.ts";
import { formatJsonNumber, formatSingle } from "./number.ts";
import { type DecodedValue, findField, type StructSchema, typeOf, type YamlSchema } from "./schema.ts";
import { parseDocument } from "./parser.ts";

/** The decoder's position in nested structs, for messages. */
interface Place {
  readonly struct: string;
  readonly path: readonly string[];
}

/**
 * Returns a YAML text as what a schema describes, or `undefined` for an empty
 * document or `null`.
 *
 * Field names match whatever their case; unknown fields are left out. Throws
 * `YamlError` with the words that the library puts in front.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { decodeStruct, STRING, type StructSchema } from "./mod.ts";
 *
 * const head = { kind: "struct", type: "x.Head", fields: { name: STRING, version: STRING } } as const;
 * equal(decodeStruct("Name: web\nversion: 1.10\n", head)?.version, "1.1");
 * ```
 */
export function decodeStruct<S extends YamlSchema>(text: string, schema: S): DecodedValue<S> | undefined {
  const json = prefixed("error converting YAML to JSON", () => {
    const document = parseDocument(text);
    const tree = document === undefined ? null : decodeTree(document, "all");
    const converted = coerce(tree, schema);
    checkFloats(converted);
    return converted;
  });
  return prefixed("error unmarshaling JSON: while decoding JSON", () => decodeValue(json, schema)) as
    | DecodedValue<S>
    | undefined;
}

/** Decodes a JSON-like value into what a schema describes, without coercion; as `json.Unmarshal`. */
export function decodeValue<S extends YamlSchema>(value: unknown, schema: S): DecodedValue<S> | undefined {
  const decoder = new StructDecoder();
  const decoded = decoder.decode(value, schema, undefined, { struct: "", path: [] });
  if (decoder.error !== undefined) throw new YamlError(decoder.error);
  return decoded as DecodedValue<S> | undefined;
}

function prefixed<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new YamlError(`${prefix}: ${error.message}`, error.line);
  }
}

/** Returns the text of a scalar for a field that is a string. */
function scalarText(value: unknown): unknown {
  if (value instanceof Int) return String(value.value);
  if (typeof value === "number") return formatSingle(value);
  return typeof value === "boolean" ? String(value) : value;
}

/** Turns scalars into text where the target is a string. */
function coerce(value: unknown, target: YamlSchema | undefined): unknown {
  if (target === undefined || target.kind === "any" || target.kind === "custom") return value;
  if (Array.isArray(value)) {
    return target.kind === "list" ? value.map((item) => coerce(item, target.item)) : value;
  }
  if (typeof value !== "object" || value === null || value instanceof Int) {
    return target.kind === "string" ? scalarText(value) : value;
  }
  if (target.kind !== "struct" && target.kind !== "map") return value;
  const map = newMap();
  for (const [key, item] of Object.entries(value)) {
    map[key] = coerce(item, target.kind === "map" ? target.value : coercionTarget(target, key));
  }
  return map;
}

/**
 * Returns the type of a field. Helm 2: for a field of an embedded struct the library takes that
 * struct itself.
 */
function coercionTarget(target: StructSchema, key: string): YamlSchema | undefined {
  const name = findField(target, key);
  if (name === undefined) return undefined;
  return target.embedded?.find((inner) => Object.hasOwn(inner.fields, name)) ?? target.fields[name];
}

/** Converts all integers inside to float64, in place. */
function plainNumbers(root: unknown): unknown {
  if (root instanceof Int) return Number(root.value);
  const rest: unknown[] = [root];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next !== "object" || next === null) continue;
    const map = next as GoMap;
    for (const key of Object.keys(map)) {
      const item = map[key];
      if (item instanceof Int) map[key] = Number(item.value);
      else if (typeof item === "object" && item !== null) rest.push(item);
    }
  }
  return root;
}

function kindOfJson(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" || value instanceof Int) return "number";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

function numberText(value: unknown): string {
  return value instanceof Int ? String(value.value) : formatJsonNumber(value as number);
}

const INT_BITS = { int: 64, int64: 64, int32: 32 } as const;

class StructDecoder {
  /** The error for the first value that did not fit. */
  error: string | undefined;

  /** Returns the decoded value; `before` where the input has none or null. */
  decode(value: unknown, schema: YamlSchema, before: unknown, place: Place): unknown {
    // Before the check for null: such a type decides about null itself.
    if (schema.kind === "custom") return schema.decode(plainNumbers(value));
    if (schema.kind === "any") return plainNumbers(value);
    if (value === null || value === undefined) return clearedByNull(schema) ? undefined : before;
    switch (schema.kind) {
      case "string":
        if (typeof value === "string") return value;
        break;
      case "bool":
        if (typeof value === "boolean") return value;
        break;
      case "int":
        return this.#int(value, schema, before, place);
      case "list":
        // Helm 2: when a field is spelled in two ways, the second list is decoded over the items of
        // the first.
        if (Array.isArray(value)) {
          const old = before as unknown[] | undefined;
          return value.map((item, i) => this.#element(item, schema.item, old?.[i], place));
        }
        break;
      default:
        if (kindOfJson(value) === "object") return this.#object(value as GoMap, schema, before, place);
    }
    return this.#misfit(kindOfJson(value), schema, before, place);
  }

  #misfit(word: string, schema: YamlSchema, before: unknown, { struct, path }: Place): unknown {
    const where = path.length === 0 ? "Go value" : `Go struct field ${struct}.${path.join(".")}`;
    // Decoding goes on after a misfit, as in Go, and the first one is reported.
    this.error ??= `json: cannot unmarshal ${word} into ${where} of type ${typeOf(schema)}`;
    return before;
  }

  #int(value: unknown, schema: YamlSchema & { kind: "int" }, before: unknown, place: Place): unknown {
    const word = kindOfJson(value);
    if (word !== "number") return this.#misfit(word, schema, before, place);
    const text = numberText(value);
    const whole = /^-?[0-9]+$/.test(text) ? BigInt(text) : undefined;
    if (whole === undefined || BigInt.asIntN(INT_BITS[schema.type], whole) !== whole) {
      return this.#misfit(`number ${text}`, schema, before, place);
    }
    return Number(whole);
  }

  /** Decodes an item of a list or map, which always exists, if only as Go's zero value. */
  #element(value: unknown, schema: YamlSchema, before: unknown, place: Place): unknown {
    const decoded = this.decode(value, schema, before ?? undefined, place);
    return decoded === undefined ? emptyOf(schema) : decoded;
  }

  #object(map: GoMap, schema: YamlSchema, before: unknown, place: Place): unknown {
    const into = before === undefined ? newMap() : before as GoMap;
    if (schema.kind === "map") {
      for (const key of jsonKeys(map)) into[key] = this.#element(map[key], schema.value, undefined, place);
    } else if (schema.kind === "struct") {
      const struct = schema.type.slice(schema.type.lastIndexOf(".") + 1);
      for (const key of jsonKeys(map)) {
        const name = findField(schema, key);
        if (name === undefined) continue;
        const inner = { struct: /^\w+$/.test(struct) ? struct : "", path: [...place.path, name] };
        const decoded = this.decode(map[key], schema.fields[name] as YamlSchema, into[name], inner);
        if (decoded === undefined) delete into[name];
        else into[name] = decoded;
      }
    }
    return into;
  }
}

function clearedByNull(schema: YamlSchema): boolean {
  return schema.kind === "list" || schema.kind === "map" || (schema.kind === "struct" && schema.pointer === true);
}

function emptyOf(schema: YamlSchema): unknown {
  switch (schema.kind) {
    case "string":
      return "";
    case "bool":
      return false;
    case "int":
      return 0;
    case "struct":
      return schema.pointer ? null : newMap();
    default:
      return null;
  }
}
