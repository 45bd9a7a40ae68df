/**
 * Resolves a scalar's text and tag to a type and a value.
 *
 * Source: gopkg.in/yaml.v2 2.2.4, `resolve.go`.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { fromBytes, parseFloat64 } from "../golang/mod.ts";
import { parseDecimalFloat, parseInteger } from "./number.ts";
import { isTimestamp } from "./timestamp.ts";

const STANDARD = "tag:yaml.org,2002:";
const STR = "!!str", BOOL = "!!bool", INT = "!!int", FLOAT = "!!float", NULL = "!!null", TIMESTAMP = "!!timestamp";
const BINARY = `${STANDARD}binary`;

/** The types that a scalar can have, as short tags. */
export type ScalarType = typeof STR | typeof BOOL | typeof INT | typeof FLOAT | typeof NULL | typeof TIMESTAMP;

/** A scalar's type and value. */
export interface Resolved {
  readonly type: ScalarType;
  /** `string`, `boolean`, `null`, `number`; an integer beyond 2^53 is a `bigint`. */
  readonly value: string | number | bigint | boolean | null;
}

const WORDS: ReadonlyMap<string, Resolved> = new Map([
  ...words(BOOL, true, "y Y yes Yes YES true True TRUE on On ON"),
  ...words(BOOL, false, "n N no No NO false False FALSE off Off OFF"),
  ...words(NULL, null, "~ null Null NULL"),
  ["", { type: NULL, value: null }] as const,
  ...words(FLOAT, NaN, ".nan .NaN .NAN"),
  ...words(FLOAT, Infinity, ".inf .Inf .INF +.inf +.Inf +.INF"),
  ...words(FLOAT, -Infinity, "-.inf -.Inf -.INF"),
]);

function words(type: ScalarType, value: Resolved["value"], list: string): [string, Resolved][] {
  return list.split(" ").map((word) => [word, { type, value }]);
}

// The first character tells most texts apart without further looks. A zero means: a string.
const NUMBER_HINT = 1, POINT_HINT = 2, WORD_HINT = 3;
const HINTS = new Uint8Array(128);
for (const char of "0123456789+-") HINTS[char.charCodeAt(0)] = NUMBER_HINT;
for (const char of "yYnNtTfFoO~") HINTS[char.charCodeAt(0)] = WORD_HINT;
HINTS[0x2e] = POINT_HINT;

const CHECKED_TAGS: ReadonlyMap<string, ScalarType> = new Map(
  ([STR, BOOL, INT, FLOAT, NULL, TIMESTAMP] as const).map((tag) => [STANDARD + tag.slice(2), tag]),
);

/** Short enough to be a 53-bit integer whatever its digits. */
const SAFE_DIGITS = 15;

function plainDecimal(text: string): number | undefined {
  if (text.length > SAFE_DIGITS) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9 || (digit === 0 && i === 0 && text.length > 1)) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function integer(value: bigint): Resolved {
  const number = Number(value);
  return { type: INT, value: Number.isSafeInteger(number) ? number : value };
}

function resolveNumber(text: string, dates: boolean): Resolved {
  const simple = plainDecimal(text);
  if (simple !== undefined) return { type: INT, value: simple };
  // In the library's order: dates before numbers, whole ones before others.
  if (dates && isTimestamp(text)) return { type: TIMESTAMP, value: text };
  const plain = text.replaceAll("_", "");
  const whole = parseInteger(plain);
  if (whole !== undefined) return integer(whole);
  const float = parseDecimalFloat(plain);
  if (float !== undefined) return { type: FLOAT, value: float };
  // Helm 2: a sign may follow `0b`, but not come before it as well.
  const odd = /^0b([-+])([01]+)$/.exec(plain);
  if (odd !== null) {
    const value = parseInteger(`${odd[1]}0b${odd[2]}`);
    if (value !== undefined) return integer(value);
  }
  return { type: STR, value: text };
}

/** Resolves a text without tag; `dates` is false under an explicit tag other than a date's. */
function resolveText(text: string, dates: boolean): Resolved {
  const code = text.charCodeAt(0);
  const hint = text === "" ? WORD_HINT : code < 128 ? HINTS[code] : 0;
  if (hint !== 0) {
    // No word is longer than five characters, and only `+.inf` and the like start as a number does.
    const maybeWord = text.length <= 5 && (hint !== NUMBER_HINT || text.charCodeAt(1) === 0x2e);
    const word = maybeWord ? WORDS.get(text) : undefined;
    if (word !== undefined) return word;
    if (hint === NUMBER_HINT) return resolveNumber(text, dates);
    if (hint === POINT_HINT) {
      const { value, error } = parseFloat64(text);
      if (error === undefined) return { type: FLOAT, value };
    }
  }
  return { type: STR, value: text };
}

/** Resolves a plain scalar without tag. */
export function resolvePlain(text: string): Resolved {
  return resolveText(text, true);
}

/** Returns the value of a plain scalar; `undefined` for a number that is not an integer within 53 bits. */
export function resolveSimple(text: string): string | number | boolean | null | undefined {
  const code = text.charCodeAt(0);
  if (text !== "" && (code >= 128 || HINTS[code] === 0)) return text;
  const { type, value } = resolveText(text, true);
  return type === FLOAT || typeof value === "bigint" ? undefined : value;
}

/** True if a text, written without quotes, reads back as a string. */
export function readsAsString(text: string): boolean {
  const code = text.charCodeAt(0);
  if (text !== "" && (code >= 128 || HINTS[code] === 0)) return true;
  return resolveText(text, true).type === STR;
}

/** Decodes strict base64 with padding; line breaks do not count. */
function decodeBase64(text: string): string | undefined {
  const plain = text.replace(/[\r\n]/g, "");
  if (plain.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(plain.replace(/={1,2}$/, ""))) return undefined;
  return fromBytes(Uint8Array.from(atob(plain), (char) => char.charCodeAt(0)));
}

/** Resolves a scalar that has a tag, or is quoted with the tag `!`. */
export function resolveTagged(tag: string, text: string): Resolved {
  if (tag === BINARY) {
    const decoded = decodeBase64(text);
    if (decoded === undefined) throw new YamlError("yaml: !!binary value contains invalid base64 data");
    // On its way through JSON text every byte that is not UTF-8 is replaced.
    return { type: STR, value: decoded.toWellFormed() };
  }
  const wanted = CHECKED_TAGS.get(tag);
  if (wanted === undefined || wanted === STR) return { type: STR, value: text };
  const found = resolveText(text, wanted === TIMESTAMP);
  if (found.type === wanted) return found;
  // An integer may be tagged as a float, unless Go had to keep it in a `uint64`.
  if (wanted === FLOAT && found.type === INT && isSigned64(found.value)) {
    return { type: FLOAT, value: Number(found.value) };
  }
  throw new YamlError(`yaml: cannot decode ${found.type} \`${text}\` as a ${wanted}`);
}

function isSigned64(value: Resolved["value"]): boolean {
  return typeof value !== "bigint" || value < 2n ** 63n;
}
