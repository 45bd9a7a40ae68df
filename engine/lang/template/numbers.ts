/**
 * Number literals: a literal has every type that holds it exactly.
 *
 * Source: Go 1.14, `text/template/parse/node.go`, `newNumber`.
 *
 * @module
 */
import { type ParsedNumber, parseFloat64, parseInt64, parseUint64, quote, unquoteChar } from "../golang/mod.ts";
import type { Token } from "./lexer.ts";
import type { NumberNode } from "./nodes.ts";

/** Returns the node of a number token, or the message that says what is wrong with it. */
export function parseNumber(token: Token): NumberNode | string {
  if (token.kind === "rune") return runeNumber(token);
  if (token.kind === "complex") return complexNumber(token);
  const { value: text } = token;
  if (text.endsWith("i")) {
    const im = parseFloat64(text.slice(0, -1));
    if (im.error === undefined) return simplified(token, 0, im.value);
  }
  return plainNumber(token);
}

function base(token: Token): { kind: "number"; pos: number; text: string } {
  return { kind: "number", pos: token.pos, text: token.value };
}

function runeNumber(token: Token): NumberNode | string {
  const { value: text } = token;
  const char = unquoteChar(text, 1, "'");
  if (char === undefined) return "invalid syntax";
  if (text.slice(char.next) !== "'") return `malformed character constant: ${text}`;
  const int = BigInt(char.code);
  return { ...base(token), int, uint: BigInt.asUintN(64, int), float: char.code };
}

const INT64_MIN = -(2 ** 63);
const INT64_END = 2 ** 63;
const UINT64_END = 2 ** 64;

/** Returns the integers that equal a float. */
function integers(value: number): { int?: bigint; uint?: bigint } {
  if (!Number.isInteger(value)) return {};
  const out: { int?: bigint; uint?: bigint } = {};
  if (value >= INT64_MIN && value < INT64_END) out.int = BigInt(value);
  // Helm 2: on amd64 a negative float converts to its two's complement, which
  // does not read back as the float, so it is no unsigned number.
  if (value >= 0 && value < UINT64_END) out.uint = BigInt(value);
  return out;
}

function plainNumber(token: Token): NumberNode | string {
  const { value: text } = token;
  const unsigned = parseUint64(text, 0);
  const signed = parseInt64(text, 0);
  const int = signed.error === undefined ? signed.value : undefined;
  let uint = unsigned.error === undefined ? unsigned.value : undefined;
  // `-0` is an unsigned number, too.
  if (int === 0n) uint = unsigned.value;
  if (int !== undefined) return { ...base(token), int, uint, float: Number(int) };
  if (uint !== undefined) return { ...base(token), uint, float: Number(uint) };
  const read = parseFloat64(text);
  if (read.error !== undefined) return `illegal number syntax: ${quote(text)}`;
  // It reads as a float but is written as an integer, so it is too large for one.
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quote(text)}`;
  return { ...base(token), float: read.value, ...integers(read.value) };
}

/** A complex number without imaginary part is a float too, and perhaps an integer. */
function simplified(token: Token, re: number, im: number): NumberNode {
  const complex = { re, im };
  if (im !== 0) return { ...base(token), complex };
  return { ...base(token), complex, float: re, ...integers(re) };
}

const FLOAT_TOKEN =
  /^[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eEpP][+-]?[0-9_]*)?)/;

function complexNumber(token: Token): NumberNode | string {
  const { value: text } = token;
  const real = FLOAT_TOKEN.exec(text)?.[0] ?? "";
  const sign = text[real.length] ?? "";
  if (sign !== "+" && sign !== "-") return "syntax error scanning complex number";
  const rest = text.slice(real.length + 1);
  const imaginary = FLOAT_TOKEN.exec(rest)?.[0] ?? "";
  // Without digits the scanner takes the `i` for the beginning of `Inf`.
  if (imaginary === "" || rest[imaginary.length] !== "i") return "syntax error scanning complex number";
  const re = scanned(real);
  if (typeof re === "string") return re;
  const im = scanned(sign + imaginary);
  return typeof im === "string" ? im : simplified(token, re, im);
}

function scanned(text: string): number | string {
  const read: ParsedNumber<number> = parseFloat64(text);
  return read.error === undefined ? read.value : `strconv.ParseFloat: parsing ${quote(text)}: ${read.error}`;
}
