/**
 * Decodes JSON text, with Go's errors.
 *
 * The JavaScript engine's parser does the work. A text that it refuses is read again by a checker
 * that knows Go's messages.
 *
 * Source: Go 1.14, `encoding/json`.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { newMap, toBytes } from "../golang/mod.ts";
import { jsonSyntaxError } from "./json_syntax.ts";
import { parseJson } from "../../base/mod.ts";

/** Numbers that may be too large, and escapes that may be half of a character. */
const DOUBTFUL = /[eE]\+?[0-9]{3}|[0-9]{300}|\\u[dD][89a-fA-F]|[\ud800-\udfff]/;

/** A collection that is being copied. */
interface Pending {
  readonly from: unknown[] | Record<string, unknown>;
  readonly into: unknown[] | Record<string, unknown>;
}

/**
 * Returns a JSON text as data: maps with a `null` prototype, numbers as float64.
 *
 * Throws `YamlError` with Go's words, such as
 * `invalid character 'x' looking for beginning of value`.
 *
 * Source: Go 1.14, `json.Unmarshal` into an empty interface.
 */
export function decodeJson(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new YamlError(jsonSyntaxError(toBytes(text)) ?? error.message, undefined, { cause: error });
  }
  const doubtful = DOUBTFUL.test(text);
  if (doubtful) checkNumbers(text);
  return rebuild(parsed, doubtful);
}

/**
 * Copies data with maps that have no prototype and, with `repair`, replaces halves of characters.
 * It keeps its own stack, because JSON may be deep.
 */
function rebuild(root: unknown, repair: boolean): unknown {
  const rest: Pending[] = [];
  const convert = (value: unknown): unknown => {
    if (typeof value === "string") return repair ? value.toWellFormed() : value;
    if (typeof value !== "object" || value === null) return value;
    const into = Array.isArray(value) ? new Array<unknown>(value.length) : newMap();
    rest.push({ from: value as Pending["from"], into });
    return into;
  };
  const result = convert(root);
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { from, into } = next;
    if (Array.isArray(from)) from.forEach((value, i) => (into as unknown[])[i] = convert(value));
    else {
      for (const key of Object.keys(from)) {
        (into as Record<string, unknown>)[repair ? key.toWellFormed() : key] = convert(from[key]);
      }
    }
  }
  return result;
}

/** Throws for the first number that does not fit a float64. */
function checkNumbers(text: string): void {
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|(-?[0-9][0-9.eE+-]*)/gs)) {
    const number = match[1];
    if (number !== undefined && !Number.isFinite(Number(number))) {
      throw new YamlError(`json: cannot unmarshal number ${number} into Go value of type float64`);
    }
  }
}
