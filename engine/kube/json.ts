/**
 * JSON data with exact 64-bit integers.
 *
 * Kubernetes has 64-bit integers. Those that a `number` cannot hold exactly are read as `bigint`; all others
 * are numbers.
 *
 * @module
 */

import { checkJsonDepth, parseJson as parseText } from "../base/mod.ts";

export {
  asCount,
  asList,
  asObject,
  asText,
  copyJson,
  isObject,
  type JsonObject,
  sameJson,
  scalarText,
} from "../base/mod.ts";

/** `JSON.parse` with the third argument of the reviver, which TypeScript's library does not name yet. */
const parse = JSON.parse as (
  text: string,
  reviver?: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

/** Sixteen digits in a row, not part of a fraction: the only text that may hold an inexact integer. */
const LONG_INTEGER = /[^.\d]\d{16,}/;

/**
 * Returns the data of JSON text; integers beyond ±2^53 come as `bigint`.
 *
 * @throws SyntaxError when `text` is not JSON, or is nested too deeply.
 */
export function parseJson(text: string): unknown {
  checkJsonDepth(text);
  return LONG_INTEGER.test(text) ? parseText(text, exact) : parseText(text);
}

function exact(text: string): unknown {
  return parse(text, (_key, value, context) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = context.source ?? "";
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
}
