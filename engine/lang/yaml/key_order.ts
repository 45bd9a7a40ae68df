/**
 * The order of keys in written YAML: letters after everything else, digits by their value.
 *
 * @module
 */

import { isDigit, isLetter } from "../golang/mod.ts";

const ZERO = 0x30;
const SURROGATE = /[\ud800-\udfff]/;
/** More digits than this may not fit a float64 exactly. */
const EXACT_DIGITS = 14;

/** Returns the value of a run of digits, and the position after it. */
function digitRun(codes: ArrayLike<number>, from: number, start: 0 | 1): { value: bigint | number; end: number } {
  let end = from;
  while (end < codes.length && isDigit(codes[end] as number)) end++;
  if (end - from <= EXACT_DIGITS) {
    let value: number = start;
    for (let i = from; i < end; i++) value = value * 10 + (codes[i] as number) - ZERO;
    return { value, end };
  }
  // Go's `int64` overflows here, and the order of such keys follows from that.
  let value = BigInt(start);
  for (let i = from; i < end; i++) value = BigInt.asIntN(64, value * 10n + BigInt((codes[i] as number) - ZERO));
  return { value, end };
}

/** True if the run of digits before `at` has a digit other than zero. */
function followsDigits(codes: ArrayLike<number>, at: number): boolean {
  for (let i = at - 1; i >= 0 && isDigit(codes[i] as number); i--) {
    if (codes[i] !== ZERO) return true;
  }
  return false;
}

function compareAt(a: ArrayLike<number>, b: ArrayLike<number>, at: number): number {
  const x = a[at] as number, y = b[at] as number;
  const xLetter = isLetter(x), yLetter = isLetter(y);
  if (xLetter && yLetter) return x - y;
  if (xLetter || yLetter) return yLetter ? -1 : 1;
  // A zero within a number is a digit of it; the 1 in front keeps its place value.
  const start = (x === ZERO || y === ZERO) && followsDigits(a, at) ? 1 : 0;
  const left = digitRun(a, at, start), right = digitRun(b, at, start);
  // One may be a bigint and the other a number: `<` compares their values, `!==` would not.
  if (left.value < right.value) return -1;
  if (left.value > right.value) return 1;
  return left.end - right.end || x - y;
}

function codesOf(text: string): number[] {
  return SURROGATE.test(text) ? Array.from(text, (char) => char.codePointAt(0) as number) : unitsOf(text);
}

function unitsOf(text: string): number[] {
  const units = new Array<number>(text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return units;
}

const A = 0x61, Z = 0x7a;

/** Compares two different keys; negative when `a` is written first. */
export function compareYamlKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  const x = a.charCodeAt(at), y = b.charCodeAt(at);
  // Most keys differ in a lower-case letter. That settles the order without counting code points.
  if (x >= A && x <= Z && y >= A && y <= Z) return x - y;
  const left = codesOf(a), right = codesOf(b);
  at = 0;
  while (left[at] === right[at]) at++;
  return compareAt(left, right, at);
}
