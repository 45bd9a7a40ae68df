/**
 * YAML as Go's current library reads and writes it, for files of tools that use that library.
 *
 * It differs from Helm 2's library in these points: `yes`, `on` and the like are strings; a repeated key is an error;
 * integers and floats are told apart; lists are indented below their key; long lines are not folded.
 *
 * Source: go.yaml.in/yaml/v3 3.0.4, `resolve.go`, `decode.go`, `encode.go`, `emitterc.go`.
 *
 * @module
 */
import { YamlError } from "../../../errors.ts";
import { byteLength, formatFloat, type GoMap, Int, Slice } from "../golang/mod.ts";
import { decodeDocument, type RepeatedKey } from "./decode.ts";
import { Emitter, type Styled, styleOf } from "./emitter.ts";
import { compareYamlKeys } from "./key_order.ts";
import { parseDocument } from "./parser.ts";
import { resolveSimple } from "./resolve.ts";

/** Words that are booleans in YAML 1.1 only. */
const OLD_BOOLEANS = new Set("y Y yes Yes YES on On ON n N no No NO off Off OFF".split(" "));

function resolveCurrent(text: string): ReturnType<typeof resolveSimple> {
  return text.length <= 3 && OLD_BOOLEANS.has(text) ? text : resolveSimple(text);
}

/**
 * Returns the first document of a YAML text: `Int` for integers, `number` for floats, maps without a prototype.
 *
 * @throws YamlError with the library's message; a repeated key is an error.
 */
export function decodeCurrentYaml(text: string): unknown {
  const document = parseDocument(text, Infinity, resolveCurrent);
  if (document === undefined) return null;
  const repeated: RepeatedKey[] = [];
  const value = decodeDocument(document, "all", (found) => repeated.push(found));
  if (repeated.length === 0) return value;
  const lines = repeated.map(({ key, mapLine }) => {
    const [first, second] = linesOfKey(text, key, mapLine);
    return `line ${second}: mapping key ${JSON.stringify(key)} already defined at line ${first}`;
  });
  throw new YamlError(`yaml: unmarshal errors:\n  ${lines.join("\n  ")}`);
}

/** Returns the lines of the first two keys with a text at or below a line; that line where there is none. */
function linesOfKey(text: string, key: string, from: number): [number, number] {
  const found: number[] = [];
  text.split("\n").forEach((line, at) => {
    const start = line.replace(/^[\s-]*["']?/, "");
    if (at >= from - 1 && start.startsWith(key) && /^["']?\s*:/.test(start.slice(key.length))) found.push(at + 1);
  });
  return [found[0] ?? from, found[1] ?? from];
}

const INDENT = 2;
/** A longer key is written after `?`. */
const SIMPLE_KEY_BYTES = 128;

function wordOf(value: unknown): string {
  if (value instanceof Int) return value.value.toString();
  if (typeof value === "number") {
    if (Number.isNaN(value)) return ".nan";
    if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
    return formatFloat(value, "g", -1);
  }
  return String(value);
}

/** Tabs do not keep a text with line breaks from the literal style. */
function styleOfText(text: string): Styled {
  return text.includes("\n") ? styleOf(text.replaceAll("\t", "t")) : styleOf(text);
}

class CurrentWriter {
  readonly #emitter = new Emitter(Infinity);

  write(value: unknown): string {
    this.#node(value, -INDENT);
    this.#emitter.writeIndent(0);
    return this.#emitter.out;
  }

  /** Writes a value that belongs to a collection whose lines begin at column `indent`. */
  #node(value: unknown, indent: number): void {
    const emitter = this.#emitter;
    const inner = indent + INDENT;
    if (typeof value === "string") return emitter.writeString(value, styleOfText(value).style, Math.max(inner, INDENT));
    const list = value instanceof Slice ? value.items : value;
    if (Array.isArray(list)) {
      if (list.length === 0) return emitter.writeWord("[]");
      for (const item of list) {
        emitter.writeIndent(inner);
        emitter.writeIndicator("-", true, true);
        this.#node(item, inner);
      }
    } else if (typeof list === "object" && list !== null && !(list instanceof Int)) {
      const keys = Object.keys(list).sort(compareYamlKeys);
      if (keys.length === 0) return emitter.writeWord("{}");
      for (const key of keys) {
        emitter.writeIndent(inner);
        this.#key(key, inner);
        this.#node((list as GoMap)[key], inner);
      }
    } else emitter.writeWord(wordOf(list));
  }

  #key(key: string, indent: number): void {
    const emitter = this.#emitter;
    const { style, multiline } = styleOfText(key);
    if (!multiline && byteLength(key) <= SIMPLE_KEY_BYTES) {
      emitter.writeString(key, style, undefined);
      emitter.writeIndicator(":", false, false);
      return;
    }
    emitter.writeIndicator("?", true, true);
    emitter.writeString(key, style, indent + INDENT);
    emitter.writeIndent(indent);
    emitter.writeIndicator(":", true, true);
  }
}

/**
 * Returns a value as YAML in block style with an indentation of two, with a final line break. Keys are sorted.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { encodeCurrentYaml } from "./mod.ts";
 *
 * equal(encodeCurrentYaml({ b: ["yes"], a: null }), 'a: null\nb:\n  - "yes"\n');
 * ```
 */
export function encodeCurrentYaml(value: unknown): string {
  return new CurrentWriter().write(value);
}
