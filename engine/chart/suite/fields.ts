/**
 * Reads fields of suite files into typed values, with the messages of Go's YAML library.
 *
 * @module
 */
import { YamlError } from "../../../errors.ts";
import { formatValue, Int, isMap } from "../../lang/golang/mod.ts";

/** A map of a suite file. */
export type SuiteFields = Readonly<Record<string, unknown>>;

/** Collects the errors of a document, so that one message names all. */
export class Problems {
  readonly #lines: string[] = [];
  readonly #text: string;
  readonly #strict: boolean;

  /** Keeps the document's text, to find the lines of keys. With `strict`, unknown keys are errors. */
  constructor(text: string, strict: boolean) {
    this.#text = text;
    this.#strict = strict;
  }

  /** Adds the error of a value with the wrong type. */
  type(key: string, value: unknown, wanted: string): void {
    this.#lines.push(`line ${this.#lineOf(key)}: cannot unmarshal ${shown(value)} into ${wanted}`);
  }

  /** With `strict`, adds an error for each key that is not known. */
  unknown(fields: SuiteFields, known: readonly string[], type: string): void {
    if (!this.#strict) return;
    for (const key of Object.keys(fields)) {
      if (!known.includes(key)) this.#lines.push(`line ${this.#lineOf(key)}: field ${key} not found in type ${type}`);
    }
  }

  /** Throws if there was an error. */
  check(): void {
    if (this.#lines.length > 0) throw new YamlError(`yaml: unmarshal errors:\n  ${this.#lines.join("\n  ")}`);
  }

  #lineOf(key: string): number {
    const lines = this.#text.split("\n");
    return lines.findIndex((line) => line.replace(/^[\s-]*["']?/, "").startsWith(key)) + 1;
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "!!seq";
  if (isMap(value)) return "!!map";
  const tag = value instanceof Int
    ? "int"
    : typeof value === "number"
    ? "float"
    : typeof value === "boolean"
    ? "bool"
    : "str";
  const text = formatValue(value);
  return `!!${tag} \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``;
}

/** Returns a text; numbers and booleans become their text, as in Go. */
export function textField(fields: SuiteFields, key: string, problems: Problems): string {
  const value = fields[key] ?? "";
  if (typeof value === "string") return value;
  if (!Array.isArray(value) && !isMap(value)) return formatValue(value);
  problems.type(key, value, "string");
  return "";
}

/** Returns an integer; `undefined` when it is absent. */
export function intField(fields: SuiteFields, key: string, problems: Problems): number | undefined {
  const value = fields[key] ?? undefined;
  if (value instanceof Int) return Number(value.value);
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  problems.type(key, value, "int");
  return undefined;
}

/** Returns a boolean; `undefined` when it is absent. */
export function boolField(fields: SuiteFields, key: string, problems: Problems): boolean | undefined {
  const value = fields[key] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  // The library also takes the booleans of YAML 1.1 where a boolean is wanted.
  const word = typeof value === "string" ? /^(?:(y|yes|on)|n|no|off)$/i.exec(value) : null;
  if (word !== null) return word[1] !== undefined;
  problems.type(key, value, "bool");
  return undefined;
}

/** Returns a list of texts. */
export function listField(fields: SuiteFields, key: string, problems: Problems): string[] {
  const value = fields[key] ?? [];
  if (!Array.isArray(value)) {
    problems.type(key, value, "[]string");
    return [];
  }
  return value.map((item, at) => textField({ [at]: item }, `${at}`, problems));
}

/** Returns a map; an empty one when it is absent. */
export function mapField(fields: SuiteFields, key: string, problems: Problems, type: string): SuiteFields {
  const value = fields[key] ?? {};
  if (isMap(value)) return value;
  if (!Array.isArray(value) && typeof value === "object") return {};
  problems.type(key, value, type);
  return {};
}
