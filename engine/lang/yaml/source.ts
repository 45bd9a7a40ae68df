/**
 * The text being read, and the reader's position in it.
 *
 * A position counts UTF-16 units; columns and distances count characters. So every character beyond
 * U+FFFF that is passed shifts the line's start by one.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { BOM, CR, LF, LS, NEL, PS } from "./chars.ts";
import { Window } from "./window.ts";

const UNUSUAL = /[^\t\n\x20-\x7e]/;
const OTHER_BREAKS = /[\r\x85\u2028\u2029]/;
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;
const SUSPECT =
  /[^\t\n\r\x20-\x7e\x85\xa0-\ufefe\uff00-\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** A cursor over one text. */
export class Source {
  /** The text, with U+0000 behind its end. */
  readonly text: string;
  /** True if LF is the only line break in the text. */
  readonly onlyLf: boolean;
  /** True if the text has characters beyond U+FFFF. */
  readonly hasPairs: boolean;
  /** The input buffer of the library's reader; only for texts where it matters. */
  readonly window: Window | undefined;
  /** Next character. */
  pos = 0;
  /** 0-based line. */
  line = 0;
  /** `pos - lineStart` is the column. */
  lineStart = 0;
  /** `pos - shift` is the number of characters passed. */
  shift = 0;

  /** True if line breaks followed the last plain scalar. */
  endedLine = false;

  /** Looks once at the whole text, to choose the shortcuts that are safe for it. */
  constructor(given: string) {
    let text = given;
    if (!UNUSUAL.test(text)) {
      this.onlyLf = true;
      this.hasPairs = false;
      this.window = undefined;
    } else {
      // A mark at the start is always skipped, so it does not count.
      const suspect = SUSPECT.test(text.charCodeAt(0) === BOM ? text.slice(1) : text);
      this.window = suspect ? Window.over(text) : undefined;
      text = this.window?.text ?? text;
      this.hasPairs = PAIR.test(text);
      this.onlyLf = !OTHER_BREAKS.test(text);
      if (text.charCodeAt(0) === BOM) this.pos = this.lineStart = this.shift = 1;
    }
    this.text = text + "\0";
  }

  /**
   * Must be called before the scanner looks at `count` characters from here, with the library's own
   * counts: they decide how much of the input is checked.
   */
  need(count: number): void {
    if (this.window !== undefined) this.window.demand(this.pos, count);
  }

  /**
   * Like `need` for every character after `from` up to here, for loops that skip what the library
   * reads one by one.
   */
  needSince(from: number, count: number): void {
    if (this.window !== undefined) {
      for (let p = from; p < this.pos; p++) this.window.demand(p + 1, count);
    }
  }

  /** Accounts for the characters between `from` and here, all on one line. */
  passed(from: number): void {
    if (!this.hasPairs) return;
    for (let p = from; p < this.pos; p++) {
      const code = this.text.charCodeAt(p);
      if (code >= 0xd800 && code < 0xdc00) {
        this.lineStart++;
        this.shift++;
        p++;
      }
    }
  }

  /** Skips the line break here and returns its value in a scalar. */
  readBreak(): string {
    const code = this.text.charCodeAt(this.pos);
    this.pos += code === CR && this.text.charCodeAt(this.pos + 1) === LF ? 2 : 1;
    this.lineStart = this.pos;
    this.line++;
    return code === LS ? "\u2028" : code === PS ? "\u2029" : "\n";
  }

  /** Returns the position of the first line break from `from` on, or of the end of the text. */
  lineEnd(from: number): number {
    const text = this.text;
    if (this.onlyLf) {
      const at = text.indexOf("\n", from);
      return at < 0 ? text.length - 1 : at;
    }
    for (let p = from;; p++) {
      const code = text.charCodeAt(p);
      if (code === LF || code === CR || code === NEL || code === LS || code === PS || code === 0) return p;
    }
  }

  /** Returns a scanner error at the current line, counted from 1. Helm 2: the first line is not named. */
  scanError(problem: string): YamlError {
    return problemAt(this.line === 0 ? 0 : this.line + 1, problem);
  }
}

/** Returns an error in Go's words; line 0 is not named. */
export function problemAt(line: number, problem: string): YamlError {
  return line === 0 ? new YamlError(`yaml: ${problem}`) : new YamlError(`yaml: line ${line}: ${problem}`, line);
}
