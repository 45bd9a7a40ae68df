/**
 * Writes values as YAML text.
 *
 * The library first makes JSON text, reads that as YAML, and writes the result. Here values are
 * walked directly, and the changes and refusals of that detour are applied to each scalar.
 *
 * Source: ghodss/yaml c7ce166, `Marshal`; gopkg.in/yaml.v2 2.2.4, `encode.go`.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { byteLength, formatFloat, type GoMap, Int } from "../golang/mod.ts";
import { Emitter, styleOf } from "./emitter.ts";
import { encodeJson, encodeJsonString, jsonForm } from "./json_encode.ts";
import { yamlToJson } from "./decode_yaml.ts";
import { compareYamlKeys } from "./key_order.ts";
import { fitsInt64 } from "./number.ts";
import { scanQuoted } from "./scan_quoted.ts";
import { problemAt, Source } from "./source.ts";

// The scanner's limit: deeper JSON text could not be read back.
const DEPTH_MAX = 10000;
/** The scanner's limit, in characters: a key whose JSON text is longer is not recognised as a key. */
const KEY_TEXT_MAX = 1024;
/** The longest JSON form of one character: `\u0000`. */
const ESCAPE_MAX = 6;
/** The emitter's limit: a longer key is written after `?`. */
const SIMPLE_KEY_BYTES = 128;
const INDENT = 2;
const UINT64_MAX = 2n ** 64n - 1n;
/** Characters that JSON text has unescaped and that the YAML reader refuses or takes for a line break. */
const CHANGED = /[\x7f-\x9f\ufffe\uffff]/;

/** Returns a string as it is after the detour: written as JSON, read as YAML. */
function throughJson(text: string): string {
  const plain = text.isWellFormed() ? text : text.toWellFormed();
  if (!CHANGED.test(plain)) return plain;
  const source = new Source(encodeJsonString(plain));
  const value = scanQuoted(source);
  // The reader, too, looks one character further.
  source.need(1);
  return value;
}

/**
 * Returns a key as it is after the detour. A key that is too long, or that has a line break, is not
 * recognised as one.
 */
function keyThroughJson(key: string): string {
  const tooLong = key.length * ESCAPE_MAX + 2 > KEY_TEXT_MAX &&
    Array.from(encodeJsonString(key)).length > KEY_TEXT_MAX;
  const plain = throughJson(key);
  if (tooLong || key.includes("\x85")) throw problemAt(0, "did not find expected ',' or '}'");
  return plain;
}

function numberText(value: number): string {
  // YAML reads `-0` as the integer 0.
  if (Object.is(value, -0)) return "0";
  if (Number.isSafeInteger(value)) return String(value);
  const text = String(value);
  if (/^-?[0-9]+$/.test(text)) return wholeText(BigInt(text));
  return formatFloat(value, "g", -1);
}

function wholeText(value: bigint): string {
  if (fitsInt64(value) || (value > 0n && value <= UINT64_MAX)) return String(value);
  return formatFloat(Number(value), "g", -1);
}

function wordOf(form: unknown): string {
  if (typeof form === "number") return numberText(form);
  if (typeof form === "bigint") return wholeText(form);
  return form instanceof Int ? wholeText(form.value) : String(form);
}

/** A collection being written. */
interface Level {
  readonly keys: readonly string[] | undefined;
  readonly values: readonly unknown[];
  readonly indent: number;
  next: number;
}

class Writer {
  readonly #emitter = new Emitter();
  readonly #levels: Level[] = [];
  /** A collection that is being written, and how many levels were open when it was begun. */
  #outer: { readonly value: unknown; readonly depth: number } = { value: undefined, depth: 0 };

  write(value: unknown): string {
    this.#node(value, -1, false);
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      if (level.next === level.values.length) this.#levels.pop();
      else if (level.keys === undefined) this.#item(level);
      else this.#pair(level, level.keys[level.next] as string);
    }
    this.#emitter.writeIndent(0);
    return this.#emitter.out;
  }

  #item(level: Level): void {
    this.#emitter.writeIndent(level.indent);
    this.#emitter.writeIndicator("-", true, true);
    this.#node(level.values[level.next++], level.indent, false);
  }

  #pair(level: Level, key: string): void {
    const emitter = this.#emitter;
    const { style, multiline } = styleOf(key);
    emitter.writeIndent(level.indent);
    if (!multiline && (key.length <= SIMPLE_KEY_BYTES / 4 || byteLength(key) <= SIMPLE_KEY_BYTES)) {
      emitter.writeString(key, style, undefined);
      emitter.writeIndicator(":", false, false);
    } else {
      emitter.writeIndicator("?", true, true);
      emitter.writeString(key, style, level.indent + INDENT);
      emitter.writeIndent(level.indent);
      emitter.writeIndicator(":", true, true);
    }
    this.#node(level.values[level.next++], level.indent, true);
  }

  /** Writes a scalar or an empty collection, or opens a level. */
  #node(value: unknown, indent: number, inMap: boolean): void {
    const form = jsonForm(value);
    if (typeof form === "string") {
      const text = throughJson(form);
      this.#emitter.writeString(text, styleOf(text).style, Math.max(indent, 0) + INDENT);
      return;
    }
    if (typeof form !== "object" || form === null || form instanceof Int) return this.#emitter.writeWord(wordOf(form));
    if (this.#levels.length === DEPTH_MAX) throw problemAt(0, `exceeded max depth of ${DEPTH_MAX}`);
    this.#refuseInItself(value);
    if (Array.isArray(form)) {
      if (form.length === 0) return this.#emitter.writeWord("[]");
      // A list has the indentation of its key, unless only indicators come before it on the line,
      // as after a key with `?`.
      const flush = inMap && !this.#emitter.indention;
      this.#levels.push({
        keys: undefined,
        values: form,
        indent: indent < 0 ? 0 : flush ? indent : indent + INDENT,
        next: 0,
      });
    } else {
      const { keys, values } = sortedEntries(form as GoMap);
      if (keys.length === 0) return this.#emitter.writeWord("{}");
      this.#levels.push({ keys, values, indent: indent < 0 ? 0 : indent + INDENT, next: 0 });
    }
  }

  /**
   * Throws for a collection that holds itself. Helm 2 ends there with a full stack; the text of
   * 10,000 levels, each indented further, would take all memory first.
   *
   * Each value is compared with one collection only. That one is replaced whenever the depth has
   * doubled, which finds every cycle (Brent's algorithm).
   */
  #refuseInItself(value: unknown): void {
    const depth = this.#levels.length;
    const isOpen = this.#outer.depth < depth;
    if (isOpen && value === this.#outer.value) {
      throw new RangeError("a map or list that holds itself cannot be written");
    }
    if (!isOpen || depth >= 2 * this.#outer.depth) this.#outer = { value, depth };
  }
}

function sortedEntries(map: GoMap): { keys: string[]; values: unknown[] } {
  const given = Object.keys(map);
  const keys = given.map(keyThroughJson);
  if (keys.every((key, i) => key === given[i])) {
    keys.sort(compareYamlKeys);
    return { keys, values: keys.map((key) => map[key]) };
  }
  const byKey = new Map(keys.map((key, i) => [key, map[given[i] as string]]));
  const sorted = [...byKey.keys()].sort(compareYamlKeys);
  return { keys: sorted, values: sorted.map((key) => byKey.get(key)) };
}

/**
 * Returns a value as YAML in block style, with a final line break.
 *
 * Takes what `encodeJson` takes. Throws `YamlError` for what cannot be
 * written; {@linkcode toYaml} returns an empty text then.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { encodeYaml } from "./mod.ts";
 *
 * equal(encodeYaml({ b: ["yes"], a: null }), 'a: null\nb:\n- "yes"\n');
 * ```
 */
export function encodeYaml(value: unknown): string {
  try {
    return new Writer().write(value);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw explained(value, error);
  }
}

/** Takes the library's detour, to find the error that it reports first. */
function explained(value: unknown, found: YamlError): YamlError {
  let step = "error marshaling into JSON";
  try {
    const json = encodeJson(value);
    step = "error converting JSON to YAML";
    yamlToJson(json);
  } catch (error) {
    if (error instanceof YamlError) return new YamlError(`${step}: ${error.message}`, error.line);
    throw error;
  }
  return found;
}

/**
 * Returns the text of the template function `toYaml` before it is trimmed; empty for a value that
 * cannot be written.
 */
export function toYaml(value: unknown): string {
  try {
    return encodeYaml(value);
  } catch (error) {
    if (error instanceof YamlError) return "";
    throw error;
  }
}
