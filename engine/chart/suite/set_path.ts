/**
 * Keys of `set`: `image.tag`, `ports[0].name`, `annotations.[a.b/c]`.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/valueutils/valueutils.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { type GoMap, newMap, parseInt64, quote } from "../../lang/golang/mod.ts";

/** Largest index of a list: a larger one would only fill the memory. */
const INDEX_MAX = 65_536;

/**
 * Returns the parts of a path: names, and positions in lists.
 *
 * @throws SkegError of kind `values`, with upstream's message.
 */
export function parseSetPath(path: string): (string | number)[] {
  if (path === "") throw problem("set path is empty");
  const parts: (string | number)[] = [];
  let state: "key" | "index" | "after" | "escaped" = "key";
  let buffered = "";
  let start = 0;
  for (let at = 0; at < path.length; at++) {
    const char = path[at] as string;
    if (",{}=".includes(char)) throw problem(`invalid token found ${char}`);
    if (!".[]".includes(char)) continue;
    const text = path.slice(start, at);
    start = at + 1;
    if (state === "index") {
      if (char !== "]") throw problem("missing index value");
      parts.push(readIndex(text));
      state = "after";
    } else if (state === "after") {
      if (char === "]") throw problem("invalid denotation token ]");
      state = char === "." ? "key" : "index";
    } else if (state === "key") {
      if (char === "]") throw problem("invalid key ]");
      if (char === "[" && text === "") [state, buffered] = ["escaped", ""];
      else {
        parts.push(text);
        state = char === "." ? "key" : "index";
      }
    } else if (char === ".") buffered += `${text}.`;
    else if (char === "]") {
      parts.push(buffered + text);
      state = "after";
    } else throw problem("invalid escaping token [");
  }
  const rest = path.slice(start);
  if (state === "key" && rest !== "") parts.push(rest);
  else if (state !== "after" || rest !== "") throw problem("unexpected end of");
  return parts;
}

function readIndex(text: string): number {
  const { value, error } = parseInt64(text);
  if (error !== undefined) throw problem(`strconv.Atoi: parsing ${quote(text)}: ${error}`);
  const index = Number(value);
  if (index < 0 || index > INDEX_MAX) throw problem(`index ${index} of a list is not between 0 and ${INDEX_MAX}`);
  return index;
}

function problem(message: string): SkegError {
  return new SkegError("values", message);
}

/** Returns the map that one key of `set` stands for. */
export function valueAtPath(path: string, value: unknown): GoMap {
  let inner = value;
  for (const part of parseSetPath(path).reverse()) {
    if (typeof part === "string") {
      const map = newMap();
      map[part] = inner;
      inner = map;
    } else {
      const list = new Array<unknown>(part + 1).fill(null);
      list[part] = inner;
      inner = list;
    }
  }
  return inner as GoMap;
}
