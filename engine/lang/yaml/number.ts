/**
 * Numbers as the YAML and JSON libraries read and print them.
 *
 * Source: Go 1.14, `strconv` and `encoding/json`.
 *
 * @module
 */

import { formatFloat } from "../golang/mod.ts";

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INT = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;
/** No integer of 64 bits has more characters, so longer ones need no exact arithmetic. */
const LENGTH_MAX = 70;

/** True for an integer that Go keeps in an `int64`. */
export function fitsInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

/**
 * Reads an integer as `ParseInt(text, 0, 64)` does, or as `ParseUint` where that is out of range.
 * Underscores must be removed before.
 */
export function parseInteger(text: string): bigint | undefined {
  const match = INT.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const [prefix, digits] = hex !== undefined
    ? ["0x", hex]
    : binary !== undefined
    ? ["0b", binary]
    : octal !== undefined
    ? ["0o", octal]
    : ["", decimal ?? ""];
  const significant = digits.replace(/^0+(?=.)/, "");
  if (significant.length > LENGTH_MAX) return undefined;
  const size = BigInt(prefix + significant);
  const value = sign === "-" ? -size : size;
  if (fitsInt64(value)) return value;
  return sign === "" && value <= UINT64_MAX ? value : undefined;
}

/**
 * Reads a number as `ParseFloat` does, in decimal notation without underscores. A number out of
 * range is not one.
 */
export function parseDecimalFloat(text: string): number | undefined {
  if (!FLOAT.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Returns the next larger decimal with the same number of digits. */
function nextDecimal(text: string, precision: number): string {
  const [mantissa = "", exponent = ""] = text.split("e");
  return `${BigInt(mantissa.replace(".", "")) + 1n}e${Number(exponent) - precision}`;
}

/** Returns the shortest decimal that reads back as the same positive 32-bit number. */
function shortestSingle(value: number): string {
  for (let precision = 0; precision < 9; precision++) {
    const nearest = formatFloat(value, "e", precision);
    // Above a power of two there is more room than below, and the next decimal may fit where the nearest does not.
    for (const text of [nearest, nextDecimal(nearest, precision)]) {
      if (Math.fround(Number(text)) === value) return text;
    }
  }
  return formatFloat(value, "e", 9);
}

/**
 * Writes a number as `FormatFloat(value, 'g', -1, 32)` does. Helm 2: keys and strings made of
 * numbers take this form, with the precision of 32 bits.
 */
export function formatSingle(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single) || single === 0) return formatFloat(single, "g", -1);
  const text = formatFloat(Number(shortestSingle(Math.abs(single))), "g", -1);
  return single < 0 ? `-${text}` : text;
}

/** Writes a finite float64 as `encoding/json` does. */
export function formatJsonNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
