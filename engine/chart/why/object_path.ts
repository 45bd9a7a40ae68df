/**
 * Paths into objects, as people write them: `spec.containers[nginx].image`, `metadata.labels["a.b/c"]`, `ports[0]`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { Int, isMap, quote } from "../../lang/golang/mod.ts";

/** A part of a path: a key, a position, or the name of a list's item. */
type Part = { readonly key: string } | { readonly index: number } | { readonly name: string };

/** Keys of maps and positions in lists. */
export type ObjectPath = readonly (string | number)[];

function parse(text: string): Part[] {
  const parts: Part[] = [];
  let rest = text.replace(/^\$?\.?/, "");
  while (rest !== "") {
    const found = /^\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([0-9]+)|([^\]]+))\]|^\.?([^.[\]]+)/.exec(rest);
    if (found === null) throw new SkegError("usage", `path ${quote(text)} cannot be read at ${quote(rest)}`);
    const [whole, double, single, index, name, key] = found;
    const quoted = double ?? single;
    if (quoted !== undefined) parts.push({ key: quoted.replace(/\\(.)/g, "$1") });
    else if (index !== undefined) parts.push({ index: Number(index) });
    else if (name !== undefined) parts.push({ name });
    else parts.push({ key: key ?? "" });
    rest = rest.slice(whole.length);
  }
  return parts;
}

function nameOf(item: unknown): string | undefined {
  const name = isMap(item) ? item["name"] : undefined;
  return typeof name === "string" ? name : undefined;
}

/**
 * Returns the keys and positions of a path in an object.
 *
 * @throws SkegError of kind `usage` when the object does not have it; the hint names what it has there.
 */
export function findPath(object: unknown, text: string): ObjectPath {
  const found: (string | number)[] = [];
  let current = object;
  for (const part of parse(text)) {
    const step = stepOf(current, part);
    if (step === undefined) {
      const place = found.length === 0 ? "the object" : shownPath(object, found);
      const has = childrenOf(current).map((each) => shownPath(current, [each]));
      throw new SkegError("usage", `there is no ${text}`, {
        hint: has.length === 0 ? `${place} has nothing inside` : `${place} has ${has.join(", ")}`,
      });
    }
    found.push(step);
    current = (current as Record<string | number, unknown>)[step];
  }
  return found;
}

function stepOf(value: unknown, part: Part): string | number | undefined {
  if (Array.isArray(value)) {
    const at = "index" in part ? part.index : value.findIndex((item) => "name" in part && nameOf(item) === part.name);
    return at >= 0 && at < value.length ? at : undefined;
  }
  if (!isMap(value)) return undefined;
  const key = "key" in part ? part.key : "index" in part ? `${part.index}` : part.name;
  return Object.hasOwn(value, key) ? key : undefined;
}

/** Returns the keys or positions of a value. */
export function childrenOf(value: unknown): (string | number)[] {
  if (Array.isArray(value)) return value.map((_, at) => at);
  return isMap(value) ? Object.keys(value) : [];
}

/** Returns a path as people write it; items of lists have their names. */
export function shownPath(object: unknown, path: ObjectPath): string {
  let text = "";
  let current = object;
  for (const step of path) {
    if (typeof step === "number") {
      const item = Array.isArray(current) ? current[step] : undefined;
      text += `[${nameOf(item) ?? step}]`;
      current = item;
      continue;
    }
    text += /^[^.[\]"'\s]+$/.test(step) ? `${text === "" ? "" : "."}${step}` : `[${JSON.stringify(step)}]`;
    current = isMap(current) ? current[step] : undefined;
  }
  return text;
}

/** Returns the value at a path. */
export function valueAt(object: unknown, path: ObjectPath): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], object);
}

/** Returns a scalar as text; `undefined` for maps and lists that are not empty. */
export function scalarText(value: unknown): string | undefined {
  if (value instanceof Int) return value.value.toString();
  if (Array.isArray(value)) return value.length === 0 ? "[]" : undefined;
  if (isMap(value)) return Object.keys(value).length === 0 ? "{}" : undefined;
  return value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
}
