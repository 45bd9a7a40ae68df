/**
 * The object and the field on a line of a manifest.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { isObject } from "../../engine/base/mod.ts";
import { decodeYaml, type LineOf, yamlLines } from "../../engine/lang/yaml/mod.ts";

/** An object of a manifest, and one of its fields. */
export interface LineField {
  /** Such as `Deployment/web`. */
  readonly object: string;
  /** Such as `spec.ports[0].port`; empty: the whole object. */
  readonly path: string;
}

/** Keys and indexes that lead to a field. */
type Keys = readonly (string | number)[];

/**
 * Returns the field on a line. A line inside of a long text belongs to the text's field, and a comment to the field before it.
 *
 * @param line Counted from 1.
 * @throws SkegError of kind `not-found` for a line that belongs to no object.
 */
export function fieldAtLine(text: string, line: number): LineField {
  const lines = text.split("\n");
  const isSeparator = (at: number): boolean => /^---(?:\s|$)/.test(lines[at] ?? "");
  if (line > lines.length || isSeparator(line - 1)) throw nothingAt(line);
  let first = line - 1;
  while (first > 0 && !isSeparator(first - 1)) first--;
  let end = line;
  while (end < lines.length && !isSeparator(end)) end++;
  const document = lines.slice(first, end).join("\n");
  let data: unknown;
  try {
    data = decodeYaml(document);
  } catch {
    throw nothingAt(line);
  }
  if (!isObject(data) || typeof data.kind !== "string") throw nothingAt(line);
  const name = isObject(data.metadata) ? data.metadata.name : undefined;
  const keys = innermost(data, yamlLines(document), line - first);
  return { object: `${data.kind}/${typeof name === "string" ? name : ""}`, path: pathText(keys) };
}

function nothingAt(line: number): SkegError {
  return new SkegError("not-found", `line ${line} belongs to no object of the manifest`);
}

/** Returns the last field that begins on a line or before it: of several on one line, the deepest. */
function innermost(data: unknown, lineOf: LineOf, wanted: number): Keys {
  let found: { readonly keys: Keys; readonly line: number } = { keys: [], line: 0 };
  const visit = (value: unknown, keys: Keys): void => {
    const line = lineOf(keys);
    if (line !== undefined && line <= wanted && line >= found.line) found = { keys, line };
    if (Array.isArray(value)) value.forEach((item, at) => visit(item, [...keys, at]));
    else if (isObject(value)) { for (const [key, inner] of Object.entries(value)) visit(inner, [...keys, key]); }
  };
  visit(data, []);
  return found.keys;
}

/** Writes a path as `why` reads it: keys with dots or brackets in quotes. */
function pathText(keys: Keys): string {
  return keys.map((key, at) => {
    if (typeof key === "number") return `[${key}]`;
    return /^[^.[\]"'\\]+$/.test(key) ? `${at === 0 ? "" : "."}${key}` : `["${key.replaceAll(/[\\"]/g, "\\$&")}"]`;
  }).join("");
}
