/**
 * Reads DER, as much of it as certificates and keys need, with Go's words for
 * what is wrong; and the numbers of keys.
 *
 * @module
 */

import { derInteger } from "../../../base/mod.ts";
import { FuncError } from "./func.ts";

/** Tags of ASN.1. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Returns a number that is not negative. */
export function derBigInt(value: bigint): Uint8Array<ArrayBuffer> {
  return derInteger(bigIntToBytes(value));
}

/** One element that was read. */
export interface DerElement {
  /** The tag. */
  readonly tag: number;
  /** What is inside. */
  readonly content: Uint8Array;
  /** The element itself. */
  readonly whole: Uint8Array;
}

/** Reads the elements that stand one after the other in `bytes`. */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined) throw new FuncError("asn1: syntax error: truncated tag or length");
    let size = first;
    let start = at + 2;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4) throw new FuncError("asn1: structure error: length too large");
      size = 0;
      for (const byte of bytes.subarray(start, start + count)) size = size * 256 + byte;
      start += count;
    }
    if (start + size > bytes.length) throw new FuncError("asn1: syntax error: data truncated");
    elements.push({ tag, content: bytes.subarray(start, start + size), whole: bytes.subarray(at, start + size) });
    at = start + size;
  }
  return elements;
}

/** Reads the only element of `bytes`, which must be a sequence, and returns what is in it. */
export function readSequence(bytes: Uint8Array): DerElement[] {
  const [element, ...rest] = readDer(bytes);
  if (element === undefined) throw new FuncError("asn1: syntax error: sequence truncated");
  if (element.tag !== TAG.sequence) throw new FuncError("asn1: structure error: tags don't match");
  if (rest.length > 0) throw new FuncError("asn1: syntax error: trailing data");
  return readDer(element.content);
}

/** Returns the number that big-endian bytes spell. */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** Returns the bytes of a number that is not negative, most significant first; at least one. */
export function bigIntToBytes(value: bigint): Uint8Array {
  const digits = value.toString(16);
  return Uint8Array.from(
    (digits.padStart(digits.length + digits.length % 2, "0")).match(/../g) ?? [],
    (pair) => parseInt(pair, 16),
  );
}
