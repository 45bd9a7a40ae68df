/**
 * Reads bodies in Kubernetes' protobuf form as JSON. Answers are always JSON, which every client
 * that prefers protobuf accepts as well.
 *
 * Fields, their numbers and types come from the same table as the JSON types.
 *
 * Source: `apimachinery/pkg/runtime/serializer/protobuf/protobuf.go`.
 *
 * @module
 */
import { parseJson } from "../base/mod.ts";
import { Buffer } from "node:buffer";
import type { Json } from "./json.ts";
import type { Schema, Type } from "./schema.ts";

/** The media type of such bodies. */
export const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** The bytes are not a valid message; the message is the one for the client. */
export class ProtobufError extends Error {}

/** The four bytes in front of the envelope. */
const MAGIC = Buffer.from("k8s\0", "latin1");

interface Entry {
  readonly number: number;
  /** For varints and fixed numbers. */
  readonly value: bigint;
  /** For strings, bytes and messages. */
  readonly bytes: Uint8Array;
}

/** Splits a message into its entries. */
function entries(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Entry[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    // A varint has at most ten bytes of seven bits.
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new ProtobufError("unexpected EOF");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new ProtobufError("proto: integer overflow");
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new ProtobufError("unexpected EOF");
    return bytes.subarray(at, at += length);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    // The wire types: 0 a varint, 1 eight bytes, 2 a length and bytes, 5 four bytes. Kubernetes has
    // no groups (3 and 4).
    switch (tag & 7) {
      case 0:
        found.push({ number, value: BigInt.asIntN(64, varint()), bytes: new Uint8Array() });
        break;
      case 1: {
        const value = at + 8 <= bytes.length ? view.getBigUint64(at, true) : 0n;
        found.push({ number, value, bytes: take(8) });
        break;
      }
      case 2:
        found.push({ number, value: 0n, bytes: take(Number(varint())) });
        break;
      case 5:
        found.push({ number, value: 0n, bytes: take(4) });
        break;
      default:
        throw new ProtobufError(`proto: illegal wireType ${tag & 7}`);
    }
  }
  return found;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

function number(value: bigint): number {
  return Number(value);
}

/** Returns the last entry of a field, which is the one that counts; `undefined` when the field is absent. */
function pick(list: readonly Entry[], field: number): Entry | undefined {
  return list.findLast((entry) => entry.number === field);
}

function instant(bytes: Uint8Array, digits: number): string | null {
  const list = entries(bytes);
  const seconds = number(pick(list, 1)?.value ?? 0n);
  const nanos = number(pick(list, 2)?.value ?? 0n);
  // An empty message is Go's zero time.
  if (list.length === 0) return null;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return digits === 0 ? `${whole}Z` : `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, "0")}Z`;
}

function intOrString(bytes: Uint8Array): number | string {
  const list = entries(bytes);
  return pick(list, 1)?.value === 1n ? text(pick(list, 3)?.bytes ?? new Uint8Array()) : number(
    BigInt.asIntN(32, pick(list, 2)?.value ?? 0n),
  );
}

/** Reads a field that holds JSON text, such as the schema of a CRD. */
function json(bytes: Uint8Array): unknown {
  const raw = text(pick(entries(bytes), 1)?.bytes ?? new Uint8Array());
  if (raw === "") return null;
  try {
    return parseJson(raw);
  } catch {
    throw new ProtobufError("invalid JSON in a raw field");
  }
}

/** One value of a type. */
function decode(schema: Schema, type: Type, entry: Entry): unknown {
  switch (type.is) {
    case "pointer":
      return decode(schema, type.of, entry);
    case "struct":
      return message(schema, type, entry.bytes);
    case "string":
      return text(entry.bytes);
    case "bool":
      return entry.value !== 0n;
    case "int":
      return number(type.bits === 32 ? BigInt.asIntN(32, entry.value) : entry.value);
    case "float":
      return entry.bytes.length === 8
        ? Buffer.from(entry.bytes).readDoubleLE()
        : Buffer.from(entry.bytes).readFloatLE();
    case "bytes":
      return Buffer.from(entry.bytes).toString("base64");
    case "quantity":
      return text(pick(entries(entry.bytes), 1)?.bytes ?? new Uint8Array()) || "0";
    case "intOrString":
      return intOrString(entry.bytes);
    case "time":
      return instant(entry.bytes, 0);
    case "microTime":
      return instant(entry.bytes, 6);
    case "duration":
      return `${number(pick(entries(entry.bytes), 1)?.value ?? 0n) / 1e9}s`;
    case "list":
    case "map":
      // A named list or map inside another is a message that holds it as field 1.
      return collect(schema, type, entries(entry.bytes).filter((inner) => inner.number === 1));
    default:
      return json(entry.bytes);
  }
}

/** The value of a field from all its entries. */
function collect(schema: Schema, type: Type, list: readonly Entry[]): unknown {
  if (type.is === "list") return list.map((entry) => decode(schema, type.of, entry));
  if (type.is === "map") {
    return Object.fromEntries(list.map((entry) => {
      const pair = entries(entry.bytes);
      const value = pick(pair, 2) ?? { number: 2, value: 0n, bytes: new Uint8Array() };
      return [text(pick(pair, 1)?.bytes ?? new Uint8Array()), decode(schema, type.of, value)];
    }));
  }
  const last = list.at(-1);
  return last === undefined ? undefined : decode(schema, type, last);
}

function message(schema: Schema, type: Type & { is: "struct" }, bytes: Uint8Array): Json {
  const list = entries(bytes);
  const { own, embedded } = schema.parts(type.key);
  const result: Json = {};
  // An embedded struct is a message in protobuf; in JSON its fields are those of the outer struct.
  for (const part of embedded) {
    const inner = part.type.is === "pointer" ? part.type.of : part.type;
    const found = part.number === 0 ? undefined : pick(list, part.number);
    if (found !== undefined && inner.is === "struct") Object.assign(result, message(schema, inner, found.bytes));
  }
  for (const field of own) {
    const found = list.filter((entry) => entry.number === field.number);
    if (found.length > 0) result[field.name] = collect(schema, field.type, found);
  }
  return result;
}

/**
 * Reads a body in its envelope; returns the object with its kind and apiVersion.
 *
 * @throws ProtobufError when it is none, or of a kind that is not built in.
 */
export function readProtobuf(schema: Schema, bytes: Uint8Array): Json {
  if (!Buffer.from(bytes.subarray(0, 4)).equals(MAGIC)) {
    throw new ProtobufError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  // The envelope is `runtime.Unknown`: field 1 has apiVersion and kind, field 2 the object.
  const envelope = entries(bytes.subarray(4));
  const head = entries(pick(envelope, 1)?.bytes ?? new Uint8Array());
  const apiVersion = text(pick(head, 1)?.bytes ?? new Uint8Array());
  const kind = text(pick(head, 2)?.bytes ?? new Uint8Array());
  const slash = apiVersion.indexOf("/");
  const [group, version] = [apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1)];
  const type = kind === "DeleteOptions" ? schema.named("meta/v1.DeleteOptions") : schema.kind(group, version, kind);
  if (type?.is !== "struct") {
    throw new ProtobufError(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
  }
  return { kind, apiVersion, ...message(schema, type, pick(envelope, 2)?.bytes ?? new Uint8Array()) };
}
