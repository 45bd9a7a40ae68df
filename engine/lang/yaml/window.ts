/**
 * A model of the input buffer of the library's reader.
 *
 * The library reads 512 bytes at a time and checks them as it goes. So it depends on how far ahead
 * the scanner has looked whether a bad character is found, and a byte order mark is skipped only
 * where the buffer starts. Texts in which neither can matter are read without a window.
 *
 * Source: gopkg.in/yaml.v2 2.2.4, `readerc.go`.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { toBytes } from "../golang/mod.ts";
import { BOM } from "./chars.ts";

const CHUNK_BYTES = 512;

/** A decoded character, or the problem with the bytes. */
interface Step {
  readonly code: number;
  readonly width: number;
  readonly problem?: string;
}

/** The part of a text that a buffered reader would have read. */
export class Window {
  /** The decoded text; differs from the given one only for UTF-16. */
  readonly text: string;
  /** Position at which the buffer starts. */
  start = 0;

  readonly #ends: readonly number[];
  readonly #problem: string | undefined;
  #chunk = 0;
  #decoded: number;
  #padding = 0;

  private constructor(text: string, ends: readonly number[], problem: string | undefined) {
    this.text = text;
    this.#ends = ends;
    this.#problem = problem;
    this.#decoded = text.charCodeAt(0) === BOM ? 1 : 0;
    this.start = this.#decoded;
  }

  /** Decodes `given` up to its first bad character. */
  static over(given: string): Window {
    const bytes = toBytes(given);
    const decode = decoderFor(bytes);
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const parts: string[] = marked ? ["\ufeff"] : [];
    const ends: number[] = [];
    let length = parts.length;
    let at = marked ? 3 : decode === decodeUtf8 ? 0 : 2;
    let limit = CHUNK_BYTES;
    let problem: string | undefined;
    while (at < bytes.length) {
      const step = decode(bytes, at);
      if (at + step.width > limit) {
        ends.push(length);
        limit = at + CHUNK_BYTES;
      }
      problem = step.problem ?? (isAllowed(step.code) ? undefined : "control characters are not allowed");
      if (problem !== undefined) {
        // Only the end of the input shows that the rest of a character is missing.
        if (problem.startsWith("incomplete")) ends.push(length);
        break;
      }
      const char = String.fromCodePoint(step.code);
      parts.push(char);
      length += char.length;
      at += step.width;
    }
    if (problem === undefined) ends.push(length);
    return new Window(parts.join(""), ends, problem);
  }

  /** Loads enough input to look at `count` characters from `pos`. */
  demand(pos: number, count: number): void {
    if (this.#unread(pos, count) >= count) return;
    this.start = pos;
    do {
      const end = this.#ends[this.#chunk];
      if (end === undefined) {
        if (this.#problem !== undefined) throw new YamlError(`yaml: ${this.#problem}`);
        // At its end the reader adds one zero character each time it is asked for more.
        this.#padding++;
        return;
      }
      this.#decoded = end;
      this.#chunk++;
    } while (this.#unread(pos, count) < count);
  }

  /** True if the buffer starts with a byte order mark. */
  startsWithMark(): boolean {
    return this.text.charCodeAt(this.start) === BOM;
  }

  #unread(pos: number, enough: number): number {
    let count = this.#padding;
    for (let p = pos; p < this.#decoded && count < enough; p++) {
      const code = this.text.charCodeAt(p);
      if (code >= 0xd800 && code < 0xdc00) p++;
      count++;
    }
    return count;
  }
}

function isAllowed(code: number): boolean {
  return code === 0x09 || code === 0x0a || code === 0x0d || (code >= 0x20 && code <= 0x7e) || code === 0x85 ||
    (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

function decoderFor(bytes: Uint8Array): (bytes: Uint8Array, at: number) => Step {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return (all, at) => decodeUtf16(all, at, 0);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return (all, at) => decodeUtf16(all, at, 1);
  return decodeUtf8;
}

function bad(problem: string, width: number): Step {
  return { code: 0, width, problem };
}

function decodeUtf8(bytes: Uint8Array, at: number): Step {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { code: first, width: 1 };
  const width = (first & 0xe0) === 0xc0 ? 2 : (first & 0xf0) === 0xe0 ? 3 : (first & 0xf8) === 0xf0 ? 4 : 0;
  if (width === 0) return bad("invalid leading UTF-8 octet", 1);
  if (at + width > bytes.length) return bad("incomplete UTF-8 octet sequence", width);
  let code = first & (0xff >> (width + 1));
  for (let k = 1; k < width; k++) {
    const next = bytes[at + k] ?? 0;
    if ((next & 0xc0) !== 0x80) return bad("invalid trailing UTF-8 octet", width);
    code = (code << 6) | (next & 0x3f);
  }
  // A character must have its shortest form.
  if (code < (width === 2 ? 0x80 : width === 3 ? 0x800 : 0x10000)) {
    return bad("invalid length of a UTF-8 sequence", width);
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return bad("invalid Unicode character", width);
  return { code, width };
}

function decodeUtf16(bytes: Uint8Array, at: number, high: 0 | 1): Step {
  const unit = (from: number): number => {
    const a = bytes[from] ?? 0, b = bytes[from + 1] ?? 0;
    return high === 0 ? a | (b << 8) : b | (a << 8);
  };
  if (at + 2 > bytes.length) return bad("incomplete UTF-16 character", 2);
  const first = unit(at);
  if ((first & 0xfc00) === 0xdc00) return bad("unexpected low surrogate area", 2);
  if ((first & 0xfc00) !== 0xd800) return { code: first, width: 2 };
  if (at + 4 > bytes.length) return bad("incomplete UTF-16 surrogate pair", 4);
  const second = unit(at + 2);
  if ((second & 0xfc00) !== 0xdc00) return bad("expected low surrogate area", 4);
  return { code: 0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff), width: 4 };
}
