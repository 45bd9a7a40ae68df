/**
 * Cuts a template's text into tokens, each with its position.
 *
 * Source: Go 1.14, `text/template/parse/lex.go`; for templates of Helm 3, the same file of Go 1.26.
 *
 * @module
 */
import { byteLength, isDigit, isLetter, isPrint, quote } from "../golang/mod.ts";

/** Kinds of tokens. */
export type TokenKind =
  | "error"
  | "bool"
  | "char"
  | "rune"
  | "complex"
  | "assign"
  | "declare"
  | "eof"
  | "field"
  | "identifier"
  | "leftDelim"
  | "leftParen"
  | "number"
  | "pipe"
  | "rawString"
  | "rightDelim"
  | "rightParen"
  | "space"
  | "string"
  | "text"
  | "variable"
  | Keyword;

type Keyword =
  | "block"
  | "break"
  | "continue"
  | "dot"
  | "define"
  | "else"
  | "end"
  | "if"
  | "nil"
  | "range"
  | "template"
  | "with";

/** A piece of the template; `value` is its text, or the message of an error. */
export interface Token {
  readonly kind: TokenKind;
  /** Index into the text. */
  readonly pos: number;
  readonly value: string;
}

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ["block", "block"],
  ["define", "define"],
  ["else", "else"],
  ["end", "end"],
  ["if", "if"],
  ["range", "range"],
  ["nil", "nil"],
  ["template", "template"],
  ["with", "with"],
]);

/** Keywords of Go 1.26. */
const CURRENT_KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ...KEYWORDS,
  ["break", "break"],
  ["continue", "continue"],
]);

const KEYWORD_KINDS: ReadonlySet<TokenKind> = new Set<TokenKind>([...CURRENT_KEYWORDS.values(), "dot"]);

/** Prints a token the way parse errors show it. */
export function tokenText(token: Token): string {
  if (token.kind === "eof") return "EOF";
  if (token.kind === "error") return token.value;
  if (KEYWORD_KINDS.has(token.kind)) return `<${token.value}>`;
  // As Go's `%.10q`: the length is measured in bytes and cut in characters.
  if (byteLength(token.value) <= 10) return quote(token.value);
  return quote([...token.value].slice(0, 10).join("")) + "...";
}

const EOF = -1;
const LF = 10;

/** Letters and digits of any script, and `_`. */
function isWord(code: number): boolean {
  if (code < 0x80) {
    return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
  }
  return isLetter(code) || isDigit(code);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function isLineEnd(code: number): boolean {
  return code === 13 || code === LF;
}

function isTrimmed(code: number): boolean {
  return isBlank(code) || isLineEnd(code);
}

/** Go's `%#U`. */
function runeName(code: number): string {
  const hex = "U+" + code.toString(16).toUpperCase().padStart(4, "0");
  return isPrint(code) ? `${hex} '${String.fromCodePoint(code)}'` : hex;
}

/** The end-of-stream token: what reading beyond the end gives. */
const AFTER_END: Token = { kind: "error", pos: -1, value: "" };

/** Hands out the tokens of a text one by one. */
export class Lexer {
  /** Tokens that are found and not handed out: two at most. */
  private first: Token | undefined;
  private second: Token | undefined;
  private start = 0;
  private pos = 0;
  private parens = 0;
  private inAction = false;
  private done = false;

  /**
   * Reads `text` from its beginning.
   *
   * @param isCurrent True for Go 1.26: actions may go over several lines, and any white space may stand beside the dash of
   * `{{-` and `-}}`.
   */
  constructor(private readonly text: string, private readonly isCurrent = false) {}

  /** Returns the next token; after the end, empty error tokens. */
  next(): Token {
    for (;;) {
      // A comment gives no token, so one step is not always enough.
      const { first } = this;
      if (first !== undefined) {
        this.first = this.second;
        this.second = undefined;
        return first;
      }
      if (this.done) return AFTER_END;
      if (this.inAction) this.action();
      else this.plain();
    }
  }

  /**
   * Reads the whole rest of an action that is nothing but a string in
   * backquotes, after its left delimiter was handed out; charts that hold
   * templates of others are full of them. `undefined` when something else comes.
   */
  rawAction(): Token | undefined {
    const { text, pos } = this;
    if (!this.inAction || this.first !== undefined || text.charCodeAt(pos) !== 0x60) return undefined;
    const end = text.indexOf("`", pos + 1) + 1;
    if (end === 0) return undefined;
    // Anything else after the string, even a blank, is left to the general path.
    const trims = this.isTrimmedClose(end);
    if (!trims && !text.startsWith("}}", end)) return undefined;
    this.pos = end + (trims ? 4 : 2);
    if (trims) this.skipBlanks();
    this.skip();
    this.inAction = false;
    return { kind: "rawString", pos, value: text.slice(pos, end) };
  }

  /** Queues a token. One step gives two at most, so two places are enough. */
  private push(token: Token): void {
    if (this.first === undefined) this.first = token;
    else this.second = token;
  }

  /** Queues a token with the text that was read since the last one. */
  private emit(kind: TokenKind): void {
    this.push({ kind, pos: this.start, value: this.text.slice(this.start, this.pos) });
    this.start = this.pos;
  }

  /** Drops the text that was read since the last token. */
  private skip(): void {
    this.start = this.pos;
  }

  /** Queues an error. No token follows it. */
  private fail(message: string): void {
    this.push({ kind: "error", pos: this.start, value: message });
    this.done = true;
  }

  /** The character at `at`; a byte that is no UTF-8 reads as U+FFFD. */
  private peek(at = this.pos): number {
    const code = this.text.charCodeAt(at);
    if (code < 0xd800 || code > 0xdfff) return code;
    if (at >= this.text.length) return EOF;
    const whole = this.text.codePointAt(at) ?? EOF;
    return whole >= 0xd800 && whole <= 0xdfff ? 0xfffd : whole;
  }

  /** True if the dash of a right delimiter, and the blank before it, begin at `at`. */
  private isTrimmedClose(at: number): boolean {
    const { text } = this;
    if (!this.isCurrent) return text.startsWith(" -}}", at);
    return isTrimmed(text.charCodeAt(at)) && text.startsWith("-}}", at + 1);
  }

  /** True if the dash of a left delimiter, and the blank after it, begin at `at`. */
  private isTrimmedOpen(at: number): boolean {
    const { text } = this;
    if (!this.isCurrent) return text.startsWith("- ", at);
    return text.charCodeAt(at) === 0x2d && isTrimmed(text.charCodeAt(at + 1));
  }

  /** True for white space inside an action. */
  private isSpace(code: number): boolean {
    return isBlank(code) || this.isCurrent && isLineEnd(code);
  }

  private take(): number {
    const code = this.peek();
    if (code !== EOF) this.pos += code > 0xffff ? 2 : 1;
    return code;
  }

  /** Text up to the next action. */
  private plain(): void {
    const { text } = this;
    const open = text.indexOf("{{", this.pos);
    if (open < 0) {
      this.pos = text.length;
      if (this.pos > this.start) this.emit("text");
      this.emit("eof");
      this.done = true;
      return;
    }
    this.pos = open;
    // `{{- ` removes the white space before it.
    if (this.isTrimmedOpen(open + 2)) {
      while (this.pos > this.start && isTrimmed(text.charCodeAt(this.pos - 1))) this.pos -= 1;
    }
    if (this.pos > this.start) this.emit("text");
    this.pos = open;
    this.skip();
    this.openAction();
  }

  private openAction(): void {
    this.pos += 2;
    const marker = this.isTrimmedOpen(this.pos) ? 2 : 0;
    // A comment must follow the delimiter at once. It gives no token.
    if (this.text.startsWith("/*", this.pos + marker)) {
      this.pos += marker;
      this.skip();
      return this.comment();
    }
    this.emit("leftDelim");
    this.pos += marker;
    this.skip();
    this.parens = 0;
    this.inAction = true;
  }

  /** Skips a comment, after its left delimiter; the right delimiter must follow at once. */
  private comment(): void {
    const end = this.text.indexOf("*/", this.pos + 2);
    if (end < 0) return this.fail("unclosed comment");
    this.pos = end + 2;
    const trims = this.isTrimmedClose(this.pos);
    if (!trims && !this.text.startsWith("}}", this.pos)) return this.fail("comment ends before closing delimiter");
    this.pos += trims ? 4 : 2;
    if (trims) this.skipBlanks();
    this.skip();
  }

  private skipBlanks(): void {
    for (;;) {
      if (!isTrimmed(this.text.charCodeAt(this.pos))) return;
      this.pos += 1;
    }
  }

  private closeAction(): void {
    const trims = this.isTrimmedClose(this.pos);
    if (trims) {
      // The blank and the dash before `}}` belong to no token.
      this.pos += 2;
      this.skip();
    }
    this.pos += 2;
    this.emit("rightDelim");
    if (trims) {
      this.skipBlanks();
      this.skip();
    }
    this.inAction = false;
  }

  /** One element inside an action. */
  private action(): void {
    const { text } = this;
    // Checked before blanks, since ` -}}` begins with one.
    if (text.startsWith("}}", this.pos) || this.isTrimmedClose(this.pos)) {
      return this.parens === 0 ? this.closeAction() : this.fail("unclosed left paren");
    }
    const code = this.peek();
    if (isWord(code) && !(code >= 48 && code <= 57)) return this.identifier();
    if (this.isSpace(code)) return this.space();
    if (code === EOF || isLineEnd(code)) return this.fail("unclosed action");
    this.pos += code > 0xffff ? 2 : 1;
    switch (code) {
      case 0x3d: // =
        return this.emit("assign");
      case 0x3a: // :
        if (this.take() !== 0x3d) return this.fail("expected :=");
        return this.emit("declare");
      case 0x7c: // |
        return this.emit("pipe");
      case 0x22: // "
        return this.quoted(0x22, "string", "unterminated quoted string");
      case 0x27: // '
        return this.quoted(0x27, "rune", "unterminated character constant");
      case 0x60: // `
        return this.rawString();
      case 0x24: // $
        return this.fieldOrVariable("variable");
      case 0x28: // (
        this.emit("leftParen");
        this.parens += 1;
        return;
      case 0x29: // )
        return this.closeParen();
    }
    return this.other(code);
  }

  private closeParen(): void {
    this.parens -= 1;
    if (this.parens < 0 && this.isCurrent) return this.fail("unexpected right paren");
    this.emit("rightParen");
    if (this.parens < 0) this.fail("unexpected right paren U+0029 ')'");
  }

  /** Dots, numbers, and characters that nothing begins with. */
  private other(code: number): void {
    const next = this.text.charCodeAt(this.pos);
    // `.5` is a number, and Go also reads a dot at the very end of the text as one. Another dot may begin a field.
    const isDot = code === 0x2e;
    if (isDot && this.pos < this.text.length && !(next >= 48 && next <= 57)) return this.fieldOrVariable("field");
    if (isDot || code === 0x2b || code === 0x2d || (code >= 48 && code <= 57)) {
      this.pos -= 1;
      return this.number();
    }
    if (code < 0x80 && isPrint(code)) return this.emit("char");
    this.fail(`unrecognized character in action: ${runeName(code)}`);
  }

  private space(): void {
    const { text } = this;
    let count = 0;
    while (this.isSpace(text.charCodeAt(this.pos))) {
      this.pos += 1;
      count += 1;
    }
    // The last blank belongs to ` -}}`; if it is the only one, the action ends here.
    if (this.isTrimmedClose(this.pos - 1)) {
      this.pos -= 1;
      if (count === 1) return this.closeAction();
    }
    this.emit("space");
  }

  private identifier(): void {
    this.skipWord();
    if (!this.atTerminator()) return this.fail(`bad character ${runeName(this.peek())}`);
    const word = this.text.slice(this.start, this.pos);
    const keyword = (this.isCurrent ? CURRENT_KEYWORDS : KEYWORDS).get(word);
    if (keyword !== undefined) this.emit(keyword);
    else this.emit(word === "true" || word === "false" ? "bool" : "identifier");
  }

  private skipWord(): void {
    for (;;) {
      const code = this.peek();
      if (!isWord(code)) return;
      this.pos += code > 0xffff ? 2 : 1;
    }
  }

  /** The dot or dollar is already read. */
  private fieldOrVariable(kind: "field" | "variable"): void {
    if (this.atTerminator()) return this.emit(kind === "variable" ? "variable" : "dot");
    this.skipWord();
    if (!this.atTerminator()) return this.fail(`bad character ${runeName(this.peek())}`);
    this.emit(kind);
  }

  /** True where a word may end. `$x+2` is refused: Go wants a blank before the `+`. */
  private atTerminator(): boolean {
    const code = this.text.charCodeAt(this.pos);
    switch (code) {
      case 32:
      case 9:
      case 13:
      case LF:
      case 0x2e: // .
      case 0x2c: // ,
      case 0x7c: // |
      case 0x3a: // :
      case 0x29: // )
      case 0x28: // (
        return true;
      // One brace is enough in Go 1.14. The next token shows if it is a delimiter.
      case 0x7d: // }
        return !this.isCurrent || this.text.charCodeAt(this.pos + 1) === 0x7d;
    }
    return this.pos >= this.text.length;
  }

  /** Reads up to the closing quote, which must be on the same line. */
  private quoted(mark: number, kind: "string" | "rune", message: string): void {
    for (;;) {
      let code = this.take();
      if (code === 0x5c) {
        code = this.take();
        // The character after a backslash cannot end the string. The parser checks the escape.
        if (code !== EOF && code !== LF) continue;
      }
      if (code === EOF || code === LF) return this.fail(message);
      if (code === mark) return this.emit(kind);
    }
  }

  private rawString(): void {
    const end = this.text.indexOf("`", this.pos);
    if (end < 0) return this.fail("unterminated raw quoted string");
    this.pos = end + 1;
    this.emit("rawString");
  }

  private number(): void {
    if (!this.scanNumber()) return this.fail(this.badNumber());
    // `1+2i` has no blank in it: a second number with a sign must end in `i`.
    const sign = this.peek();
    if (sign !== 0x2b && sign !== 0x2d) return this.emit("number");
    if (!this.scanNumber() || this.text[this.pos - 1] !== "i") return this.fail(this.badNumber());
    this.emit("complex");
  }

  private badNumber(): string {
    return `bad number syntax: ${quote(this.text.slice(this.start, this.pos))}`;
  }

  private accept(chars: string): boolean {
    const char = this.text[this.pos];
    if (char === undefined || !chars.includes(char)) return false;
    this.pos += 1;
    return true;
  }

  private acceptRun(chars: string): void {
    while (this.accept(chars));
  }

  /** Takes the characters of a number, whose value the parser checks; false if a letter or digit follows at once. */
  private scanNumber(): boolean {
    const decimal = "0123456789_";
    this.accept("+-");
    // A leading 0 alone does not mean octal, since a float may begin with it.
    let digits = decimal;
    if (this.accept("0")) {
      if (this.accept("xX")) digits = "0123456789abcdefABCDEF_";
      else if (this.accept("oO")) digits = "01234567_";
      else if (this.accept("bB")) digits = "01_";
    }
    this.acceptRun(digits);
    if (this.accept(".")) this.acceptRun(digits);
    // The set of hexadecimal digits has 23 characters; their exponent is written with `p`.
    if (digits === decimal ? this.accept("eE") : digits.length === 23 && this.accept("pP")) {
      this.accept("+-");
      this.acceptRun(decimal);
    }
    this.accept("i");
    if (!isWord(this.peek())) return true;
    // The character is taken so that the message shows it.
    this.take();
    return false;
  }
}
