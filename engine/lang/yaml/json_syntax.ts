/**
 * Finds Go's error message for text that is not JSON.
 *
 * @module
 */

import { quote } from "../golang/mod.ts";

const END_OF_INPUT = "unexpected end of JSON input";

const at = (bytes: Uint8Array, pos: number): string | undefined =>
  pos < bytes.length ? String.fromCharCode(bytes[pos] as number) : undefined;

function quoted(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return `'"'`;
  return `'${quote(char).slice(1, -1)}'`;
}

/** Thrown within this file for text that is not JSON. */
class Unfit extends Error {}

/** The error between tokens, where Go reports the end of the text as such. */
function unfit(char: string | undefined, context: string): Unfit {
  return char === undefined ? new Unfit(END_OF_INPUT) : unfitInside(char, context);
}

/** The error inside a word or number, where Go's scanner sees a blank after the end of the text. */
function unfitInside(char: string | undefined, context: string): Unfit {
  return new Unfit(`invalid character ${quoted(char ?? " ")} ${context}`);
}

/** Returns the error for a text that is not JSON, or `undefined` for one that is. */
export function jsonSyntaxError(bytes: Uint8Array): string | undefined {
  try {
    new Checker(bytes).check();
    return undefined;
  } catch (error) {
    if (error instanceof Unfit) return error.message;
    throw error;
  }
}

class Checker {
  readonly #bytes: Uint8Array;
  #pos = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  check(): void {
    const open: ("}" | "]")[] = [];
    for (;;) {
      if (this.#value(open)) continue;
      while (!this.#next(open)) {
        if (open.length > 0) continue;
        const rest = this.#peek();
        if (rest === undefined) return;
        throw unfit(rest, "after top-level value");
      }
    }
  }

  #char(): string | undefined {
    return at(this.#bytes, this.#pos);
  }

  #peek(): string | undefined {
    let char = this.#char();
    while (char === " " || char === "\t" || char === "\r" || char === "\n") {
      this.#pos++;
      char = this.#char();
    }
    return char;
  }

  /** Reads a value. Of a collection that is not empty it reads only the opening bracket, and returns true. */
  #value(open: ("}" | "]")[]): boolean {
    const char = this.#peek();
    if (char === "{" || char === "[") {
      const close = char === "{" ? "}" : "]";
      this.#pos++;
      if (this.#peek() === close) this.#pos++;
      else {
        open.push(close);
        if (close === "}") this.#key();
        return true;
      }
    } else if (char === '"') this.#string();
    else if (char === "t") this.#word("true");
    else if (char === "f") this.#word("false");
    else if (char === "n") this.#word("null");
    else if (char !== undefined && /[-0-9]/.test(char)) this.#number();
    else throw unfit(char, "looking for beginning of value");
    return false;
  }

  /** Reads the comma or bracket after a value; returns true if another value follows. */
  #next(open: ("}" | "]")[]): boolean {
    const close = open[open.length - 1];
    if (close === undefined) return false;
    const char = this.#peek();
    if (char === close) {
      this.#pos++;
      open.pop();
      return false;
    }
    if (char !== ",") throw unfit(char, close === "}" ? "after object key:value pair" : "after array element");
    this.#pos++;
    if (close === "}") this.#key();
    return true;
  }

  #key(): void {
    const char = this.#peek();
    if (char !== '"') throw unfit(char, "looking for beginning of object key string");
    this.#string();
    const colon = this.#peek();
    if (colon !== ":") throw unfit(colon, "after object key");
    this.#pos++;
  }

  #string(): void {
    this.#pos++;
    for (let char = this.#char(); char !== '"'; char = this.#char()) {
      if (char === undefined || char < " ") throw unfit(char, "in string literal");
      this.#pos++;
      if (char === "\\") this.#escape();
    }
    this.#pos++;
  }

  #escape(): void {
    const letter = this.#char();
    if (letter === undefined || !'bfnrt\\/"u'.includes(letter)) throw unfitInside(letter, "in string escape code");
    this.#pos++;
    for (let i = 0; letter === "u" && i < 4; i++, this.#pos++) {
      const digit = this.#char();
      if (digit === undefined || !/[0-9a-fA-F]/.test(digit)) {
        throw unfitInside(digit, "in \\u hexadecimal character escape");
      }
    }
  }

  #word(word: string): void {
    for (const letter of word) {
      const char = this.#char();
      if (char !== letter) throw unfitInside(char, `in literal ${word} (expecting ${quoted(letter)})`);
      this.#pos++;
    }
  }

  #digits(): number {
    const start = this.#pos;
    for (let char = this.#char(); char !== undefined && char >= "0" && char <= "9"; char = this.#char()) this.#pos++;
    return this.#pos - start;
  }

  #number(): void {
    if (this.#char() === "-") this.#pos++;
    if (this.#char() === "0") this.#pos++;
    else if (this.#digits() === 0) throw unfitInside(this.#char(), "in numeric literal");
    if (this.#char() === ".") {
      this.#pos++;
      if (this.#digits() === 0) throw unfitInside(this.#char(), "after decimal point in numeric literal");
    }
    if (this.#char() === "e" || this.#char() === "E") {
      this.#pos++;
      if (this.#char() === "+" || this.#char() === "-") this.#pos++;
      if (this.#digits() === 0) throw unfitInside(this.#char(), "in exponent of numeric literal");
    }
  }
}
