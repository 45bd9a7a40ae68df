/**
 * Parses and quotes single values like Go, for flags and messages.
 *
 * Separate from the engine, so that parsing a command line does not load it.
 *
 * @module
 */

import { quote } from "../../engine/base/mod.ts";

const TRUE = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** Reads a boolean; throws an `Error` with Go's words. */
export function parseBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new Error(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`);
}

const DIGITS: readonly [RegExp, string][] = [
  [/^0[xX](?:_?[0-9a-fA-F])+$/, "0x"],
  [/^0[bB](?:_?[01])+$/, "0b"],
  [/^0[oO](?:_?[0-7])+$/, "0o"],
  [/^0(?:_?[0-7])+$/, "0"],
  [/^(?:0|[1-9](?:_?[0-9])*)$/, ""],
];

/**
 * Parses an integer with an optional base prefix; throws an `Error` with Go's words. The result is a
 * JavaScript number: beyond 2^53 it is rounded.
 */
export function parseInteger(text: string, bits: 32 | 64, signed: boolean): number {
  const complain = (why: string) =>
    new Error(`strconv.Parse${signed ? "Int" : "Uint"}: parsing ${quote(text)}: ${why}`);
  const sign = signed && /^[+-]/.test(text) ? text.charAt(0) : "";
  const body = text.slice(sign.length);
  const form = DIGITS.find(([pattern]) => pattern.test(body));
  if (form === undefined) throw complain("invalid syntax");
  const digits = body.replaceAll("_", "").slice(form[1].length);
  const size = BigInt((form[1] === "0" ? "0o" : form[1].toLowerCase()) + digits);
  const whole = sign === "-" ? -size : size;
  const top = 1n << BigInt(signed ? bits - 1 : bits);
  if (whole >= top || whole < (signed ? -top : 0n)) throw complain("value out of range");
  return Number(whole);
}

/** Reads a decimal integer; throws an `Error` with Go's words. */
export function parseDecimal(text: string, bits: 32 | 64): number {
  const complain = (why: string) => new Error(`strconv.ParseInt: parsing ${quote(text)}: ${why}`);
  if (!/^[+-]?[0-9]+$/.test(text)) throw complain("invalid syntax");
  const whole = BigInt(text.replace(/^\+/, ""));
  const top = 1n << BigInt(bits - 1);
  if (whole >= top || whole < -top) throw complain("value out of range");
  return Number(whole);
}

/** Returns the seconds of a duration such as `5m` or `1h30m`, rounded up; `undefined` for other texts. */
export function secondsOf(text: string): number | undefined {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    seconds += Number(amount) * (units[unit] ?? 0);
  }
  return Math.ceil(seconds);
}
