/**
 * Reads what can be read of a damaged record.
 *
 * A record is base64 around gzip around a protobuf message. Each layer is read as far as it goes: a record that was cut off
 * gives its beginning, and one with a wrong byte gives what stands before that byte, and sometimes more. Nothing here
 * decides if the result is right.
 *
 * @module
 */
import { constants, crc32, inflateRawSync } from "node:zlib";
import { BinaryReader } from "npm:@bufbuild/protobuf@2.17.0/wire";
import { joinBytes } from "../engine/base/mod.ts";
import { SkegError } from "../errors.ts";
import type { Release } from "../engine/model/mod.ts";
import type { RecordObject, RecordObjectKind } from "./driver.ts";
import { decodeRelease } from "./record.ts";

/** The parts of a release, in the order in which a record has them. */
const PARTS: readonly ReleasePart[] = [
  "name",
  "info",
  "chart",
  "config",
  "manifest",
  "hooks",
  "revision",
  "namespace",
];

/** A part of a release. */
export type ReleasePart = "name" | "info" | "chart" | "config" | "manifest" | "hooks" | "revision" | "namespace";

/** The readable parts of a damaged record. */
export interface SalvagedRecord {
  /** The parts that were read; the others are empty. */
  readonly release: Release;
  /**
   * Parts that were read whole. Config also counts if a later part was read: a release may have none. Hooks count only if all
   * that stand there were read, and a later part, too, or the message is intact: otherwise more of them may be missing.
   */
  readonly found: ReadonlySet<ReleasePart>;
  /** True if the checksum of the message is right: then what was read is not altered. */
  readonly isIntact: boolean;
  /** Size of the message as far as it was unpacked. */
  readonly messageBytes: number;
}

/** Largest message that is unpacked, as for whole records. */
const MESSAGE_BYTES_MAX = 128 * 1024 * 1024;

/** Reads what can be read of the record in an object. Never throws; a record of which nothing is left has no parts. */
export function salvageRecord(object: RecordObject, kind: RecordObjectKind): SalvagedRecord {
  const stored: unknown = object.data?.release;
  const text = typeof stored === "string" ? stored : "";
  const envelope = kind === "Secret" ? latin1(base64Prefix(text)) : text;
  const packed = base64Prefix(envelope);
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
  const message = isGzip ? inflatePrefix(packed.subarray(GZIP_HEADER)) : packed;
  const isIntact = isGzip && hasTrailerOf(packed, message);
  const whole = fieldsOf(message);
  const fields = whole.filter(({ bytes }) => isReadable(bytes));
  const unread = new Set(whole.filter((field) => !fields.includes(field)).map(({ number }) => number));
  const numbers = new Set(fields.map(({ number }) => number));
  const last = Math.max(0, ...numbers);
  const found = PARTS.filter((part, index) => {
    const number = index + 1;
    const isPassed = !unread.has(number) && (last > number || isIntact);
    // Each hook is a field of its own: more of them may stand behind the last that was read.
    if (part === "hooks") return isPassed;
    return numbers.has(number) || part === "config" && isPassed;
  });
  return {
    release: decodeRelease(joinBytes(fields.map(({ bytes }) => bytes))),
    found: new Set(found),
    isIntact,
    messageBytes: message.length,
  };
}

/** Header of gzip without options, as Go and Node write it. */
const GZIP_HEADER = 10;

/**
 * Returns the bytes of the longest beginning that is base64. Padding is not needed: two or three characters at the end hold
 * whole bytes.
 */
function base64Prefix(text: string): Uint8Array {
  const [valid = ""] = /^[A-Za-z0-9+/]*/.exec(text.replaceAll(/[\r\n]/g, "")) ?? [];
  // A single character holds only a part of a byte.
  return Uint8Array.fromBase64(valid.length % 4 === 1 ? valid.slice(0, -1) : valid);
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** Unpacks the longest beginning that is valid. */
function inflatePrefix(packed: Uint8Array): Uint8Array {
  const whole = inflated(packed);
  if (whole !== undefined) return whole;
  let [good, bad] = [0, packed.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (inflated(packed.subarray(0, middle)) === undefined) bad = middle;
    else good = middle;
  }
  return inflated(packed.subarray(0, good)) ?? new Uint8Array();
}

/** Unpacks data that may end early; `undefined` when it is not valid. */
function inflated(packed: Uint8Array): Uint8Array | undefined {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MESSAGE_BYTES_MAX };
    const { buffer, byteOffset, length } = inflateRawSync(packed, options);
    return new Uint8Array(buffer, byteOffset, length);
  } catch {
    return undefined;
  }
}

/** True if the end of `packed` has the checksum and the size of the message, as gzip's trailer. */
function hasTrailerOf(packed: Uint8Array, message: Uint8Array): boolean {
  const at = packed.length - 8;
  if (at < GZIP_HEADER) return false;
  const trailer = new DataView(packed.buffer, packed.byteOffset + at);
  return trailer.getUint32(0, true) === crc32(message) && trailer.getUint32(4, true) === message.length;
}

/** Returns the fields of a message that are whole and are fields of a release. */
function fieldsOf(message: Uint8Array): { readonly number: number; readonly bytes: Uint8Array }[] {
  const fields: { number: number; bytes: Uint8Array }[] = [];
  const reader = new BinaryReader(message);
  try {
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const [number, wireType] = reader.tag();
      if (number < 1 || number > PARTS.length) break;
      reader.skip(wireType, number);
      if (reader.pos > reader.len) break;
      fields.push({ number, bytes: message.subarray(start, reader.pos) });
    }
  } catch {
    // The message ends within a field.
  }
  return fields;
}

function isReadable(field: Uint8Array): boolean {
  try {
    decodeRelease(field);
    return true;
  } catch (error) {
    if (error instanceof SkegError && error.kind === "record") return false;
    throw error;
  }
}
