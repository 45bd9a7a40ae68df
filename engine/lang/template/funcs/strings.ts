/**
 * Template functions about text: case, trimming, cutting, padding, wrapping,
 * searching, joining and quoting. Exports `stringFuncs`.
 *
 * Answers to sprig 2.22.0, `strings.go` and `functions.go`. Go counts bytes, so
 * do the functions here that take numbers.
 *
 * @module
 */

import {
  byteLength,
  compareBytes,
  formatValue,
  type Int,
  newMap,
  normalizeText,
  quote,
  Slice,
  sliceBytes,
  toLower,
  toTitle,
  toUpper,
  trimSpace,
} from "../../golang/mod.ts";
import { areSearchable, fromBinary, toBinary } from "./_binary.ts";
import { appended, writeBack } from "./_capacity.ts";
import { define, defineInContext, defineVariadic, outOfRange, SIZE_MAX } from "./_define.ts";
import { randomBelow } from "./_random.ts";
import { replaceText, splitText } from "./_split.ts";
import { elementsOf, textOf, textsOf } from "./_values.ts";
import { abbreviate, camelCase, initials, joinedCase, swapCase, untitle, withoutSpace, wrapText } from "./_words.ts";
import { type FuncContext, FuncError, type FuncTable } from "./func.ts";

/** Calls a search with JavaScript strings that hold characters, or bytes where the texts need it. */
function search<T>(text: string, part: string, body: (text: string, part: string) => T): T {
  return areSearchable(text, part) ? body(text, part) : body(toBinary(text), toBinary(part));
}

function repeat(count: Int, text: string): string {
  if (count.value < 0n) throw new FuncError("strings: negative Repeat count");
  if (text === "" || count.value === 0n) return "";
  if (BigInt(text.length) * count.value > SIZE_MAX) throw new FuncError("strings: Repeat count causes overflow");
  return normalizeText(text.repeat(Number(count.value)));
}

function trunc(count: Int, text: string): string {
  const size = Number(count.value);
  if (byteLength(text) <= size) return text;
  if (size < 0) throw outOfRange(`[:${count.value}]`);
  return sliceBytes(text, 0, size);
}

function substring(from: Int, to: Int, text: string): string {
  const start = Number(from.value);
  const end = Number(to.value);
  const length = byteLength(text);
  if (start < 0) {
    if (end < 0) throw outOfRange(`[:${to.value}]`);
    if (end > length) throw outOfRange(`[:${to.value}] with length ${length}`);
    return sliceBytes(text, 0, end);
  }
  if (end < 0 || end > length) {
    if (start > length) throw outOfRange(`[${from.value}:${length}]`);
    return sliceBytes(text, start);
  }
  if (start > end) throw outOfRange(`[${from.value}:${to.value}]`);
  return sliceBytes(text, start, end);
}

function indent(spaces: Int, text: string): string {
  if (spaces.value < 0n) throw new FuncError("strings: negative Repeat count");
  if (spaces.value > SIZE_MAX) throw new FuncError("strings: Repeat count causes overflow");
  const pad = " ".repeat(Number(spaces.value));
  return pad + text.replaceAll("\n", "\n" + pad);
}

/** Go's `strings.Trim`; raw bytes in either text count as U+FFFD. */
function trimSet(text: string, set: string): string {
  const runes = [...text];
  const unwanted = new Set(set.toWellFormed());
  const isUnwanted = (at: number): boolean => unwanted.has((runes[at] ?? "").toWellFormed());
  let start = 0;
  let end = runes.length;
  while (start < end && isUnwanted(start)) start++;
  while (end > start && isUnwanted(end - 1)) end--;
  return runes.slice(start, end).join("");
}

function trimPrefix(prefix: string, text: string): string {
  if (areSearchable(prefix, text)) return text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const [bytes, part] = [toBinary(text), toBinary(prefix)];
  return bytes.startsWith(part) ? fromBinary(bytes.slice(part.length)) : text;
}

function trimSuffix(suffix: string, text: string): string {
  if (areSearchable(suffix, text)) return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
  const [bytes, part] = [toBinary(text), toBinary(suffix)];
  return bytes.endsWith(part) ? fromBinary(bytes.slice(0, bytes.length - part.length)) : text;
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function shuffle({ random }: FuncContext, text: string): string {
  const runes = [...text.toWellFormed()];
  for (let at = runes.length - 1; at > 0; at--) {
    const other = randomBelow(random, at + 1);
    [runes[at], runes[other]] = [runes[other] ?? "", runes[at] ?? ""];
  }
  return runes.join("");
}

/** Returns `map[string]string` with the keys `_0`, `_1`, … */
function numbered(parts: readonly string[] | undefined): unknown {
  const map = newMap("map[string]string");
  for (const [index, part] of (parts ?? []).entries()) map[`_${index}`] = part;
  return map;
}

function sortAlpha(list: unknown): Slice {
  if (elementsOf(list) === undefined) return new Slice("string", [textOf(list)]);
  // Helm 2: a list of strings is sorted in place, and handed back.
  if (list instanceof Slice && list.elem === "string") {
    (list.items as string[]).sort(compareBytes);
    writeBack(list);
    return list;
  }
  return appended(new Slice("string", textsOf(list).sort(compareBytes)), elementsOf(list)?.length);
}

function toStrings(value: unknown): Slice {
  if (value instanceof Slice && value.elem === "string") return value;
  // Room is made for nils, too.
  return appended(new Slice("string", textsOf(value)), elementsOf(value)?.length);
}

const trimAll = define(["string", "string"], (set, text) => trimSet(text, set));

/** Functions about text, by name. */
export const stringFuncs: FuncTable = {
  hello: define([], () => "Hello!"),
  abbrev: define(
    ["int", "string"],
    (width, text) => width.value < 4n ? text : abbreviate(text, 0, Number(width.value)),
  ),
  abbrevboth: define(["int", "int", "string"], (left, right, text) => {
    if (right.value < 4n || (left.value > 0n && right.value < 7n)) return text;
    return abbreviate(text, Number(left.value), Number(right.value));
  }),
  trunc: define(["int", "string"], trunc),
  trim: define(["string"], trimSpace),
  upper: define(["string"], toUpper),
  lower: define(["string"], toLower),
  title: define(["string"], toTitle),
  untitle: define(["string"], untitle),
  substr: define(["int", "int", "string"], substring),
  repeat: define(["int", "string"], repeat),
  trimall: trimAll,
  trimAll,
  trimSuffix: define(["string", "string"], trimSuffix),
  trimPrefix: define(["string", "string"], trimPrefix),
  nospace: define(["string"], withoutSpace),
  initials: define(["string"], initials),
  swapcase: define(["string"], swapCase),
  shuffle: defineInContext(["string"], shuffle),
  snakecase: define(["string"], (text) => joinedCase(text, "_")),
  camelcase: define(["string"], camelCase),
  kebabcase: define(["string"], (text) => joinedCase(text, "-")),
  wrap: define(["int", "string"], (width, text) => wrapText(text, Number(width.value), "", false)),
  wrapWith: define(
    ["int", "string", "string"],
    (width, newline, text) => wrapText(text, Number(width.value), newline, true),
  ),
  contains: define(["string", "string"], (part, text) => search(text, part, (all, piece) => all.includes(piece))),
  hasPrefix: define(["string", "string"], (part, text) => search(text, part, (all, piece) => all.startsWith(piece))),
  hasSuffix: define(["string", "string"], (part, text) => search(text, part, (all, piece) => all.endsWith(piece))),
  quote: defineVariadic(
    [],
    "interface {}",
    (_, values) => {
      const [first] = values;
      if (values.length === 1 && typeof first === "string") return quote(first);
      return values.filter(isPresent).map((value) => quote(textOf(value))).join(" ");
    },
  ),
  squote: defineVariadic(
    [],
    "interface {}",
    (_, values) => values.filter(isPresent).map((value) => `'${formatValue(value)}'`).join(" "),
  ),
  cat: defineVariadic(
    [],
    "interface {}",
    (_, values) => normalizeText(values.filter(isPresent).map((value) => formatValue(value)).join(" ")),
  ),
  indent: define(["int", "string"], indent),
  nindent: define(["int", "string"], (spaces, text) => "\n" + indent(spaces, text)),
  replace: define(["string", "string", "string"], (old, replacement, text) => replaceText(text, old, replacement)),
  plural: define(["string", "string", "int"], (one, many, count) => count.value === 1n ? one : many),
  toString: define(["interface {}"], textOf),
  toStrings: define(["interface {}"], toStrings),
  join: define(["string", "interface {}"], (separator, list) => normalizeText(textsOf(list).join(separator))),
  sortAlpha: define(["interface {}"], sortAlpha),
  split: define(["string", "string"], (separator, text) => numbered(splitText(text, separator))),
  splitList: define(["string", "string"], (separator, text) => new Slice("string", splitText(text, separator) ?? [])),
  splitn: define(
    ["string", "int", "string"],
    (separator, count, text) => numbered(splitText(text, separator, Number(count.value))),
  ),
};
