/**
 * The objects of a traced chart, and the lines on which their fields stand.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import { isMap, quote } from "../../lang/golang/mod.ts";
import { decodeCurrentYaml, decodeYaml, type LineOf, yamlLines } from "../../lang/yaml/mod.ts";
import type { TracedLine } from "../render/mod.ts";
import { childrenOf, type ObjectPath } from "./object_path.ts";

/** One document of a rendered template. */
export interface TracedObject {
  /** Full name of the template. */
  readonly template: string;
  /** Its kind. */
  readonly kind: string;
  /** Its name. */
  readonly name: string;
  /** Its content; integers are `Int`. */
  readonly value: Readonly<Record<string, unknown>>;
  /** All lines of the template's output. */
  readonly lines: readonly TracedLine[];
  /** Position of its first line in `lines`. */
  readonly start: number;
  /** Position after its last line. */
  readonly end: number;
  /** Finds the line of a field, from 1, counted from `start`. */
  readonly lineOf: LineOf;
}

/** Returns the objects of all templates, in the order of templates and documents. */
export function objectsOf(traced: Readonly<Record<string, readonly TracedLine[]>>): TracedObject[] {
  return Object.keys(traced).filter((name) => !name.endsWith(".txt")).sort().flatMap((template) => {
    const lines = traced[template] ?? [];
    const found: TracedObject[] = [];
    let start = 0;
    for (let at = 0; at <= lines.length; at++) {
      const text = lines[at]?.text;
      if (text !== undefined && !text.startsWith(SEPARATOR)) continue;
      const object = objectIn(template, lines, start, at);
      if (object !== undefined) found.push(object);
      // Helm 2: a document may begin on the separator's line, as in `---apiVersion: v1`.
      start = /^---\s*[^\s#]/.test(text ?? "") ? at : at + 1;
    }
    return found;
  });
}

const SEPARATOR = "---";

/** Returns the text of lines, without the separator that the first one may begin with. */
export function documentText(lines: readonly TracedLine[], start: number, end: number): string {
  return lines.slice(start, end).map((line) => line.text).join("\n").replace(/^---[ \t]*/, "");
}

function objectIn(
  template: string,
  lines: readonly TracedLine[],
  start: number,
  end: number,
): TracedObject | undefined {
  const text = documentText(lines, start, end);
  // Helm 2 takes YAML that its successor refuses, such as a repeated key.
  const value = decoded(text, decodeCurrentYaml) ?? decoded(text, decodeYaml);
  if (!isMap(value) || typeof value["kind"] !== "string") return undefined;
  const name = isMap(value["metadata"]) ? value["metadata"]["name"] : undefined;
  const lineOf = yamlLines(text);
  return { template, kind: value["kind"], name: `${name ?? ""}`, value, lines, start, end, lineOf };
}

function decoded(text: string, decode: (text: string) => unknown): unknown {
  try {
    return decode(text);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** A kind and name, as the user gave them. */
export interface ObjectName {
  /** Kind, in any case. */
  readonly kind: string;
  /** Name; empty: any. */
  readonly name: string;
}

/** Reads `KIND/NAME`. */
export function parseObjectName(text: string): ObjectName {
  const at = text.indexOf("/");
  if (at <= 0) {
    throw new SkegError("usage", `${quote(text)} does not name an object`, {
      hint: "write KIND/NAME, such as Service/web",
    });
  }
  return { kind: text.slice(0, at), name: text.slice(at + 1) };
}

/** Returns the objects with a kind and name. */
export function matching(objects: readonly TracedObject[], { kind, name }: ObjectName): TracedObject[] {
  const wanted = kind.toLowerCase();
  return objects.filter((each) => each.kind.toLowerCase() === wanted && (name === "" || each.name === name));
}

/** Returns the positions in `lines` of a field and of everything inside it. */
export function linesOfPath(object: TracedObject, path: ObjectPath): { from: number; to: number } {
  const line = path.length === 0 ? 1 : object.lineOf(path);
  if (line === undefined) return { from: object.start, to: object.start + 1 };
  const from = object.start + line - 1;
  if (path.length === 0) return { from, to: object.end };
  const indent = columnOf(object.lines[from]?.text ?? "", path);
  let to = from + 1;
  while (to < object.end && isInside(object.lines[to]?.text ?? "", indent, typeof path.at(-1) === "number")) to++;
  return { from, to };
}

/** Returns the column of a key, after the dashes before it, or that of the dash for an item of a list. */
function columnOf(text: string, path: ObjectPath): number {
  const dashes = /^[\s-]*/.exec(text)?.[0] ?? "";
  return typeof path.at(-1) === "number" ? dashes.indexOf("-") : dashes.length;
}

function isInside(text: string, indent: number, isItem: boolean): boolean {
  if (text.trim() === "") return true;
  const column = text.search(/\S/);
  // A list may have the indentation of its key.
  return column > indent || !isItem && column === indent && text[column] === "-" && text[column + 1] === " ";
}

/** Yields the paths of all fields of an object, outer ones first. */
export function* pathsOf(value: unknown, path: ObjectPath = []): Generator<ObjectPath> {
  for (const step of childrenOf(value)) {
    const inner = [...path, step];
    yield inner;
    yield* pathsOf((value as Record<string | number, unknown>)[step], inner);
  }
}
