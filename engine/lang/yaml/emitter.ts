/**
 * Writes scalars and indicators onto lines.
 *
 * It keeps the column and the state of the line: whether a blank is needed, and whether the line
 * has nothing but indentation and indicators so far.
 *
 * Source: gopkg.in/yaml.v2 2.2.4, `emitterc.go`.
 *
 * @module
 */

import { analyze, isPrintable } from "./analyze.ts";
import { BOM, isBreak, SPACE } from "./chars.ts";
import { readsAsString } from "./resolve.ts";

// The library's `best_width`.
const WIDTH = 80;
const QUOTE = 0x27, DOUBLE_QUOTE = 0x22, BACKSLASH = 0x5c;
/**
 * Numbers in base 60, which YAML 1.1 had. The library no longer reads them, but quotes such texts
 * for readers that do.
 */
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x00, "\\0"],
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x1b, "\\e"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
  [0x85, "\\N"],
  [0xa0, "\\_"],
  [0x2028, "\\L"],
  [0x2029, "\\P"],
]);

/** How a string is written. */
export type Style = "plain" | "single" | "double" | "literal";

/** A string's style, and whether it has line breaks. */
export interface Styled {
  readonly style: Style;
  readonly multiline: boolean;
}

/** Chooses the style of a string that is not a key on one line with its value. */
export function styleOf(text: string): Styled {
  const { multiline, plain, single, literal } = analyze(text);
  if (multiline && text.includes("\n")) return { style: literal ? "literal" : "double", multiline };
  if (!readsAsString(text) || BASE_60.test(text)) return { style: "double", multiline };
  return { style: plain ? "plain" : single ? "single" : "double", multiline };
}

function hexEscape(code: number): string {
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** Writes one document. */
export class Emitter {
  /** The text that was written so far. */
  out = "";
  /** True while the line has only indentation and indicators. */
  indention = true;
  #column = 0;
  #whitespace = true;
  readonly #width: number;

  /** Texts longer than `width` columns are folded at blanks. */
  constructor(width = WIDTH) {
    this.#width = width;
  }

  #put(text: string): void {
    this.out += text;
    this.#column += text.length;
  }

  #newLine(): void {
    this.out += "\n";
    this.#column = 0;
  }

  /** Moves to a column at the start of a line: of this line if nothing is on it yet, else of a new one. */
  writeIndent(indent: number): void {
    if (!this.indention || this.#column > indent || (this.#column === indent && !this.#whitespace)) this.#newLine();
    if (this.#column < indent) this.#put(" ".repeat(indent - this.#column));
    this.#whitespace = this.indention = true;
  }

  /** Writes `-`, `?`, `:` and the like; `keepsIndention` for those that structure may follow on the same line. */
  writeIndicator(text: string, spaced: boolean, keepsIndention: boolean): void {
    this.#put(spaced && !this.#whitespace ? ` ${text}` : text);
    this.#whitespace = false;
    this.indention &&= keepsIndention;
  }

  /** Writes a text that needs no quotes and no line breaks. */
  writeWord(text: string): void {
    this.writeIndicator(text, true, false);
  }

  /** Writes a string; `indent` is where its further lines begin, `undefined` when it must stay on this one. */
  writeString(text: string, style: Style, indent: number | undefined): void {
    switch (style) {
      case "plain":
        return this.#writePlain(text, indent);
      case "single":
        return this.#writeSingle(text, indent);
      case "double":
        return this.#writeDouble(text, indent);
      default:
        return this.#writeLiteral(text, indent ?? 0);
    }
  }

  #writePlain(text: string, indent: number | undefined): void {
    if (!this.#whitespace) this.#put(" ");
    if (indent === undefined || this.#column + text.length <= this.#width) this.#put(text);
    else this.#writeFolded(text, indent, 0, text.length);
    this.#whitespace = this.indention = false;
  }

  /** Writes text without line breaks, broken at single blanks between `first` and `last` once the line is full. */
  #writeFolded(text: string, indent: number, first: number, last: number): void {
    let start = 0;
    for (;;) {
      // Lines break only at a single blank: more than one would not survive the folding.
      const earliest = Math.max(start + this.#width + 1 - this.#column, start, first);
      let at = text.indexOf(" ", earliest);
      while (at >= 0 && (text.charCodeAt(at - 1) === SPACE || text.charCodeAt(at + 1) === SPACE)) {
        at = text.indexOf(" ", at + 1);
      }
      if (at < 0 || at >= last) break;
      this.#put(text.slice(start, at));
      this.indention = false;
      this.writeIndent(indent);
      start = at + 1;
    }
    this.#put(text.slice(start));
  }

  #writeSingle(text: string, indent: number | undefined): void {
    this.writeIndicator("'", true, false);
    const inner = text.replaceAll("'", "''");
    const fits = indent === undefined || this.#column + inner.length <= this.#width;
    // Line breaks, and quotes in a text that is too long for its line, need the way that goes
    // character by character.
    if (/[\u2028\u2029]/.test(text)) this.#writeSingleLines(text, indent);
    else if (fits) this.#put(inner);
    else if (inner.length > text.length) this.#writeSingleLines(text, indent);
    else this.#writeFolded(text, indent, 1, text.length - 1);
    this.writeIndicator("'", false, false);
  }

  /** The general case: quotes inside, and line breaks other than LF. */
  #writeSingleLines(text: string, indent: number | undefined): void {
    let spaces = false, breaks = false;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === SPACE) {
        const folds = indent !== undefined && !spaces && this.#column > this.#width && i > 0 && i < text.length - 1 &&
          text.charCodeAt(i + 1) !== SPACE;
        if (folds) this.writeIndent(indent);
        else this.#put(" ");
        spaces = true;
      } else if (isBreak(code)) {
        this.out += text[i];
        this.#column = 0;
        this.indention = breaks = true;
      } else {
        if (breaks) this.writeIndent(indent ?? 0);
        this.#put(code === QUOTE ? "''" : text[i] as string);
        this.indention = spaces = breaks = false;
      }
    }
  }

  #writeDouble(text: string, indent: number | undefined): void {
    this.writeIndicator('"', true, false);
    // A text that starts with a byte order mark has all its characters escaped.
    const escapeAll = text.charCodeAt(0) === BOM;
    let run = 0;
    let spaces = false;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (
        escapeAll || !isPrintable(code) || isBreak(code) || code === DOUBLE_QUOTE || code === BACKSLASH
      ) {
        if (i > run) this.#put(text.slice(run, i));
        const full = text.codePointAt(i) as number;
        this.#put(SHORT_ESCAPES.get(full) ?? hexEscape(full));
        if (full > 0xffff) i++;
        run = i + 1;
        spaces = false;
      } else if (code === SPACE) {
        const column = this.#column + i - run;
        if (indent !== undefined && !spaces && column > this.#width && i > 0 && i < text.length - 1) {
          this.#put(text.slice(run, i));
          this.writeIndent(indent);
          // The next line starts with a blank, which only an escape keeps.
          if (text.charCodeAt(i + 1) === SPACE) this.#put("\\");
          run = i + 1;
        }
        spaces = true;
      } else {
        spaces = false;
      }
    }
    this.#put(text.slice(run));
    this.writeIndicator('"', false, false);
  }

  #writeLiteral(text: string, indent: number): void {
    // The hints must come first: the reader needs them to know where the text begins.
    this.writeIndicator(`|${blockHints(text)}`, true, false);
    this.#newLine();
    const margin = " ".repeat(indent);
    const lines = /[\u2028\u2029]/.test(text) ? text.split(/(?<=[\n\u2028\u2029])/) : splitLines(text);
    let out = "";
    // Empty lines get no margin, or there would be blanks at the ends of lines.
    for (const line of lines) out += isBreak(line.charCodeAt(0)) ? line : margin + line;
    this.out += out;
    const last = lines[lines.length - 1] as string;
    this.indention = isBreak(last.charCodeAt(last.length - 1));
    this.#column = this.indention ? 0 : indent + last.length;
    this.#whitespace = true;
  }
}

/** Splits a text into lines, each with its line feed. */
function splitLines(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const full = lines.map((line) => `${line}\n`);
  if (last !== "") full.push(last);
  return full;
}

/**
 * Returns the digit and the sign after `|`. The digit is there when the text starts with a blank or
 * an empty line, the sign when it does not end in exactly one line break.
 */
function blockHints(text: string): string {
  const first = text.charCodeAt(0);
  const digit = first === SPACE || isBreak(first) ? "2" : "";
  if (!isBreak(text.charCodeAt(text.length - 1))) return `${digit}-`;
  return text.length === 1 || isBreak(text.charCodeAt(text.length - 2)) ? `${digit}+` : digit;
}
