/**
 * Protobuf's binary form of the messages that templates see, for their methods
 * `XXX_Size` and `XXX_Marshal`.
 *
 * @module
 */
import { type GoMap, Int, isMap, Slice, Struct, toBytes } from "../../lang/golang/mod.ts";

/** Wire types: a variable number of bytes, and bytes with their length before them. */
const VARINT = 0;
const BYTES = 2;

/** A message inside another one. */
export interface NestedBytes {
  /** The message. */
  readonly bytes: readonly number[];
  /** The length that the outer message states for it. */
  readonly length: number;
}

function varint(value: bigint): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  return [...out, Number(rest)];
}

function tag(number: number, wireType: number): number[] {
  return varint(BigInt(number << 3 | wireType));
}

function lengthDelimited(number: number, bytes: ArrayLike<number>, length = bytes.length): number[] {
  return [...tag(number, BYTES), ...varint(BigInt(length)), ...Array.from(bytes)];
}

/** An entry of a map is a message of two texts, both always written. */
function entry(number: number, key: string, value: unknown): number[] {
  const pair = [...lengthDelimited(1, toBytes(key)), ...lengthDelimited(2, toBytes(String(value)))];
  return lengthDelimited(number, pair);
}

/**
 * Returns the bytes of one field; none for a default.
 *
 * @param number The field's number.
 * @param value A text, bool, integer, list of texts or messages, or map of texts.
 * @param nested Gives the bytes of a message in a list, and the length to write before them.
 */
export function fieldBytes(number: number, value: unknown, nested: (message: Struct) => NestedBytes): number[] {
  if (typeof value === "string") return value === "" ? [] : lengthDelimited(number, toBytes(value));
  if (typeof value === "boolean") return value ? [...tag(number, VARINT), 1] : [];
  if (value instanceof Int) return value.value === 0n ? [] : [...tag(number, VARINT), ...varint(value.value)];
  if (value instanceof Slice) {
    return value.items.flatMap((item) => {
      if (!(item instanceof Struct)) return lengthDelimited(number, toBytes(String(item)));
      const { bytes, length } = nested(item);
      return lengthDelimited(number, bytes, length);
    });
  }
  if (!isMap(value)) return [];
  return Object.keys(value).sort().flatMap((key) => entry(number, key, (value as GoMap)[key]));
}
