/**
 * Words and lines: changing the style of names, and wrapping text.
 *
 * Answers to huandu/xstrings 1.2.0 and Masterminds/goutils 1.1.0, which sprig 2.22.0 uses.
 *
 * @module
 */

import { isSpace, lowerRune, titleRune, upperRune } from "../../golang/mod.ts";
import { fromBinary, toBinary } from "./_binary.ts";

const UPPER = /^\p{Lu}$/u;
const TITLE = /^\p{Lt}$/u;
const LOWER = /^\p{Ll}$/u;
const NUMBER = /^\p{N}$/u;

const isUpper = (rune: string): boolean => UPPER.test(rune);
const isNumber = (rune: string): boolean => NUMBER.test(rune);

/**
 * Drops each underscore, and raises the letter after it; lowers all others.
 *
 * Underscores at the start stay, and of several in a row one is dropped. Helm 2:
 * nothing but the underscore separates words.
 */
export function camelCase(text: string): string {
  const runes = [...text.toWellFormed()];
  let start = runes.findIndex((rune) => rune !== "_");
  if (start < 0) start = runes.length;
  let out = "_".repeat(start);
  // Helm 2: a single letter with nothing behind it gets lost.
  if (start >= runes.length - 1) return out;
  let current = upperRune(runes[start] ?? "");
  for (const rune of runes.slice(start + 1)) {
    if (current !== "_") out += current;
    else if (rune === "_") {
      out += "_";
      continue;
    }
    current = current === "_" ? upperRune(rune) : lowerRune(rune);
  }
  return out + current;
}

/** Lowers all letters and puts `connector` where a word starts; runs of capitals are one word. */
export function joinedCase(text: string, connector: "_" | "-"): string {
  const runes = [...text.toWellFormed()];
  let out = "";
  let at = 0;
  // What the reader saw last; it decides whether the next word needs a connector.
  let last: string = connector;
  while (at < runes.length) {
    const rune = runes[at++] ?? "";
    const startsWord = last !== connector && !isNumber(last);
    last = rune;
    if (rune !== "\ufffd" && isUpper(rune)) {
      if (startsWord) out += connector;
      const run = readCapitals(runes, at, rune, connector);
      out += run.text;
      at = run.end;
      last = run.last;
    } else if (isNumber(rune)) {
      out += (startsWord ? connector : "") + rune;
    } else {
      last = isSeparator(rune) ? connector : rune;
      out += last;
    }
  }
  return out;
}

function isSeparator(rune: string): boolean {
  return rune === " " || rune === "-" || rune === "_";
}

/** Reads a run of capitals that began with `first`, together with the character that ends it. */
function readCapitals(
  runes: readonly string[],
  start: number,
  first: string,
  connector: string,
): { text: string; end: number; last: string } {
  const text = lowerRune(first);
  let at = start;
  if (at >= runes.length) return { text, end: at, last: first };
  let current = runes[at++] ?? "";
  if (!isUpper(current)) return { text: text + current, end: at, last: current };
  let rest = "";
  while (at < runes.length) {
    const capital = lowerRune(current);
    current = runes[at++] ?? "";
    if (current === "\ufffd") {
      rest += capital + current;
      break;
    }
    if (!isUpper(current)) {
      if (isSeparator(current)) {
        current = connector;
        rest += capital;
      } else if (isNumber(current)) {
        rest += capital + connector + current;
      } else {
        // The last capital of the run begins a word of its own.
        rest += connector + capital + current;
      }
      break;
    }
    rest += capital;
  }
  // Helm 2: at the end of the text the last character is written once more, unless it is a capital of the run.
  if (at >= runes.length || current === connector) rest += lowerRune(current);
  return { text: text + rest, end: at, last: current };
}

/** Swaps the case of all letters; a small letter at the start of a word gets its title form. */
export function swapCase(text: string): string {
  let afterSpace = true;
  let out = "";
  for (const rune of text.toWellFormed()) {
    if (isUpper(rune) || TITLE.test(rune)) {
      out += lowerRune(rune);
      afterSpace = false;
    } else if (LOWER.test(rune)) {
      out += afterSpace ? titleRune(rune) : upperRune(rune);
      afterSpace = false;
    } else {
      out += rune;
      afterSpace = isSpace(rune);
    }
  }
  return out;
}

/** Lowers the first letter of every word that blanks separate. */
export function untitle(text: string): string {
  let starts = true;
  let out = "";
  for (const rune of text.toWellFormed()) {
    if (isSpace(rune)) starts = true;
    else if (starts) {
      out += lowerRune(rune);
      starts = false;
      continue;
    }
    out += rune;
  }
  return out;
}

/** Returns the first character of every word. Helm 2: a byte beyond ASCII is read as the Latin-1 character it numbers. */
export function initials(text: string): string {
  let afterGap = true;
  let out = "";
  for (const char of toBinary(text)) {
    if (!isSpace(char) && afterGap) out += char;
    afterGap = isSpace(char);
  }
  return out;
}

/** Drops blanks. Helm 2: when there are any, bytes beyond ASCII are read as the Latin-1 characters they number. */
export function withoutSpace(text: string): string {
  const binary = toBinary(text);
  let out = "";
  for (const char of binary) if (!isSpace(char)) out += char;
  return out.length === binary.length ? text : out;
}

/**
 * Breaks text at blanks into lines of at most `width` bytes, joined by
 * `newline`. Longer words are cut only with `cutsWords`.
 */
export function wrapText(text: string, width: number, newline: string, cutsWords: boolean): string {
  const line = toBinary(text);
  const separator = newline === "" ? "\n" : toBinary(newline);
  const size = Math.max(1, width);
  let out = "";
  let start = 0;
  while (line.length - start > size) {
    if (line[start] === " ") {
      start++;
      continue;
    }
    const blank = line.slice(start, start + size + 1).lastIndexOf(" ");
    let end = start + blank;
    let next = end + 1;
    if (blank < 0 && cutsWords) next = end = start + size;
    else if (blank < 0) {
      end = line.indexOf(" ", start + size);
      if (end < 0) return fromBinary(out + line.slice(start));
      next = end + 1;
    }
    out += line.slice(start, end) + separator;
    start = next;
  }
  return fromBinary(out + line.slice(start));
}

/**
 * Shortens text to `width` bytes with `...` at the end, and also at the start
 * when `offset` lies far enough in. Text that fits, or asks for the impossible, is
 * returned as it is or as nothing.
 */
export function abbreviate(text: string, offset: number, width: number): string {
  const line = toBinary(text);
  if (line === "" || width < 4) return "";
  if (line.length <= width) return text;
  const room = width - 3;
  let start = Math.min(offset, line.length);
  if (line.length - start < room) start = line.length - room;
  if (start <= 4) return fromBinary(line.slice(0, room) + "...");
  if (width < 7) return "";
  if (start + room < line.length) return "..." + abbreviate(fromBinary(line.slice(start)), 0, room);
  return fromBinary("..." + line.slice(line.length - room));
}
