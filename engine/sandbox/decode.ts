/**
 * Reads JSON into a built-in type as the API server does, and returns it as the server would write
 * it: unknown fields removed, empty optional fields left out, structs that are not pointers always
 * present.
 *
 * The messages of refusals are those of Go's JSON package.
 *
 * @module
 */
import { startOfTrailing } from "../base/mod.ts";
import { isEmpty, isMap, type Json } from "./json.ts";
import type { Schema, Type } from "./schema.ts";

/** JSON that does not fit its type; the message is Go's. */
export class DecodeError extends Error {}

/** The result of {@linkcode decodeTyped}. */
export interface DecodedObject {
  readonly value: Json;
  /** Fields the type does not have, as paths such as `spec.containers[0].imag`. */
  readonly unknown: readonly string[];
}

interface Reader {
  readonly schema: Schema;
  readonly unknown: string[];
}

/**
 * The reader's position: `struct` and `path` for Go's messages, which have no indexes; `full` with
 * indexes for unknown fields.
 */
interface Place {
  readonly struct: string;
  readonly path: string;
  readonly full: string;
}

/**
 * Reads `value` as `type`.
 *
 * @throws DecodeError when a field has the wrong type.
 */
export function decodeTyped(schema: Schema, type: Type, value: unknown): DecodedObject {
  const reader: Reader = { schema, unknown: [] };
  const read = decode(reader, type, value, { struct: "", path: "", full: "" });
  return { value: isMap(read) ? read : {}, unknown: reader.unknown };
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (isMap(value)) return "object";
  return typeof value === "boolean" ? "bool" : typeof value;
}

function mismatch(place: Place, type: Type, found: string): DecodeError {
  const where = place.struct === "" ? "Go value" : `Go struct field ${place.struct}.${place.path}`;
  return new DecodeError(`json: cannot unmarshal ${found} into ${where} of type ${type.go}`);
}

/**
 * Returns Go's zero value of a type as it is written in JSON; null for types whose zero value is
 * nil or an empty time.
 */
function zero(reader: Reader, type: Type): unknown {
  switch (type.is) {
    case "string":
      return "";
    case "bool":
      return false;
    case "int":
    case "float":
      return 0;
    case "struct":
      return decodeStruct(reader, type, {}, { struct: "", path: "", full: "" });
    case "quantity":
      return "0";
    case "intOrString":
      return 0;
    case "duration":
      return "0s";
    case "bytes":
      return "";
    default:
      return null;
  }
}

/** Types that are structs in Go. `omitempty` has no effect on a struct, so an empty one is written too. */
const STRUCTS = ["struct", "quantity", "intOrString", "time", "microTime", "duration"];

function decode(reader: Reader, type: Type, value: unknown, place: Place): unknown {
  // Go leaves a field as it is when JSON says null, which is its zero value in a new struct.
  if (value === null || value === undefined) return type.is === "pointer" ? null : zero(reader, type);
  switch (type.is) {
    case "pointer":
      return decode(reader, type.of, value, place);
    case "struct":
      if (!isMap(value)) throw mismatch(place, type, jsonKind(value));
      return decodeStruct(reader, type, value, place);
    case "list":
      if (!Array.isArray(value)) throw mismatch(place, type, jsonKind(value));
      return value.map((item, i) => decode(reader, type.of, item, { ...place, full: `${place.full}[${i}]` }));
    case "map":
      if (!isMap(value)) throw mismatch(place, type, jsonKind(value));
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          decode(reader, type.of, item, { ...place, full: `${place.full}.${key}` }),
        ]),
      );
    default:
      return decodeScalar(type, value, place);
  }
}

function decodeScalar(type: Type, value: unknown, place: Place): unknown {
  switch (type.is) {
    case "string":
      if (typeof value !== "string") throw mismatch(place, type, jsonKind(value));
      return value;
    case "bool":
      if (typeof value !== "boolean") throw mismatch(place, type, jsonKind(value));
      return value;
    case "int":
      return decodeInt(type, value, place);
    case "float":
      if (typeof value !== "number") throw mismatch(place, type, jsonKind(value));
      return value;
    case "bytes":
      return decodeBytes(type, value, place);
    case "quantity":
      return decodeQuantity(value);
    case "intOrString":
      if (typeof value === "string") return value;
      if (typeof value !== "number" || !Number.isInteger(value)) {
        // IntOrString decodes itself, into a bare int32: the message cannot name the field.
        const found = typeof value === "number" ? `number ${value}` : jsonKind(value);
        throw new DecodeError(`json: cannot unmarshal ${found} into Go value of type int32`);
      }
      return value;
    case "time":
    case "microTime":
      return decodeTime(value, type.is === "microTime");
    case "duration":
      if (typeof value !== "string") {
        // So does Duration, into a bare string.
        throw mismatch({ ...place, struct: "" }, { ...type, go: "string" }, jsonKind(value));
      }
      return value;
    default:
      return value;
  }
}

function decodeInt(type: Type & { bits?: number }, value: unknown, place: Place): number {
  if (typeof value !== "number") throw mismatch(place, type, jsonKind(value));
  const bits = type.bits ?? 64;
  // Unsigned types have one bit more in the schema's data than in Go, so that the upper limit is
  // the same expression.
  const low = type.go.startsWith("uint") ? 0 : -(2 ** (bits - 1));
  if (!Number.isInteger(value) || value < low || value >= 2 ** (bits - 1)) {
    throw mismatch(place, type, `number ${value}`);
  }
  return value;
}

function decodeBytes(type: Type, value: unknown, place: Place): string {
  if (typeof value !== "string") throw mismatch(place, type, jsonKind(value));
  // Go's base64 decoder skips line breaks.
  const text = value.replace(/[\r\n]/g, "");
  const bad = /[^A-Za-z0-9+/=]/.exec(text);
  const paddingLength = text.length - startOfTrailing(text, "=");
  if (bad) throw new DecodeError(`illegal base64 data at input byte ${bad.index}`);
  if (text.length % 4 !== 0 || paddingLength > 2 || text.slice(0, -paddingLength || undefined).includes("=")) {
    const at = text.includes("=") ? text.indexOf("=") : text.length - text.length % 4;
    throw new DecodeError(`illegal base64 data at input byte ${at}`);
  }
  return text;
}

/** The expression that the server quotes in refusals. {@linkcode QUANTITY_PARTS} is the one that decides. */
const QUANTITY = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$";
const QUANTITY_PARTS = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

/** Returns a quantity in its canonical form. */
function decodeQuantity(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") {
    throw new DecodeError(`quantities must match the regular expression '${QUANTITY}'`);
  }
  const text = String(value);
  if (text === "" || !QUANTITY_PARTS.test(text)) {
    throw new DecodeError(`quantities must match the regular expression '${QUANTITY}'`);
  }
  return canonicalQuantity(text);
}

const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/**
 * Returns the shortest form with an integer and a suffix, as Kubernetes writes quantities. Source:
 * `apimachinery/pkg/api/resource/quantity.go`.
 */
export function canonicalQuantity(text: string): string {
  const parts = QUANTITY_PARTS.exec(text);
  if (!parts) return text;
  const [, sign = "", digits = "", suffix = "", exponent] = parts;
  const [whole = "", fraction = ""] = digits.split(".");
  const binary = suffix.endsWith("i");
  // The value in units of 10^-9, exact.
  let nano = BigInt((whole || "0") + fraction.padEnd(9, "0").slice(0, 9));
  if (binary) nano *= 1024n ** BigInt(BINARY.indexOf(suffix));
  const power = exponent === undefined ? (binary ? 0 : 3 * (DECIMAL.indexOf(suffix) - 3)) : Number(exponent);
  if (power >= 0) nano *= 10n ** BigInt(power);
  else {
    const by = 10n ** BigInt(-power);
    // Digits below nano are rounded up, as `ParseQuantity` does: a request is never less than was
    // written.
    nano = (nano + by - 1n) / by;
  }
  if (nano === 0n) return "0";
  const minus = sign === "-" ? "-" : "";
  // A binary quantity keeps its suffix only as a whole number; a fraction is written in decimal.
  if (binary && nano % 1_000_000_000n === 0n) {
    let units = nano / 1_000_000_000n;
    let step = 0;
    while (units % 1024n === 0n && step < BINARY.length - 1) [units, step] = [units / 1024n, step + 1];
    return `${minus}${units}${BINARY[step]}`;
  }
  let step = 0;
  while (nano % 1000n === 0n && step < DECIMAL.length - 1) [nano, step] = [nano / 1000n, step + 1];
  if (exponent !== undefined && step !== 3) return `${minus}${nano}e${3 * (step - 3)}`;
  return `${minus}${nano}${DECIMAL[step]}`;
}

function decodeTime(value: unknown, micro: boolean): string {
  if (typeof value !== "string") {
    throw new DecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type string`);
  }
  const layout = micro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
  const parsed = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) ? new Date(value) : undefined;
  if (parsed === undefined || Number.isNaN(parsed.getTime())) {
    throw new DecodeError(`parsing time "${value}" as "${layout}": cannot parse "${value}" as "2006"`);
  }
  // Times are written in UTC. `Time` has whole seconds, `MicroTime` six digits.
  const text = parsed.toISOString();
  return micro ? text.replace(/\.(\d{3})Z$/, ".$1000Z") : text.replace(/\.\d+Z$/, "Z");
}

function decodeStruct(reader: Reader, type: Type & { key: string }, value: Json, place: Place): Json {
  const fields = reader.schema.fields(type.key);
  const known = new Map(fields.map((field) => [field.name, field]));
  const struct = type.go.slice(type.go.lastIndexOf(".") + 1);
  const read = new Map<string, unknown>();
  for (const [name, item] of Object.entries(value)) {
    const field = known.get(name);
    const full = place.full === "" ? name : `${place.full}.${name}`;
    if (field === undefined) {
      reader.unknown.push(full);
      continue;
    }
    const path = place.path === "" ? name : `${place.path}.${name}`;
    read.set(name, decode(reader, field.type, item, { struct, path, full }));
  }
  // In the order of the Go struct and not of the input: answers and hashes depend on it.
  const result: Json = {};
  for (const field of fields) {
    const isStruct = STRUCTS.includes(field.type.is);
    let item = read.get(field.name);
    if (item === undefined) item = field.type.is === "pointer" ? null : zero(reader, field.type);
    if ((item === null && !isStruct) || (field.type.is !== "pointer" && !isStruct && isEmpty(item))) {
      if (field.omitEmpty) continue;
      // Without `omitempty` an empty list or map is null: stored as protobuf, it comes back as nil.
      if (Array.isArray(item) || isMap(item)) item = null;
    }
    if (isStruct && field.omitZero && isEmpty(item)) continue;
    result[field.name] = item;
  }
  return result;
}
