/**
 * The matchers of file patterns. Texts have one character per byte. Some
 * matchers count bytes where characters would be expected; the reference does
 * the same.
 *
 * Source: github.com/gobwas/glob 0.2.3, `match`.
 *
 * @module
 */
import { fromBytes, sequenceLength, toBytes } from "../../lang/golang/mod.ts";

/** The first match in a text: its index, and all possible lengths there, ascending. */
export interface GlobMatch {
  readonly index: number;
  readonly lengths: readonly number[];
}

/** Matches a piece of a pattern. */
export interface Matcher {
  /** Number of characters that it matches, or -1 when that is not fixed. */
  readonly length: number;
  /** True if the whole text matches. */
  match(text: string): boolean;
  /** Returns the first match within the text. */
  find(text: string): GlobMatch | undefined;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Returns the indexes where characters begin; an invalid UTF-8 byte counts as one character. */
function starts(text: string): number[] {
  const bytes = bytesOf(text);
  const places: number[] = [];
  for (let at = 0; at < bytes.length; at += sequenceLength(bytes, at) || 1) places.push(at);
  return places;
}

/** Returns the indexes where characters end, with their code points. */
function ends(text: string): number[] {
  return [...starts(text).slice(1), ...(text === "" ? [] : [text.length])];
}

/** Returns the first code point and its size in bytes; U+FFFD for invalid UTF-8. */
export function firstRune(text: string): { code: number; size: number } {
  if (text === "") return { code: 0xfffd, size: 0 };
  const bytes = bytesOf(text.slice(0, 4));
  const size = sequenceLength(bytes, 0);
  if (size === 0) return { code: 0xfffd, size: 1 };
  return { code: fromBytes(bytes.subarray(0, size)).codePointAt(0) ?? 0xfffd, size };
}

function beforeSlash(text: string): string {
  const at = text.indexOf("/");
  return at < 0 ? text : text.slice(0, at);
}

/** Plain text. */
export class Text implements Matcher {
  readonly length: number;

  constructor(readonly text: string) {
    this.length = starts(text).length;
  }

  match(text: string): boolean {
    return text === this.text;
  }

  find(text: string): GlobMatch | undefined {
    const index = text.indexOf(this.text);
    return index < 0 ? undefined : { index, lengths: [this.text.length] };
  }
}

/** Base class for matchers of exactly one character. */
abstract class OneRune implements Matcher {
  readonly length = 1;

  abstract accepts(code: number): boolean;

  match(text: string): boolean {
    const { code, size } = firstRune(text);
    return text.length <= size && this.accepts(code);
  }

  find(text: string): GlobMatch | undefined {
    for (const index of starts(text)) {
      const { code, size } = firstRune(text.slice(index));
      if (this.accepts(code)) return { index, lengths: [size === 1 && code === 0xfffd ? 3 : size] };
    }
    return undefined;
  }
}

/** `?` */
export class Single extends OneRune {
  accepts(code: number): boolean {
    return code !== 0x2f;
  }
}

/** `[abc]`, `[!abc]` */
export class List extends OneRune {
  private readonly codes: ReadonlySet<number>;

  constructor(readonly chars: string, readonly not: boolean) {
    super();
    this.codes = new Set(Array.from(chars, (char) => char.codePointAt(0) ?? 0));
  }

  /** Returns the characters as text with one character per byte. */
  byteText(): string {
    return Array.from(toBytes(this.chars), (byte) => String.fromCharCode(byte)).join("");
  }

  accepts(code: number): boolean {
    return this.codes.has(code) !== this.not;
  }
}

/** `[a-z]`, `[!a-z]` */
export class Range extends OneRune {
  constructor(private readonly low: number, private readonly high: number, private readonly not: boolean) {
    super();
  }

  accepts(code: number): boolean {
    return (code >= this.low && code <= this.high) !== this.not;
  }
}

/** Base class for matchers without a fixed length. */
abstract class Open {
  readonly length: number = -1;
}

/** `*` */
export class Any extends Open implements Matcher {
  match(text: string): boolean {
    return !text.includes("/");
  }

  find(text: string): GlobMatch {
    const part = beforeSlash(text);
    return { index: 0, lengths: [...starts(part), part.length] };
  }
}

/** `**` */
export class Super extends Open implements Matcher {
  match(): boolean {
    return true;
  }

  find(text: string): GlobMatch {
    return { index: 0, lengths: [...starts(text), text.length] };
  }
}

/** The empty text. */
export class Nothing implements Matcher {
  readonly length = 0;

  match(text: string): boolean {
    return text === "";
  }

  find(): GlobMatch {
    return { index: 0, lengths: [0] };
  }
}

/** Text, then anything. */
export class Prefix extends Open implements Matcher {
  constructor(readonly text: string) {
    super();
  }

  match(text: string): boolean {
    return text.startsWith(this.text);
  }

  find(text: string): GlobMatch | undefined {
    const index = text.indexOf(this.text);
    if (index < 0) return undefined;
    const { length } = this.text;
    return { index, lengths: [length, ...ends(text.slice(index + length)).map((end) => length + end)] };
  }
}

/** Anything, then text. */
export class Suffix extends Open implements Matcher {
  constructor(readonly text: string) {
    super();
  }

  match(text: string): boolean {
    return text.endsWith(this.text);
  }

  find(text: string): GlobMatch | undefined {
    const index = text.indexOf(this.text);
    return index < 0 ? undefined : { index: 0, lengths: [index + this.text.length] };
  }
}

/** Text at the beginning and text at the end; the two may overlap. */
export class PrefixSuffix extends Open implements Matcher {
  constructor(private readonly prefix: string, private readonly suffix: string) {
    super();
  }

  match(text: string): boolean {
    return text.startsWith(this.prefix) && text.endsWith(this.suffix);
  }

  find(text: string): GlobMatch | undefined {
    const index = text.indexOf(this.prefix);
    if (index < 0) return undefined;
    const lengths: number[] = [];
    let rest = text.slice(index);
    for (let at = rest.lastIndexOf(this.suffix); at >= 0; at = rest.lastIndexOf(this.suffix)) {
      lengths.unshift(at + this.suffix.length);
      rest = rest.slice(0, at);
    }
    return lengths.length === 0 ? undefined : { index, lengths };
  }
}

/** Text, then anything within the segment. */
export class PrefixAny extends Open implements Matcher {
  constructor(private readonly text: string) {
    super();
  }

  match(text: string): boolean {
    return text.startsWith(this.text) && !text.includes("/", this.text.length);
  }

  find(text: string): GlobMatch | undefined {
    const index = text.indexOf(this.text);
    if (index < 0) return undefined;
    const { length } = this.text;
    const rest = beforeSlash(text.slice(index + length));
    return { index, lengths: [length, ...ends(rest).map((end) => length + end)] };
  }
}

/** Anything within the segment, then text. */
export class SuffixAny extends Open implements Matcher {
  constructor(private readonly text: string) {
    super();
  }

  match(text: string): boolean {
    return text.endsWith(this.text) && !text.slice(0, text.length - this.text.length).includes("/");
  }

  find(text: string): GlobMatch | undefined {
    const at = text.indexOf(this.text);
    if (at < 0) return undefined;
    const index = text.slice(0, at).lastIndexOf("/") + 1;
    return { index, lengths: [at + this.text.length - index] };
  }
}

/** Text that must, or must not, occur anywhere. */
export class Contains extends Open implements Matcher {
  constructor(private readonly needle: string, private readonly not: boolean) {
    super();
  }

  match(text: string): boolean {
    return text.includes(this.needle) !== this.not;
  }

  find(text: string): GlobMatch | undefined {
    const at = text.indexOf(this.needle);
    if (this.not) {
      const part = at < 0 ? text : text.slice(0, at);
      return { index: 0, lengths: [...starts(part), part.length] };
    }
    if (at < 0) return undefined;
    const offset = at + this.needle.length;
    const rest = text.slice(offset);
    return { index: 0, lengths: [...starts(rest).map((start) => offset + start), text.length] };
  }
}

/** At least a number of characters. */
export class Min extends Open implements Matcher {
  constructor(private readonly limit: number) {
    super();
  }

  match(text: string): boolean {
    return starts(text).length >= this.limit;
  }

  find(text: string): GlobMatch | undefined {
    const lengths = ends(text).slice(this.limit - 1);
    return lengths.length === 0 ? undefined : { index: 0, lengths };
  }
}

/** At most a number of characters. */
export class Max extends Open implements Matcher {
  constructor(private readonly limit: number) {
    super();
  }

  match(text: string): boolean {
    return starts(text).length <= this.limit;
  }

  find(text: string): GlobMatch {
    return { index: 0, lengths: [0, ...ends(text).slice(0, this.limit)] };
  }
}

/** At least one of several matchers. */
export class AnyOf implements Matcher {
  readonly length: number;

  constructor(readonly matchers: readonly Matcher[]) {
    const [first, ...others] = matchers.map((matcher) => matcher.length);
    this.length = first === undefined || others.some((other) => other !== first) ? -1 : first;
  }

  match(text: string): boolean {
    return this.matchers.some((matcher) => matcher.match(text));
  }

  find(text: string): GlobMatch | undefined {
    let best: GlobMatch | undefined;
    for (const matcher of this.matchers) {
      const found = matcher.find(text);
      if (found === undefined || (best !== undefined && found.index > best.index)) continue;
      if (best === undefined || found.index < best.index) best = found;
      else {
        const lengths = [...new Set([...best.lengths, ...found.lengths])].sort((a, b) => a - b);
        best = { index: best.index, lengths };
      }
    }
    return best;
  }
}

/** All of several matchers. */
export class EveryOf extends Open implements Matcher {
  constructor(readonly matchers: readonly Matcher[]) {
    super();
  }

  match(text: string): boolean {
    return this.matchers.every((matcher) => matcher.match(text));
  }

  find(text: string): GlobMatch | undefined {
    let index = 0;
    let offset = 0;
    let current: readonly number[] = [];
    let rest = text;
    for (const [at, matcher] of this.matchers.entries()) {
      const found = matcher.find(rest);
      if (found === undefined) return undefined;
      if (at === 0) current = found.lengths;
      else {
        const delta = index - (found.index + offset);
        current = current.map((length) => length + delta).filter((length) => found.lengths.includes(length));
        if (current.length === 0) return undefined;
      }
      index = found.index + offset;
      rest = text.slice(index);
      offset += found.index;
    }
    return { index, lengths: current };
  }
}

/** A sequence of matchers with fixed lengths. */
export class Row implements Matcher {
  constructor(readonly matchers: readonly Matcher[], readonly length: number) {}

  private all(text: string): boolean {
    const bytes = bytesOf(text);
    let at = 0;
    for (const matcher of this.matchers) {
      const { length } = matcher;
      // The last character counts as one byte, even if it has several.
      let last = at;
      let count = 0;
      for (let next = at; next < bytes.length && (length === 0 || count < length); count++) {
        last = next;
        next += sequenceLength(bytes, next) || 1;
      }
      if (length > count) return false;
      const end = last + 1;
      // Helm 2: an empty alternative after the end of the text causes a panic.
      if (end > text.length) {
        throw new Error(`runtime error: slice bounds out of range [:${end}] with length ${text.length}`);
      }
      if (!matcher.match(text.slice(at, end))) return false;
      at = end;
    }
    return true;
  }

  match(text: string): boolean {
    return starts(text).length === this.length && this.all(text);
  }

  find(text: string): GlobMatch | undefined {
    for (const index of starts(text)) {
      if (text.length - index < this.length) break;
      if (this.all(text.slice(index))) return { index, lengths: [this.length] };
    }
    return undefined;
  }
}
