/**
 * Writes and reads floating point numbers as Go does.
 *
 * Source: Go 1.14, `strconv/ftoa.go` and `strconv/atof.go`.
 *
 * @module
 */

/** Decimal digits without leading and trailing zeros; the point stands before `digits[0]`, moved right by `point`. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const ZERO: Decimal = { digits: "", point: 0 };

/** Mantissa and exponent of a finite number that is not negative: `mantissa * 2 ** exponent`. */
function parts(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const stored = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return stored === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: stored - 1075 };
}

function trim(digits: string, point: number): Decimal {
  const end = digits.replace(/0+$/, "");
  return end === "" ? ZERO : { digits: end, point };
}

/** All digits of the number. */
function exact(value: number): Decimal {
  const { mantissa, exponent } = parts(value);
  if (mantissa === 0n) return ZERO;
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return trim(digits, digits.length);
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return trim(digits, digits.length + exponent);
}

/** The fewest digits that read back as the same number. */
function shortest(value: number): Decimal {
  if (value === 0) return ZERO;
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e");
  return trim(mantissa.replace(".", ""), Number(exponent) + 1);
}

/** Rounds to `count` digits; an exact half goes to the even digit. */
function round({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return ZERO;
  const half = digits.charCodeAt(count) - 48;
  const isHalf = half === 5 && count + 1 === digits.length;
  const isOdd = count > 0 && (digits.charCodeAt(count - 1) & 1) === 1;
  const kept = digits.slice(0, count);
  if (!(isHalf ? isOdd : half >= 5)) return trim(kept, point);
  const raised = (BigInt(kept || "0") + 1n).toString();
  if (count === 0) return { digits: "1", point: point + 1 };
  return raised.length > count ? trim(raised, point + 1) : trim(raised, point);
}

/** How a float is written: the verbs of `strconv.FormatFloat`. */
export type FloatVerb = "e" | "E" | "f" | "g" | "G" | "b" | "x" | "X";

/** Returns Go's `strconv.FormatFloat(value, verb, precision, 64)`; precision -1 asks for the shortest form. */
export function formatFloat(value: number, verb: FloatVerb, precision: number): string {
  if (Number.isNaN(value)) return "NaN";
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? "-" : "";
  const size = Math.abs(value);
  if (size === Infinity) return negative ? "-Inf" : "+Inf";
  if (verb === "b") return sign + binary(size);
  if (verb === "x" || verb === "X") return sign + hexadecimal(size, verb, precision);
  return sign + decimal(size, verb, precision);
}

function decimal(size: number, verb: "e" | "E" | "f" | "g" | "G", given: number): string {
  const isShortest = given < 0;
  let precision = given;
  let number = isShortest ? shortest(size) : exact(size);
  if (isShortest) {
    if (verb === "e" || verb === "E") precision = number.digits.length - 1;
    else if (verb === "f") precision = Math.max(number.digits.length - number.point, 0);
    else precision = number.digits.length;
  } else if (verb === "e" || verb === "E") number = round(number, precision + 1);
  else if (verb === "f") number = round(number, number.point + precision);
  else {
    precision = precision === 0 ? 1 : precision;
    number = round(number, precision);
  }
  if (verb === "e" || verb === "E") return exponential(number, precision, verb);
  return verb === "f" ? fixed(number, precision) : general(number, precision, verb, isShortest);
}

function general(number: Decimal, given: number, verb: "g" | "G", isShortest: boolean): string {
  const count = number.digits.length;
  let precision = given;
  let limit = precision;
  if (limit > count && count >= number.point) limit = count;
  if (isShortest) limit = 6;
  const exponent = number.point - 1;
  if (exponent < -4 || exponent >= limit) {
    return exponential(number, Math.min(precision, count) - 1, verb === "g" ? "e" : "E");
  }
  if (precision > number.point) precision = count;
  return fixed(number, Math.max(precision - number.point, 0));
}

function exponential({ digits, point }: Decimal, precision: number, letter: string): string {
  let out = digits[0] ?? "0";
  if (precision > 0) out += "." + digits.slice(1, precision + 1).padEnd(precision, "0");
  const exponent = digits === "" ? 0 : point - 1;
  return out + letter + (exponent < 0 ? "-" : "+") + String(Math.abs(exponent)).padStart(2, "0");
}

function fixed({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision <= 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  return whole + "." + fraction.slice(0, precision).padEnd(precision, "0");
}

function binary(size: number): string {
  const { mantissa, exponent } = parts(size);
  return `${mantissa}p${exponent >= 0 ? "+" : ""}${exponent}`;
}

function hexadecimal(size: number, verb: "x" | "X", precision: number): string {
  const { mantissa: raw, exponent: stored } = parts(size);
  let mantissa = raw << 8n;
  let exponent = raw === 0n ? 0 : stored + 52;
  while (mantissa !== 0n && mantissa < 1n << 60n) {
    mantissa <<= 1n;
    exponent -= 1;
  }
  if (precision >= 0 && precision < 15) {
    const drop = 60n - BigInt(precision * 4);
    const rest = mantissa & ((1n << drop) - 1n);
    mantissa >>= drop;
    const half = 1n << (drop - 1n);
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    mantissa <<= drop;
    if (mantissa >= 1n << 61n) {
      mantissa >>= 1n;
      exponent += 1;
    }
  }
  const lead = mantissa >> 60n;
  let fraction = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, "0");
  fraction = precision < 0 ? fraction.replace(/0+$/, "") : fraction.slice(0, precision).padEnd(precision, "0");
  const power = (exponent < 0 ? "-" : "+") + String(Math.abs(exponent)).padStart(2, "0");
  const out = `0x${lead}${fraction === "" ? "" : "." + fraction}p${power}`;
  return verb === "X" ? out.toUpperCase() : out;
}

/** Returns the shortest text of a float as `%v` prints it. */
export function floatText(value: number): string {
  // The usual case first: small whole numbers, where Go and JavaScript agree.
  if (Number.isInteger(value) && value < 1e6 && value > -1e6 && !Object.is(value, -0)) return String(value);
  return formatFloat(value, "g", -1);
}

/** The result of parsing a number: its value, and the error, if any. */
export interface ParsedNumber<T> {
  /** The number; with a range error the nearest one, with a syntax error zero. */
  readonly value: T;
  /** `undefined` when all is well. */
  readonly error?: "invalid syntax" | "value out of range";
}

const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i;
const DECIMAL = /^[+-]?(?:[0-9_]+\.?[0-9_]*|\.[0-9_]+)(?:e[+-]?[0-9][0-9_]*)?$/i;
const HEX = /^([+-]?)0x([0-9a-f_]*)(?:\.([0-9a-f_]*))?p([+-]?[0-9][0-9_]*)$/i;

/** Reads a number as Go's `strconv.ParseFloat(text, 64)`. */
export function parseFloat64(text: string): ParsedNumber<number> {
  const special = SPECIAL.exec(text);
  if (special !== null) return specialFloat(special[1] ?? "", (special[2] ?? "").toLowerCase());
  if (text.includes("_") && !underscoresFit(text)) return { value: 0, error: "invalid syntax" };
  const plain = text.replaceAll("_", "");
  const hex = HEX.exec(plain);
  if (hex !== null) return hexFloat(hex[1] ?? "", hex[2] ?? "", hex[3] ?? "", hex[4] ?? "");
  if (!DECIMAL.test(text) || !/[0-9]/.test(text.replace(/e.*$/i, ""))) return { value: 0, error: "invalid syntax" };
  const value = Number(plain);
  return Number.isFinite(value) ? { value } : { value, error: "value out of range" };
}

function specialFloat(sign: string, word: string): ParsedNumber<number> {
  // "nan" takes no sign in Go.
  if (word === "nan") return sign === "" ? { value: NaN } : { value: 0, error: "invalid syntax" };
  return { value: sign === "-" ? -Infinity : Infinity };
}

function hexFloat(sign: string, whole: string, fraction: string, power: string): ParsedNumber<number> {
  if (whole + fraction === "") return { value: 0, error: "invalid syntax" };
  const mantissa = BigInt("0x0" + whole + fraction);
  const exponent = Math.max(-100000, Math.min(100000, Number(power))) - 4 * fraction.length;
  const size = mantissa === 0n ? 0 : scaled(mantissa, exponent);
  const value = sign === "-" ? -size : size;
  return Number.isFinite(value) ? { value } : { value, error: "value out of range" };
}

/** `mantissa * 2 ** exponent`, rounded once, half to even. */
function scaled(mantissa: bigint, exponent: number): number {
  const bits = mantissa.toString(2).length;
  const lowest = Math.max(bits + exponent - 53, -1074);
  const drop = lowest - exponent;
  if (lowest > 971) return Infinity;
  if (drop <= 0) return Number(mantissa) * 2 ** Math.max(exponent, -1074);
  if (drop > bits + 1) return 0;
  let kept = mantissa >> BigInt(drop);
  const rest = mantissa & ((1n << BigInt(drop)) - 1n);
  const half = 1n << BigInt(drop - 1);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  return Number(kept) * 2 ** lowest;
}

/** Go's rule for `_` inside numbers: between digits, or behind a base prefix. */
export function underscoresFit(text: string): boolean {
  const plain = text.replace(/^[+-]/, "");
  const prefix = /^0[box]/i.test(plain);
  const isHex = /^0x/i.test(plain);
  let saw = prefix ? "0" : "^";
  for (const char of prefix ? plain.slice(2) : plain) {
    if ((isHex ? /[0-9a-f]/i : /[0-9]/).test(char)) saw = "0";
    else if (char === "_") {
      if (saw !== "0") return false;
      saw = "_";
    } else if (saw === "_") return false;
    else saw = "!";
  }
  return saw !== "_";
}

const MAX_UINT64 = (1n << 64n) - 1n;
const MAX_INT64 = (1n << 63n) - 1n;

/** Reads an unsigned number as Go's `strconv.ParseUint(text, base, 64)`; base 0 takes it from the prefix. */
export function parseUint64(text: string, base = 10): ParsedNumber<bigint> {
  const syntax = { value: 0n, error: "invalid syntax" } as const;
  if (text === "") return syntax;
  let digits = text;
  let radix = base;
  if (base === 0) {
    radix = 10;
    if (text[0] === "0") {
      const prefix = text.length >= 3 ? { b: 2, o: 8, x: 16 }[text[1]?.toLowerCase() ?? ""] : undefined;
      radix = prefix ?? 8;
      digits = text.slice(prefix === undefined ? 1 : 2);
    }
  }
  let value = 0n;
  for (const char of digits) {
    if (char === "_" && base === 0) continue;
    const digit = /^[0-9a-z]$/i.test(char) ? parseInt(char, 36) : 36;
    if (digit >= radix) return syntax;
    value = value * BigInt(radix) + BigInt(digit);
    if (value > MAX_UINT64) return { value: MAX_UINT64, error: "value out of range" };
  }
  if (base === 0 && text.includes("_") && !underscoresFit(text)) return syntax;
  return { value };
}

/** Reads a signed number as Go's `strconv.ParseInt(text, base, 64)`; base 0 takes it from the prefix. */
export function parseInt64(text: string, base = 10): ParsedNumber<bigint> {
  const negative = text[0] === "-";
  const read = parseUint64(/^[+-]/.test(text) ? text.slice(1) : text, base);
  if (read.error === "invalid syntax") return read;
  const limit = negative ? MAX_INT64 + 1n : MAX_INT64;
  const value = read.value > limit ? limit : read.value;
  const signed = negative ? -value : value;
  return read.value > limit ? { value: signed, error: "value out of range" } : { value: signed };
}
