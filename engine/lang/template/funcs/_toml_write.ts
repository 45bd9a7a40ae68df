/**
 * `toToml` as Helm 3 has it: lists may be mixed, and tables inside lists are written in one line.
 *
 * Source: BurntSushi/toml 1.6.0, `encode.go`.
 *
 * @module
 */
import {
  compareBytes,
  Complex,
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
import { elementsOf } from "./_values.ts";
import { FuncError } from "./func.ts";

/** Names of the zones of times that have no offset. */
export const LOCAL_ZONES = { dateTime: "datetime-local", date: "date-local", time: "time-local" } as const;

/** An error that becomes the function's result. */
class TomlError extends Error {}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};

function quoted(text: string): string {
  // deno-lint-ignore no-control-regex
  const escaped = text.replace(/["\\\0-\x1f\x7f]/g, (char) => {
    return SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}

const keyPart = (key: string): string => /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);

/** Returns a key with its dots, and with quotes where it needs them. */
export function tomlKey(parts: readonly string[]): string {
  return parts.map(keyPart).join(".");
}

function isNil(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (value instanceof Slice) return value.isNil;
  return isMap(value) && (value as GoMap)[NIL_MAP] === true;
}

function isTable(value: unknown): boolean {
  if (isMap(value)) return !isNil(value);
  return value instanceof Struct && !(value instanceof GoTime) && (value.kind === "struct" || value.kind === "ptr");
}

/** True for a list with nothing but tables in it, which is not empty. */
function isTables(value: unknown): boolean {
  const elements = isNil(value) ? undefined : elementsOf(value);
  if (elements === undefined || elements.length === 0) return false;
  if (elements.some(isNil)) throw new TomlError("toml: cannot encode array with nil element");
  return elements.every(isTable);
}

/** Returns the entries of a table that are not nil: plain ones first, then tables. */
function entriesOf(table: unknown): (readonly [string, unknown])[] {
  const entries = table instanceof Struct
    ? table.fields().filter(({ name }) => /^\p{Lu}/u.test(name)).map(({ name, value }) => [name, value] as const)
    : Object.keys(table as GoMap).sort(compareBytes).map((key) => [key, (table as GoMap)[key]] as const);
  const isBelow = (value: unknown): boolean => isTable(value) || isTables(value);
  return [...entries.filter(([, value]) => !isBelow(value)), ...entries.filter(([, value]) => isBelow(value))]
    .filter(([, value]) => !isNil(value));
}

function timeText(time: GoTime): string {
  switch (time.zone.name) {
    case LOCAL_ZONES.dateTime:
      return time.in(UTC).format("2006-01-02T15:04:05.999999999");
    case LOCAL_ZONES.date:
      return time.in(UTC).format("2006-01-02");
    case LOCAL_ZONES.time:
      return time.in(UTC).format("15:04:05.999999999");
  }
  return time.format("2006-01-02T15:04:05.999999999Z07:00");
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  const text = formatFloat(value, "g", -1);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Returns a value as it stands after `=`. */
function valueText(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return numberText(value);
  if (value instanceof Int) return value.value.toString();
  if (value instanceof GoTime) return timeText(value);
  if (value instanceof Complex) throw new FuncError("unexpected type: complex128");
  const elements = elementsOf(value);
  if (elements !== undefined) return `[${elements.map(valueText).join(", ")}]`;
  if (!isTable(value)) return value instanceof Struct ? value.integer.toString() : "";
  return `{${entriesOf(value).map(([key, inner]) => `${keyPart(key)} = ${valueText(inner)}`).join(", ")}}`;
}

/** Writes one document. */
class Writer {
  text = "";

  #newline(): void {
    if (this.text !== "") this.text += "\n";
  }

  write(key: readonly string[], value: unknown): void {
    const indent = "  ".repeat(Math.max(0, key.length - 1));
    if (isTables(value)) return this.#tables(key, elementsOf(value) ?? [], indent);
    if (!isTable(value)) {
      this.text += key.length === 0 ? valueText(value) : `${indent}${keyPart(key.at(-1) ?? "")} = ${valueText(value)}`;
      if (key.length > 0) this.#newline();
      return;
    }
    if (key.length === 1) this.#newline();
    if (key.length > 0) this.text += `${indent}[${tomlKey(key)}]\n`;
    this.#entries(key, value);
  }

  #tables(key: readonly string[], tables: readonly unknown[], indent: string): void {
    if (key.length === 0) throw new TomlError("toml: top-level values must be Go maps or structs");
    for (const table of tables) {
      this.#newline();
      this.text += `${indent}[[${tomlKey(key)}]]\n`;
      this.#entries(key, table);
    }
  }

  #entries(key: readonly string[], table: unknown): void {
    for (const [name, value] of entriesOf(table)) this.write([...key, name], value);
  }
}

/** Returns a value as a TOML document; the words of an error are the result, too. */
export function writeToml(value: unknown): string {
  if (value === null || value === undefined) {
    throw new FuncError("reflect: call of reflect.Value.Type on zero Value");
  }
  // A nil map is an empty document.
  if (isMap(value) && isNil(value) && (value as GoMap)[MAP_TYPE] === undefined) return "";
  const writer = new Writer();
  try {
    writer.write([], value);
  } catch (error) {
    if (error instanceof TomlError) return error.message;
    throw error;
  }
  return writer.text;
}
