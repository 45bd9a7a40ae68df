/**
 * Classes of characters as the YAML 1.1 reader sees them.
 *
 * @module
 */

/** Code of the sentinel that ends every text being read; text itself cannot hold it. */
export const END = 0;
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const NEL = 0x85;
export const LS = 0x2028;
export const PS = 0x2029;
export const BOM = 0xfeff;

const BLANK_BIT = 1;
const BREAK_BIT = 2;
const END_BIT = 4;
const WORD_BIT = 8;
const DIGIT_BIT = 16;
const HEX_BIT = 32;
const URI_BIT = 64;
const FLOW_BIT = 128;

// One lookup per character: the scanner asks for classes more often than for anything else.
const CLASS = new Uint8Array(128);
CLASS[END] = END_BIT;
CLASS[TAB] = BLANK_BIT;
CLASS[SPACE] = BLANK_BIT;
CLASS[LF] = BREAK_BIT;
CLASS[CR] = BREAK_BIT;
const mark = (chars: string, bit: number): void => {
  for (let i = 0; i < chars.length; i++) CLASS[chars.charCodeAt(i)] = (CLASS[chars.charCodeAt(i)] ?? 0) | bit;
};
const DIGITS = "0123456789";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
mark(DIGITS, DIGIT_BIT);
mark(DIGITS + "ABCDEFabcdef", HEX_BIT);
mark(DIGITS + LETTERS + "_-", WORD_BIT);
mark(DIGITS + LETTERS + "_-;/?:@&=+$,.!~*'()[]%", URI_BIT);
mark(",?[]{}", FLOW_BIT);

function classOf(code: number): number {
  return code < 128 ? CLASS[code] as number : 0;
}

function isWideBreak(code: number): boolean {
  return code === NEL || code === LS || code === PS;
}

/** Space or tab. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** LF, CR, NEL, LS or PS. */
export function isBreak(code: number): boolean {
  return code < 128 ? ((CLASS[code] as number) & BREAK_BIT) !== 0 : isWideBreak(code);
}

/** A line break or the end of the text. */
export function isBreakOrEnd(code: number): boolean {
  return code < 128 ? ((CLASS[code] as number) & (BREAK_BIT | END_BIT)) !== 0 : isWideBreak(code);
}

/** Space, tab, a line break or the end of the text. */
export function isBlankOrEnd(code: number): boolean {
  return code < 128 ? ((CLASS[code] as number) & (BLANK_BIT | BREAK_BIT | END_BIT)) !== 0 : isWideBreak(code);
}

/** A character of anchors, directive names and tag handles. */
export function isWord(code: number): boolean {
  return (classOf(code) & WORD_BIT) !== 0;
}

/** 0 to 9. */
export function isDigit(code: number): boolean {
  return (classOf(code) & DIGIT_BIT) !== 0;
}

/** A hexadecimal digit. */
export function isHex(code: number): boolean {
  return (classOf(code) & HEX_BIT) !== 0;
}

/** A character that a tag may have, `%` included. */
export function isUri(code: number): boolean {
  return (classOf(code) & URI_BIT) !== 0;
}

/** A character that ends a plain scalar inside brackets. */
export function isFlowIndicator(code: number): boolean {
  return (classOf(code) & FLOW_BIT) !== 0;
}

/** The value of a hexadecimal digit. */
export function hexValue(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x61 + 10;
}
