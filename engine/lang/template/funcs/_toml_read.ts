/**
 * `fromToml`: a TOML document as values, with the errors of the library that Helm 3 uses.
 *
 * Source: BurntSushi/toml 1.6.0, `lex.go`, `parse.go`.
 *
 * @module
 */
import { goInt, type GoMap, newMap, quote, sprintf } from "../../golang/mod.ts";
import { TomlFault, TomlTables } from "./_toml_tables.ts";
import { joinedLines, tomlFloat, tomlInteger, tomlText, tomlTime } from "./_toml_values.ts";
import { tomlKey } from "./_toml_write.ts";

/** Returns a character as Go's `%q` prints it; the end of the text is a NUL there. */
const rune = (char: string): string => sprintf("%q", goInt(char.codePointAt(0) ?? 0, "int32"));
const runeOrEnd = (char: string): string => char === "" ? "end of file" : `'${char}'`;

const isDigit = (char: string): boolean => char >= "0" && char <= "9";
const BASES: Readonly<Record<string, readonly [digits: RegExp, name: string]>> = {
  b: [/[01_]*/y, "a binary"],
  o: [/[0-7_]*/y, "an octal"],
  x: [/[0-9A-Fa-f_]*/y, "a hexadecimal"],
};

/** Reads one document. */
class Reader {
  readonly #text: string;
  #pos = 0;
  readonly #tables = new TomlTables();
  /** The last part of the key that is read; empty between keys. */
  #key = "";
  /** Where the key begins; errors about keys name its line. */
  #keyPos = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): GoMap {
    for (;;) {
      this.#skip(/[ \t\r\n]*/y);
      const char = this.#peek();
      if (char === "") return this.#tables.root;
      if (char === "#") this.#comment();
      else {
        if (char === "[") this.#header();
        else this.#entry(undefined);
        this.#endOfLine();
      }
    }
  }

  /** Returns the next character, empty at the end. Control characters are refused where they are met. */
  #peek(): string {
    const code = this.#text.codePointAt(this.#pos);
    if (code === undefined) return "";
    const isBare = code === 0x0d && this.#text[this.#pos + 1] !== "\n";
    if (isBare || code < 0x20 && ![0x09, 0x0a, 0x0d].includes(code) || code === 0x7f) {
      this.#fail(`TOML files cannot contain control characters: '0x${code.toString(16).padStart(2, "0")}'`);
    }
    return String.fromCodePoint(code);
  }

  #accept(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#pos += 1;
    return true;
  }

  /** Takes what a sticky pattern matches. */
  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#pos;
    const [found = ""] = pattern.exec(this.#text) ?? [];
    this.#pos += found.length;
    return found;
  }

  #fail(message: string, pos = this.#pos): never {
    const before = this.#text.slice(0, pos);
    // At the end of the text, after a line break, the line before it is named.
    const seen = pos >= this.#text.length ? before.replace(/\n$/, "") : before;
    const { context } = this.#tables;
    const path = context.length === 0 ? this.#key : tomlKey(context) + (this.#key === "" ? "" : `.${this.#key}`);
    const last = path === "" ? "" : ` (last key ${quote(path)})`;
    throw new TomlFault(`toml: line ${seen.split("\n").length}${last}: ${message}`);
  }

  /** Adds the line to the errors of `body`. */
  #at<T>(pos: number, body: () => T): T {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof TomlFault) || error.message.startsWith("toml: line")) throw error;
      return this.#fail(error.message, pos);
    }
  }

  #comment(): void {
    for (let char = this.#peek(); char !== "" && char !== "\n" && char !== "\r"; char = this.#peek()) {
      this.#pos += char.length;
    }
  }

  #endOfLine(): void {
    this.#skip(/[ \t]*/y);
    const char = this.#peek();
    if (char === "#") this.#comment();
    else if (char !== "" && char !== "\n" && char !== "\r") {
      this.#fail(`expected a top-level item to end with a newline, comment, or EOF, but got ${rune(char)} instead`);
    }
  }

  /** `[table]` or `[[list]]`. */
  #header(): void {
    this.#pos += 1;
    const isList = this.#accept("[");
    const path: string[] = [];
    for (;;) {
      this.#skip(/[ \t]*/y);
      const char = this.#peek();
      if (char === "]" || char === "") this.#fail("unexpected end of table name (table names cannot be empty)");
      if (char === ".") this.#fail("unexpected table separator (table names cannot be empty)");
      if (path.length === 0) this.#keyPos = this.#pos;
      path.push(this.#name(char));
      this.#skip(/[ \t]*/y);
      if (this.#accept(".")) continue;
      if (this.#accept("]")) break;
      this.#fail(`expected '.' or ']' to end table name, but got ${rune(this.#peek())} instead`);
    }
    if (isList && !this.#accept("]")) {
      this.#fail(`expected end of table array name delimiter ']', but got ${rune(this.#peek())} instead`);
    }
    this.#at(this.#keyPos, () => this.#tables.open(path, isList));
    this.#tables.setIsList("", false);
  }

  /** One part of a key. */
  #name(first: string): string {
    if (first !== '"' && first !== "'") return this.#skip(/[A-Za-z0-9_-]*/y);
    this.#pos += 1;
    return first === '"' ? this.#basicText() : this.#rawText();
  }

  #keyPath(): string[] {
    this.#skip(/[ \t]*/y);
    const first = this.#peek();
    if (first === "=" || first === "") this.#fail("unexpected '=': key name appears blank");
    if (first === ".") this.#fail("unexpected '.': keys cannot start with a '.'");
    this.#keyPos = this.#pos;
    const path: string[] = [];
    for (;;) {
      this.#skip(/[ \t]*/y);
      const char = this.#peek();
      if (char === "=" || char === "") this.#fail("unexpected '='");
      if (char === ".") this.#fail("unexpected '.'");
      path.push(this.#name(char));
      this.#skip(/[ \t]*/y);
      if (this.#accept("=")) return path;
      if (this.#accept(".")) continue;
      if (this.#peek() === "") this.#fail("unexpected EOF; expected key separator '='");
      this.#fail(`expected '.' or '=', but got ${rune(this.#peek())} instead`);
    }
  }

  /** `key = value`; in an inline table, the value is added to `inline`, too. */
  #entry(inline: GoMap | undefined): void {
    const tables = this.#tables;
    const outer = tables.context;
    const path = this.#keyPath();
    const key = path.at(-1) ?? "";
    const above = path.slice(0, -1);
    const keyPos = this.#keyPos;
    this.#key = key;
    this.#at(keyPos, () => {
      for (const part of above) {
        const longer = [...tables.context, part];
        tables.addImplicit(longer);
        tables.open(longer, false);
      }
    });
    const value = this.#value();
    this.#at(keyPos, () => tables.set(key, value));
    tables.setIsList(key, Array.isArray(value));
    if (inline !== undefined) {
      let table = inline;
      for (const part of above) table = (table[part] ??= newMap()) as GoMap;
      table[key] = value;
    } else this.#key = "";
    tables.context = outer;
  }

  #value(inList = false): unknown {
    this.#skip(/[ \t]*/y);
    const char = this.#peek();
    if (isDigit(char)) return this.#number();
    switch (char) {
      case "[":
        this.#pos += 1;
        return this.#list();
      case "{":
        this.#pos += 1;
        return this.#inlineTable(inList);
      case '"':
        return this.#text.startsWith('"""', this.#pos) ? this.#longText('"') : (this.#pos += 1, this.#basicText());
      case "'":
        return this.#text.startsWith("'''", this.#pos) ? this.#longText("'") : (this.#pos += 1, this.#rawText());
      case ".":
        return this.#fail("floats must start with a digit, not '.'");
      case "-":
      case "+":
        return this.#signed();
      case "":
        return this.#fail("unexpected EOF; expected value");
    }
    const word = this.#skip(/inf|nan|\p{L}+/uy);
    if (word === "true" || word === "false") return word === "true";
    if (word === "inf" || word === "nan") return tomlFloat(word);
    return this.#fail(`expected value but found ${word === "" ? rune(char) : quote(word)} instead`);
  }

  #signed(): unknown {
    const start = this.#pos;
    this.#pos += 1;
    const sofar = (): string => this.#text.slice(start, this.#pos);
    const char = this.#peek();
    if (char === "i" || char === "n") {
      const word = this.#skip(/inf?|na?n?/y);
      if (word !== "inf" && word !== "nan") this.#fail(`invalid float: '${sofar()}'`);
      return tomlFloat(sofar());
    }
    if (char === ".") this.#fail("floats must start with a digit, not '.'");
    if (!isDigit(char)) this.#fail(`expected a digit but got ${rune(char)}`);
    const base = /^0([box])/.exec(this.#text.slice(this.#pos))?.[1];
    if (base !== undefined) this.#fail(`cannot use sign with non-decimal numbers: '${sofar()}0${base}'`);
    this.#skip(/[0-9_]*/y);
    const rest = /[.eE]/.test(this.#peek()) ? this.#skip(/[0-9_.+eE-]*/y) : "";
    return this.#at(this.#pos, () => rest === "" ? tomlInteger(sofar()) : tomlFloat(sofar()));
  }

  #number(): unknown {
    const start = this.#pos;
    const base = /^0([box])/.exec(this.#text.slice(start, start + 2))?.[1];
    if (base !== undefined) {
      this.#pos += 2;
      const [digits, name] = BASES[base] as readonly [RegExp, string];
      const found = this.#skip(digits);
      if (found === "" || found.startsWith("_")) {
        const next = found === "" ? this.#peek() || "\0" : "_";
        this.#fail(`not ${name} number: '0${base}${next}'`);
      }
    } else {
      this.#skip(/\d+/y);
      const next = this.#peek();
      if (next === "-" || next === ":") {
        this.#skip(/[0-9:Tt .Zz+-]*/y);
        const text = this.#text.slice(start, this.#pos).trim();
        return this.#at(this.#pos, () => tomlTime(text));
      }
      if (next === "_") this.#skip(/[0-9_]*/y);
      if (/[.eE]/.test(this.#peek())) {
        this.#skip(/[0-9_.+eE-]*/y);
        return this.#at(this.#pos, () => tomlFloat(this.#text.slice(start, this.#pos)));
      }
    }
    return this.#at(this.#pos, () => tomlInteger(this.#text.slice(start, this.#pos)));
  }

  /** Skips white space, line breaks and comments. */
  #skipLines(): void {
    this.#skip(/[ \t\r\n]*/y);
    while (this.#peek() === "#") {
      this.#comment();
      this.#skip(/[ \t\r\n]*/y);
    }
  }

  #list(): unknown[] {
    this.#tables.setIsList(this.#key, true);
    const items: unknown[] = [];
    for (;;) {
      this.#skipLines();
      if (this.#peek() === ",") this.#fail("unexpected comma");
      if (this.#accept("]")) return items;
      items.push(this.#value(true));
      this.#skipLines();
      if (this.#accept(",")) continue;
      if (this.#accept("]")) return items;
      this.#fail(`expected a comma (',') or array terminator (']'), but got ${runeOrEnd(this.#peek())}`);
    }
  }

  #inlineTable(inList: boolean): GoMap {
    const tables = this.#tables;
    const [outer, outerKey] = [tables.context, this.#key];
    const table = newMap();
    const path = [...outer, outerKey];
    this.#at(this.#keyPos, () => {
      tables.addImplicit(path);
      tables.open(path, inList);
    });
    this.#key = "";
    for (;;) {
      this.#skipLines();
      if (this.#peek() === ",") this.#fail("unexpected comma");
      if (this.#accept("}")) break;
      this.#entry(table);
      this.#skipLines();
      if (this.#accept(",")) continue;
      if (this.#accept("}")) break;
      this.#fail(
        `expected a comma or an inline table terminator '}', but got ${runeOrEnd(this.#peek())} instead`,
      );
    }
    tables.context = outer;
    this.#key = outerKey;
    return table;
  }

  /** Fails for an escape that TOML does not have, after the backslash. */
  #checkEscape(start: number): void {
    const char = this.#peek();
    const digits = { x: [2, "two"], u: [4, "four"], U: [8, "eight"] }[char] as [number, string] | undefined;
    if (digits === undefined && (char === "" || !'ebtnfr" \t\\'.includes(char))) {
      this.#fail(`invalid escape in string '\\${char}'`);
    }
    this.#pos += 1;
    if (digits === undefined) return;
    for (let count = 0; count < digits[0]; count++) {
      const digit = this.#peek();
      this.#pos += digit.length;
      if (/^[0-9A-Fa-f]$/.test(digit)) continue;
      const sofar = quote(this.#text.slice(start, this.#pos));
      this.#fail(`expected ${digits[1]} hexadecimal digits after '\\${char}', but got ${sofar} instead`);
    }
  }

  #basicText(): string {
    const start = this.#pos;
    for (;;) {
      const char = this.#peek();
      if (char === "") this.#fail(`unexpected EOF; expected '"'`);
      if (char === "\n" || char === "\r") this.#fail("strings cannot contain newlines");
      this.#pos += char.length;
      if (char === "\\") this.#checkEscape(start);
      if (char !== '"') continue;
      return this.#at(this.#pos, () => tomlText(this.#text.slice(start, this.#pos - 1)));
    }
  }

  #rawText(): string {
    const start = this.#pos;
    for (;;) {
      const char = this.#peek();
      if (char === "") this.#fail(`unexpected EOF; expected "'"`);
      if (char === "\n" || char === "\r") this.#fail("strings cannot contain newlines");
      this.#pos += char.length;
      if (char === "'") return this.#text.slice(start, this.#pos - 1);
    }
  }

  /** A text between three marks. One or two marks may stand before the last three. */
  #longText(mark: '"' | "'"): string {
    const marks = mark.repeat(3);
    this.#pos += 3;
    const start = this.#pos;
    for (;;) {
      const char = this.#peek();
      if (char === "") this.#fail(mark === '"' ? `unexpected EOF; expected '"""'` : `unexpected EOF; expected "'''"`);
      if (char === mark) {
        const run = this.#skip(mark === '"' ? /"+/y : /'+/y);
        if (run.length > 5) this.#fail(mark === '"' ? `unexpected '""""""'` : `unexpected "''''''"`);
        if (run.startsWith(marks)) break;
        continue;
      }
      this.#pos += char.length;
      if (char !== "\\" || mark === "'") continue;
      if (/[\r\n]/.test(this.#peek())) this.#pos += 1;
      else this.#checkEscape(start);
    }
    const body = this.#text.slice(start, this.#pos - 3).replace(/^\r?\n/, "");
    return mark === "'" ? body : this.#at(this.#pos, () => tomlText(joinedLines(body)));
  }
}

/** Returns a TOML document as a map; one that cannot be read gives a map with the error's text. */
export function readToml(text: string): GoMap {
  try {
    if (text.slice(0, 6).includes("\0")) {
      throw new TomlFault(
        "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8",
      );
    }
    return new Reader(text.replace(/^\ufeff/, "")).read();
  } catch (error) {
    if (!(error instanceof TomlFault)) throw error;
    return Object.assign(newMap(), { Error: error.message });
  }
}
