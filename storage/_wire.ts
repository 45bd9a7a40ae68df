/**
 * Small helpers over the protobuf reader and writer.
 *
 * Every message decoder walks its fields once and collects unknown ones, tag included, so that an encoder can
 * write them back at the message's end.
 */
import { joinBytes } from "../engine/base/mod.ts";
import { BinaryReader, BinaryWriter, WireType } from "npm:@bufbuild/protobuf@2.17.0/wire";
import { SkegError } from "../errors.ts";
import type { Timestamp } from "../engine/model/mod.ts";

/** Reads the field at the reader's position and returns true, or leaves it unread and returns false. */
export type FieldReader = (fieldNumber: number, reader: BinaryReader, wireType: WireType) => boolean;

/** Walks a message's fields; returns the bytes of those that `read` refused, or `undefined` when there were none. */
export function readFields(bytes: Uint8Array, read: FieldReader): Uint8Array | undefined {
  const reader = new BinaryReader(bytes);
  const unknown: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [fieldNumber, wireType] = reader.tag();
    if (read(fieldNumber, reader, wireType)) continue;
    reader.skip(wireType, fieldNumber);
    unknown.push(bytes.subarray(start, reader.pos));
  }
  return unknown.length === 0 ? undefined : joinBytes(unknown);
}

/** Reads the numbers of a repeated enum, packed or not, into `into`. */
export function readNumbers(reader: BinaryReader, wireType: WireType, into: number[]): true {
  if (wireType !== WireType.LengthDelimited) {
    into.push(reader.int32());
    return true;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) into.push(reader.int32());
  return true;
}

/** Reads a timestamp's bytes. */
export function decodeTimestamp(bytes: Uint8Array): Timestamp {
  let seconds = 0;
  let nanos = 0;
  readFields(bytes, (fieldNumber, reader) => {
    if (fieldNumber === 1) seconds = Number(reader.int64());
    else if (fieldNumber === 2) nanos = reader.int32();
    else return false;
    return true;
  });
  return { seconds, nanos };
}

const INT64_MAX = 2n ** 63n - 1n;

/** Writes fields of one message, leaving out what protobuf leaves out. */
export class MessageWriter {
  readonly #writer = new BinaryWriter();
  readonly #message: string;

  /** `message` is the full name of the message, for errors. */
  constructor(message: string) {
    this.#message = message;
  }

  /** A string; `name` is Go's name of the field, for the error that Tiller gives when text is not valid UTF-8. */
  text(fieldNumber: number, name: string, value: string | undefined): this {
    if (value === undefined || value === "") return this;
    this.#writer.tag(fieldNumber, WireType.LengthDelimited).string(this.#wellFormed(name, value));
    return this;
  }

  /** A repeated string; empty ones are written. */
  texts(fieldNumber: number, name: string, values: readonly string[] | undefined): this {
    for (const value of values ?? []) {
      this.#writer.tag(fieldNumber, WireType.LengthDelimited).string(this.#wellFormed(name, value));
    }
    return this;
  }

  /** Bytes; empty ones are left out. */
  data(fieldNumber: number, value: Uint8Array): this {
    if (value.length > 0) this.#writer.tag(fieldNumber, WireType.LengthDelimited).bytes(value);
    return this;
  }

  /** A nested message; written even when it is empty. */
  message(fieldNumber: number, encoded: Uint8Array | undefined): this {
    if (encoded !== undefined) this.#writer.tag(fieldNumber, WireType.LengthDelimited).bytes(encoded);
    return this;
  }

  /** An int32 or an enum. */
  int32(fieldNumber: number, value: number): this {
    if (value !== 0) this.#writer.tag(fieldNumber, WireType.Varint).int32(value);
    return this;
  }

  /** An int64; numbers beyond its ends, to which reading rounds, become its ends. */
  int64(fieldNumber: number, value: number): this {
    if (value === 0) return this;
    const exact = BigInt(Math.trunc(value));
    const within = exact > INT64_MAX ? INT64_MAX : exact < -INT64_MAX ? -INT64_MAX - 1n : exact;
    this.#writer.tag(fieldNumber, WireType.Varint).int64(within);
    return this;
  }

  /** A bool. */
  bool(fieldNumber: number, value: boolean | undefined): this {
    if (value === true) this.#writer.tag(fieldNumber, WireType.Varint).bool(true);
    return this;
  }

  /** A packed repeated enum; zeros are written. */
  numbers(fieldNumber: number, values: readonly number[]): this {
    if (values.length === 0) return this;
    this.#writer.tag(fieldNumber, WireType.LengthDelimited).fork();
    for (const value of values) this.#writer.int32(value);
    this.#writer.join();
    return this;
  }

  /** A timestamp. */
  time(fieldNumber: number, value: Timestamp | undefined): this {
    if (value === undefined) return this;
    return this.message(
      fieldNumber,
      new MessageWriter("google.protobuf.Timestamp").int64(1, value.seconds).int32(2, value.nanos).finish(),
    );
  }

  /** Returns the message's bytes; `unknown` holds fields that a reader did not know. */
  finish(unknown?: Uint8Array): Uint8Array {
    if (unknown !== undefined) this.#writer.raw(unknown);
    return this.#writer.finish();
  }

  #wellFormed(name: string, value: string): string {
    if (value.isWellFormed()) return value;
    throw new SkegError("record", `proto: field "${this.#message}.${name}" contains invalid UTF-8`);
  }
}
