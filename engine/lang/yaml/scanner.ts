/**
 * Scans text into tokens, one at a time and no further than the parser asks: it decides which error
 * is reported first.
 *
 * A scalar turns out to be a key only when `:` follows. So the places where a key may have begun
 * are remembered, one for each level of brackets, and the tokens after such a place are held back.
 *
 * Source: gopkg.in/yaml.v2 2.2.4, `scannerc.go`.
 *
 * @module
 */

import { END, isBlank, isBlankOrEnd, isBreak, SPACE, TAB } from "./chars.ts";
import { scanBlock } from "./scan_block.ts";
import { atDocumentMark, scanPlain } from "./scan_plain.ts";
import { scanAnchor, scanDirective, scanTag } from "./scan_properties.ts";
import { scanQuoted } from "./scan_quoted.ts";
import { Source } from "./source.ts";
import * as T from "./token.ts";

// The library's `max_flow_level` and `max_indents`, and the length of a simple key in YAML 1.1.
const DEPTH_MAX = 10000;
const KEY_LENGTH_MAX = 1024;
const HASH = 0x23;

/** A place where a key may have begun. */
class KeyPlace {
  possible = false;
  required = false;
  tokenNumber = 0;
  pos = 0;
  index = 0;
  line = 0;
  column = 0;
}

/** Returns the tokens of one text. */
export class Scanner {
  readonly source: Source;
  readonly #queue: T.Token[] = [];
  #head = 0;
  #tail = 0;
  #available = false;
  /** Tokens that the parser has taken; the start of the stream counts as one. */
  #taken = 1;
  #indent = -1;
  readonly #indents: number[] = [];
  readonly #keys: KeyPlace[] = [new KeyPlace()];
  /** Brackets that are open. */
  #flow = 0;
  /** No key place below this level is possible. */
  #lowest = 0;
  #keyAllowed = true;

  /** Begins before the first token of `text`. */
  constructor(text: string) {
    this.source = new Source(text);
    this.source.need(1);
  }

  /** Returns the next token and leaves it in the queue. */
  peek(): T.Token {
    if (!this.#available) this.#fill();
    return this.#queue[this.#head] as T.Token;
  }

  /** Removes the token that `peek` returned. */
  skip(): void {
    this.#available = false;
    this.#taken++;
    if (++this.#head === this.#tail) this.#head = this.#tail = 0;
  }

  /** Reads on until no token can come before the first one in the queue any more. */
  #fill(): void {
    for (;;) {
      if (this.#head !== this.#tail) {
        this.#checkRequiredKey();
        if (!this.#headMayBeKey()) break;
      }
      this.#fetch();
    }
    this.#available = true;
  }

  #push(type: number, line: number, value: string, suffix = ""): void {
    const queue = this.#queue;
    if (this.#tail === queue.length) queue.push(new T.Token());
    const token = queue[this.#tail++] as T.Token;
    token.type = type;
    token.line = line;
    token.value = value;
    token.suffix = suffix;
  }

  /** Puts a token before the one with this number. */
  #insert(tokenNumber: number, type: number, line: number): void {
    const at = this.#head + tokenNumber - this.#taken;
    const queue = this.#queue;
    this.#push(type, line, "");
    const token = queue[this.#tail - 1] as T.Token;
    for (let i = this.#tail - 1; i > at; i--) queue[i] = queue[i - 1] as T.Token;
    queue[at] = token;
  }

  #pushBlockEnd(): void {
    this.#push(T.BLOCK_END, this.source.line, "");
  }

  #isStale(key: KeyPlace): boolean {
    const source = this.source;
    return key.line < source.line || key.index + KEY_LENGTH_MAX < source.pos - source.shift;
  }

  /** Throws when a required key, outside of brackets, was not followed by `:`. */
  #checkRequiredKey(): void {
    const key = this.#keys[0] as KeyPlace;
    if (key.possible && this.#isStale(key)) {
      if (key.required) throw this.source.scanError("could not find expected ':'");
      key.possible = false;
    }
  }

  #headMayBeKey(): boolean {
    const keys = this.#keys;
    // Levels that are known to have no key are not looked at again: deep brackets would take
    // quadratic time.
    for (; this.#lowest <= this.#flow; this.#lowest++) {
      const key = keys[this.#lowest] as KeyPlace;
      if (!key.possible) continue;
      if (!this.#isStale(key)) return key.tokenNumber === this.#taken;
      key.possible = false;
    }
    return false;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const source = this.source;
    this.#removeKey();
    const key = this.#keys[this.#flow] as KeyPlace;
    key.possible = true;
    // At the indentation of an open map nothing but a key can stand.
    key.required = this.#flow === 0 && this.#indent === source.pos - source.lineStart;
    key.tokenNumber = this.#taken + this.#tail - this.#head;
    key.index = source.pos - source.shift;
    key.line = source.line;
    key.column = source.pos - source.lineStart;
    if (this.#flow < this.#lowest) this.#lowest = this.#flow;
  }

  #removeKey(): void {
    const key = this.#keys[this.#flow] as KeyPlace;
    if (key.possible && key.required) throw this.source.scanError("could not find expected ':'");
    key.possible = false;
  }

  /** Opens a block collection at `column`, before the token with this number, unless one is open there. */
  #roll(column: number, type: number, line: number, tokenNumber: number | undefined): void {
    if (this.#flow > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (this.#indents.length > DEPTH_MAX) throw this.source.scanError(`exceeded max depth of ${DEPTH_MAX}`);
    if (tokenNumber === undefined) this.#push(type, line, "");
    else this.#insert(tokenNumber, type, line);
  }

  /** Closes the block collections right of `column`. */
  #unroll(column: number): void {
    if (this.#flow > 0) return;
    while (this.#indent > column) {
      this.#pushBlockEnd();
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  /** Skips a character without looking at it. The end of the text is not skipped, but its column grows. */
  #skipAny(): void {
    const source = this.source;
    const start = source.pos;
    const code = source.text.codePointAt(start) as number;
    if (code === END) source.lineStart--;
    else source.pos += code > 0xffff ? 2 : 1;
    source.passed(start);
  }

  /** Steps over blanks, comments and empty lines. */
  #skipToToken(): void {
    const source = this.source;
    const text = source.text;
    for (;;) {
      source.need(1);
      // Helm 2: a byte order mark at the start of a line is skipped, but only where the input
      // buffer begins with it.
      if (source.window?.startsWithMark() && source.pos === source.lineStart) this.#skipAny();
      source.need(1);
      for (;;) {
        const code = text.charCodeAt(source.pos);
        // A tab is no indentation: where a key may start, outside of brackets, it is refused.
        if (code !== SPACE && (code !== TAB || (this.#flow === 0 && this.#keyAllowed))) break;
        source.pos++;
        source.need(1);
      }
      if (text.charCodeAt(source.pos) === HASH) {
        const start = source.pos;
        source.pos = source.lineEnd(start);
        source.needSince(start, 1);
        source.passed(start);
      }
      if (!isBreak(text.charCodeAt(source.pos))) return;
      source.need(2);
      source.readBreak();
      if (this.#flow === 0) this.#keyAllowed = true;
    }
  }

  #fetch(): void {
    const source = this.source;
    source.need(1);
    this.#skipToToken();
    this.#checkRequiredKey();
    const column = source.pos - source.lineStart;
    this.#unroll(column);
    source.need(4);
    const text = source.text;
    const code = text.charCodeAt(source.pos);
    if (code === 0) return this.#fetchStreamEnd();
    if (column === 0) {
      if (code === 0x25) return this.#fetchDirective();
      if (atDocumentMark(source)) return this.#fetchDocumentMark(code === 0x2d ? T.DOCUMENT_START : T.DOCUMENT_END);
    }
    switch (code) {
      case 0x5b: // [
        return this.#fetchFlowStart(T.FLOW_SEQUENCE_START);
      case 0x7b: // {
        return this.#fetchFlowStart(T.FLOW_MAPPING_START);
      case 0x5d: // ]
        return this.#fetchFlowEnd(T.FLOW_SEQUENCE_END);
      case 0x7d: // }
        return this.#fetchFlowEnd(T.FLOW_MAPPING_END);
      case 0x2c: // ,
        return this.#fetchFlowEntry();
      case 0x2d: // -
        if (isBlankOrEnd(text.charCodeAt(source.pos + 1))) return this.#fetchBlockEntry();
        return this.#fetchPlain();
      case 0x3f: // ?
        if (this.#flow > 0 || isBlankOrEnd(text.charCodeAt(source.pos + 1))) return this.#fetchKey();
        return this.#fetchPlain();
      case 0x3a: // :
        if (this.#flow > 0 || isBlankOrEnd(text.charCodeAt(source.pos + 1))) return this.#fetchValue();
        return this.#fetchPlain();
      case 0x2a: // *
        return this.#fetchProperty(T.ALIAS);
      case 0x26: // &
        return this.#fetchProperty(T.ANCHOR);
      case 0x21: // !
        return this.#fetchProperty(T.TAG);
      case 0x27: // '
      case 0x22: // "
        return this.#fetchQuoted();
      case 0x7c: // |
      case 0x3e: // >
        if (this.#flow === 0) return this.#fetchBlockScalar();
        break;
      case 0x23: // #
      case 0x25: // %
      case 0x40: // @
      case 0x60: // `
        break;
      default:
        if (!isBlank(code)) return this.#fetchPlain();
    }
    throw source.scanError("found character that cannot start any token");
  }

  #fetchStreamEnd(): void {
    const source = this.source;
    // A last line without line break counts as ended.
    if (source.pos !== source.lineStart) {
      source.lineStart = source.pos;
      source.line++;
    }
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#push(T.STREAM_END, source.line, "");
  }

  #fetchDirective(): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const line = this.source.line;
    const { type, value, suffix } = scanDirective(this.source);
    this.#push(type, line, value, suffix);
  }

  #fetchDocumentMark(type: number): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#pushIndicator(type, 3);
  }

  #pushIndicator(type: number, length: number): void {
    this.source.pos += length;
    this.#push(type, this.source.line, "");
  }

  #fetchFlowStart(type: number): void {
    this.#saveKey();
    this.#flow++;
    const key = this.#keys[this.#flow];
    if (key === undefined) this.#keys.push(new KeyPlace());
    else key.possible = key.required = false;
    if (this.#flow > DEPTH_MAX) throw this.source.scanError(`exceeded max depth of ${DEPTH_MAX}`);
    this.#keyAllowed = true;
    this.#pushIndicator(type, 1);
  }

  #fetchFlowEnd(type: number): void {
    this.#removeKey();
    if (this.#flow > 0) {
      this.#flow--;
      if (this.#lowest > this.#flow) this.#lowest = this.#flow;
    }
    this.#keyAllowed = false;
    this.#pushIndicator(type, 1);
  }

  #fetchFlowEntry(): void {
    this.#removeKey();
    this.#keyAllowed = true;
    this.#pushIndicator(T.FLOW_ENTRY, 1);
  }

  #fetchBlockEntry(): void {
    const source = this.source;
    if (this.#flow === 0) {
      if (!this.#keyAllowed) throw source.scanError("block sequence entries are not allowed in this context");
      this.#roll(source.pos - source.lineStart, T.BLOCK_SEQUENCE_START, source.line, undefined);
    }
    this.#removeKey();
    this.#keyAllowed = true;
    this.#pushIndicator(T.BLOCK_ENTRY, 1);
  }

  #fetchKey(): void {
    const source = this.source;
    if (this.#flow === 0) {
      if (!this.#keyAllowed) throw source.scanError("mapping keys are not allowed in this context");
      this.#roll(source.pos - source.lineStart, T.BLOCK_MAPPING_START, source.line, undefined);
    }
    this.#removeKey();
    this.#keyAllowed = this.#flow === 0;
    this.#pushIndicator(T.KEY, 1);
  }

  #fetchValue(): void {
    const source = this.source;
    const key = this.#keys[this.#flow] as KeyPlace;
    if (key.possible && this.#isStale(key)) key.possible = false;
    if (key.possible) {
      // KEY goes before the scalar, and the start of the map before KEY.
      this.#insert(key.tokenNumber, T.KEY, key.line);
      this.#roll(key.column, T.BLOCK_MAPPING_START, key.line, key.tokenNumber);
      key.possible = false;
      this.#keyAllowed = false;
    } else {
      if (this.#flow === 0) {
        if (!this.#keyAllowed) throw source.scanError("mapping values are not allowed in this context");
        this.#roll(source.pos - source.lineStart, T.BLOCK_MAPPING_START, source.line, undefined);
      }
      this.#keyAllowed = this.#flow === 0;
    }
    this.#pushIndicator(T.VALUE, 1);
  }

  #fetchProperty(type: number): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const line = this.source.line;
    if (type !== T.TAG) return this.#push(type, line, scanAnchor(this.source));
    const { value, suffix } = scanTag(this.source);
    this.#push(type, line, value, suffix);
  }

  #fetchBlockScalar(): void {
    this.#removeKey();
    this.#keyAllowed = true;
    const line = this.source.line;
    this.#push(T.QUOTED, line, scanBlock(this.source, this.#indent));
  }

  #fetchQuoted(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const line = this.source.line;
    this.#push(T.QUOTED, line, scanQuoted(this.source));
  }

  #fetchPlain(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const line = this.source.line;
    this.#push(T.PLAIN, line, scanPlain(this.source, this.#indent + 1, this.#flow > 0));
    // After a line break a new key may start, and the scalar has read that break already.
    if (this.source.endedLine) this.#keyAllowed = true;
  }
}
