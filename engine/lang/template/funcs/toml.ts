/**
 * Helm's `toToml`. Exports `tomlFuncs`.
 *
 * Answers to BurntSushi/toml 0.3.1 as Helm 2.17.0 calls it.
 *
 * @module
 */

import {
  compareBytes,
  Complex,
  elementType as elementTypeName,
  formatFloat,
  type GoMap,
  GoTime,
  Int,
  isMap,
  MAP_TYPE,
  NIL_MAP,
  Slice,
  Struct,
  UTC,
} from "../../golang/mod.ts";
import { define } from "./_define.ts";
import { elementsOf } from "./_values.ts";
import { FuncError, type FuncTable } from "./func.ts";

/** An error that becomes the function's result. */
class TomlError extends Error {}

/** TOML's own types; `undefined` for nil. */
type TomlType = "bool" | "integer" | "float" | "string" | "datetime" | "array" | "tables" | "table" | undefined;

function typeOf(value: unknown): TomlType {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return "float";
  if (typeof value === "string") return "string";
  if (value instanceof Int) return "integer";
  if (value instanceof Complex) throw new FuncError("unexpected reflect.Kind: complex128");
  if (value instanceof GoTime) return "datetime";
  if (value instanceof Struct) return value.kind.includes("int") ? "integer" : "table";
  const elements = elementsOf(value);
  if (elements === undefined) return "table";
  if (value instanceof Slice && value.isNil) return undefined;
  return elementType(elements) === "table" ? "tables" : "array";
}

/** The one type that all elements must have. */
function elementType(elements: readonly unknown[]): TomlType {
  if (elements.length === 0) return undefined;
  const [first, ...others] = elements.map(typeOf);
  if (first === undefined) throw new TomlError("toml: cannot encode array with nil element");
  for (const other of others) {
    if (other === undefined) throw new TomlError("toml: cannot encode array with nil element");
    if (other !== first) throw new TomlError("toml: cannot encode array with mixed element types");
  }
  if (first === "array" || first === "tables") {
    const inner = elementType(elementsOf(elements[0]) ?? []);
    if (inner === "table" || inner === "tables") throw new TomlError("toml: TOML array element cannot contain a table");
  }
  return first;
}

const ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\" };

function quoted(text: string): string {
  return `"${text.replace(/[\t\n\r"\\]/g, (char) => ESCAPES[char] ?? char)}"`;
}

type Key = readonly string[];

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]*$/.test(key) ? key : `"${key.replaceAll('"', '\\"')}"`;
}

function fullKey(key: Key): string {
  return key.map(keyText).join(".");
}

function checkKey(key: Key): void {
  if (!key.includes("")) return;
  throw new TomlError(`toml: Key '${fullKey(key)}' is not a valid table name. Key names cannot be empty.`);
}

const TOP_LEVEL = "toml: top-level values must be Go maps or structs";

/** Writes one document. */
class Writer {
  text = "";

  #newline(): void {
    if (this.text !== "") this.text += "\n";
  }

  write(key: Key, value: unknown): void {
    // Inside a map the kind is noticed earlier, and worded otherwise.
    if (value instanceof Complex) throw new FuncError(`toml: unsupported type for key '${key.join(".")}': complex128`);
    const type = typeOf(value);
    if (type === "table") return this.#table(key, value);
    if (type === "tables") return this.#tables(key, elementsOf(value) ?? []);
    if (key.length === 0) throw new TomlError(TOP_LEVEL);
    checkKey(key);
    this.text += `${"  ".repeat(key.length - 1)}${keyText(key.at(-1) ?? "")} = ${this.#element(value)}`;
    this.#newline();
  }

  #table(key: Key, value: unknown): void {
    checkKey(key);
    if (key.length === 1) this.#newline();
    if (key.length > 0) {
      this.text += `${"  ".repeat(key.length - 1)}[${fullKey(key)}]`;
      this.#newline();
    }
    this.#entries(key, value);
  }

  #tables(key: Key, elements: readonly unknown[]): void {
    if (key.length === 0) throw new TomlError(TOP_LEVEL);
    for (const element of elements) {
      checkKey(key);
      this.#newline();
      this.text += `${"  ".repeat(key.length - 1)}[[${fullKey(key)}]]`;
      this.#newline();
      this.#entries(key, element);
    }
  }

  /** Plain entries first, then tables. */
  #entries(key: Key, table: unknown): void {
    const entries = entriesOf(table);
    const isTable = entries.map(([, value]) => ["table", "tables"].includes(typeOf(value) ?? ""));
    for (const wanted of [false, true]) {
      for (const [index, [name, value]] of entries.entries()) {
        if (isTable[index] === wanted && value !== null && value !== undefined) this.write([...key, name], value);
      }
    }
  }

  #element(value: unknown): string {
    if (typeof value === "string") return quoted(value);
    if (typeof value === "boolean") return String(value);
    if (typeof value === "number") {
      const text = formatFloat(value, "f", -1);
      return text.includes(".") ? text : text + ".0";
    }
    if (value instanceof Int) return value.value.toString();
    if (value instanceof GoTime) return value.in(UTC).format("2006-01-02T15:04:05Z");
    const elements = elementsOf(value);
    if (elements !== undefined) return `[${elements.map((element) => this.#element(element)).join(", ")}]`;
    return value instanceof Struct ? value.integer.toString() : "";
  }
}

function entriesOf(table: unknown): [string, unknown][] {
  if (table instanceof Struct) {
    return table.fields().filter(({ name }) => /^\p{Lu}/u.test(name)).filter(({ value }) => !isNil(value))
      .map(({ name, value }) => [name, value]);
  }
  const map: GoMap = isMap(table) ? table as GoMap : {};
  const type = map[MAP_TYPE];
  const isBoxed = type === undefined || elementTypeName(type) === "interface {}";
  return Object.keys(map).sort(compareBytes).filter((key) => isBoxed || !isNil(map[key])).map((key) => [key, map[key]]);
}

/** A nil list or map is left out, but not where it is held as an interface. */
function isNil(value: unknown): boolean {
  if (value instanceof Slice) return value.isNil;
  return isMap(value) && (value as GoMap)[NIL_MAP] === true;
}

/** Helm 2: the words of an error are the result. */
function toToml(value: unknown): string {
  if (value === null || value === undefined) {
    throw new FuncError("reflect: call of reflect.Value.Interface on zero Value");
  }
  const writer = new Writer();
  try {
    writer.write([], value);
  } catch (error) {
    if (error instanceof TomlError) return error.message;
    throw error;
  }
  return writer.text;
}

/** Functions about TOML, by name. */
export const tomlFuncs: FuncTable = {
  toToml: define(["interface {}"], toToml),
};
