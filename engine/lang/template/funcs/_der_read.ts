/**
 * Reads DER one element after the other, with the errors of Go's `encoding/asn1`.
 *
 * @module
 */
import { FuncError } from "./func.ts";

/** Tags that callers look for. */
export const TAG = { integer: 0x02, octetString: 0x04, sequence: 0x30 } as const;

/** One element that was read. */
export interface DerElement {
  /** The tag. */
  readonly tag: number;
  /** Bytes after the length. */
  readonly content: Uint8Array;
  /** The element itself, with tag and length. */
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

/** Reads the only element of `bytes`, which must be a sequence, and returns the elements inside. */
export function readSequence(bytes: Uint8Array): DerElement[] {
  const [element, ...rest] = readDer(bytes);
  if (element === undefined) throw new FuncError("asn1: syntax error: sequence truncated");
  if (element.tag !== TAG.sequence) throw new FuncError("asn1: structure error: tags don't match");
  if (rest.length > 0) throw new FuncError("asn1: syntax error: trailing data");
  return readDer(element.content);
}
