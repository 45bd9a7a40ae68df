/**
 * The syntax of `--set`, `--set-string` and `--set-file`:
 * `servers[0].port=80,name=web,hosts={a,b}` → changes to a map.
 *
 * Where Helm 2 crashes (a key used as a map that holds something else, a
 * negative or huge index), this parser throws an error that names the key.
 *
 * Source: Helm 2.17.0, `pkg/strvals/parser.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Values } from "../../model/mod.ts";
import { type GoMap, Int, isMap, newMap, parseInt64, quote, quoteRune } from "../../lang/golang/mod.ts";

/** Converts the text of a value or list item into the value to store. */
export type ReadValue = (text: string) => unknown | Promise<unknown>;

/** The highest index of a list, as in Helm 3. */
export const INDEX_MAX = 65_536;
/** Maximal number of keys and indexes in one path. */
export const PATH_MAX = 1_000;
/** Maximal number of null elements that one argument may add to fill up lists. */
export const FILL_MAX = 1_000_000;

/** Reads a value as `--set` does: bool, null, integer or string. */
export function typedValue(text: string): unknown {
  // With `u`, `i` folds case as Go's strings.EqualFold does.
  if (/^true$/iu.test(text)) return true;
  if (/^false$/iu.test(text)) return false;
  if (/^null$/iu.test(text)) return null;
  if (text === "0" || /^(?:[1-9]|[+-][0-9])[0-9]*$/.test(text)) {
    const whole = BigInt(text.startsWith("+") ? text.slice(1) : text);
    if (BigInt.asIntN(64, whole) === whole) return new Int("int64", whole);
  }
  return text;
}

/** Reads a value as `--set-string` does. */
export function stringValue(text: string): unknown {
  return text;
}

/**
 * Applies one argument to `values`, in place.
 *
 * @param values A map made by `newMap`; extended or changed in place.
 * @throws kind `values`, with Helm's message without its prefix. Assignments before the error are applied.
 */
export async function applySet(argument: string, values: Values, read: ReadValue = typedValue): Promise<void> {
  const scan: Scan = { chars: [...argument.toWellFormed()], at: 0, read, filled: 0 };
  while (true) {
    const stop = await readKey(scan, values, []);
    if (stop === END) return;
    if (stop !== undefined) throw new SkegError("values", stop.reason, { cause: stop.cause });
  }
}

interface Scan {
  readonly chars: readonly string[];
  at: number;
  readonly read: ReadValue;
  /** Number of null elements added so far to fill up lists. */
  filled: number;
}

/** The reason why parsing stops: the end of the argument, or an error. */
type Stop = typeof END | { readonly reason: string; readonly cause?: unknown };
const END = "end";

/** Result of a parsing step: a value, and the reason to stop after it, if any. */
interface Read<T> {
  readonly value: T;
  readonly stop?: Stop | undefined;
}

type Path = readonly (string | number)[];

const AFTER_KEY = "=[,.";
const AFTER_INDEX = "[.=";

/** Reads characters up to one of `ends`; a backslash escapes the next one. `end` is empty at the end of the argument. */
function readUntil(scan: Scan, ends: string): { text: string; end: string } {
  let text = "";
  while (scan.at < scan.chars.length) {
    const char = scan.chars[scan.at++] ?? "";
    if (ends.includes(char)) return { text, end: char };
    text += char === "\\" ? scan.chars[scan.at++] ?? "" : char;
  }
  return { text, end: "" };
}

/** Parses one assignment, or the rest of one below a map, into `map`. */
async function readKey(scan: Scan, map: GoMap, above: Path): Promise<Stop | undefined> {
  const { text: key, end } = readUntil(scan, AFTER_KEY);
  const path = [...above, key];
  if (path.length > PATH_MAX) throw broken(path.slice(0, 1), `has more than ${PATH_MAX} parts below it`);
  switch (end) {
    case "":
      return key === "" ? END : { reason: `key ${quote(key)} has no value` };
    case "=": {
      const { value, stop } = await readValue(scan);
      if (value !== NOTHING) put(map, key, value);
      return stop;
    }
    case ",":
      put(map, key, "");
      return { reason: `key ${quote(key)} has no value (cannot end with ,)` };
    case "[": {
      const index = readIndex(scan);
      if (typeof index !== "number") return index;
      const list = key in map ? asList(map[key], path) : [];
      const { value, stop } = await readItem(scan, list, index, path);
      put(map, key, value);
      return stop;
    }
    default: {
      const inner = key in map ? asMap(map[key], path) : newMap();
      const stop = await readKey(scan, inner, path);
      if (Object.keys(inner).length === 0) return { reason: `key map ${quote(key)} has no value` };
      put(map, key, inner);
      return stop;
    }
  }
}

/** Parses the text after `]`: the value of one item, or a path below it. Returns the list to store. */
async function readItem(scan: Scan, list: unknown[], index: number, above: Path): Promise<Read<unknown[]>> {
  const { text: stray, end } = readUntil(scan, AFTER_INDEX);
  if (stray !== "") {
    const found = [...stray].map((char) => quoteRune(char.codePointAt(0) ?? 0)).join(" ");
    return { value: list, stop: { reason: `unexpected data at end of array index: [${found}]` } };
  }
  const path = [...above, index];
  if (path.length > PATH_MAX) throw broken(path.slice(0, 1), `has more than ${PATH_MAX} parts below it`);
  switch (end) {
    case "":
      return { value: list, stop: END };
    case "=": {
      const { value, stop } = await readValue(scan);
      if (value === NOTHING) return { value: list, stop };
      return { value: putIndex(scan, list, index, value, path), stop };
    }
    case "[": {
      const next = readIndex(scan);
      if (typeof next !== "number") return { value: list, stop: next };
      const nested = list[checkIndex(index, path)] ?? null;
      const { value, stop } = await readItem(scan, nested === null ? [] : asList(nested, path), next, path);
      // Helm 2: a nested list without any element is a nil slice, which is stored as null.
      const inner = nested === null && value.length === 0 ? null : value;
      return { value: putIndex(scan, list, index, inner, path), stop };
    }
    default: {
      const found = list[checkIndex(index, path)];
      const inner = isMap(found) ? found as GoMap : newMap();
      const stop = await readKey(scan, inner, path);
      return { value: putIndex(scan, list, index, inner, path), stop };
    }
  }
}

/** Marks "store nothing". */
const NOTHING = Symbol("nothing");

/** Parses the text after `=`. */
async function readValue(scan: Scan): Promise<Read<unknown>> {
  if (scan.at >= scan.chars.length) return { value: "", stop: END };
  if (scan.chars[scan.at] === "{") {
    scan.at++;
    return await readList(scan);
  }
  return await convert(scan, readUntil(scan, ",").text);
}

async function readList(scan: Scan): Promise<Read<unknown>> {
  const list: unknown[] = [];
  while (true) {
    const { text, end } = readUntil(scan, ",}");
    if (end === "") return { value: NOTHING, stop: { reason: "list must terminate with '}'" } };
    if (end === "}" && scan.chars[scan.at] === ",") scan.at++;
    const { value, stop } = await convert(scan, text);
    if (stop !== undefined) return { value: NOTHING, stop };
    list.push(value);
    if (end === "}") return { value: list };
  }
}

async function convert(scan: Scan, text: string): Promise<Read<unknown>> {
  try {
    return { value: await scan.read(text) };
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return { value: "", stop: { reason: error.message, cause: error } };
  }
}

function readIndex(scan: Scan): number | Stop {
  const { text, end } = readUntil(scan, "]");
  if (end === "") return { reason: "error parsing index: EOF" };
  const { value, error } = parseInt64(text);
  if (error === undefined) return Number(value);
  return { reason: `error parsing index: strconv.Atoi: parsing ${quote(text)}: ${error}` };
}

function put(map: GoMap, key: string, value: unknown): void {
  if (key !== "") map[key] = value;
}

function putIndex(scan: Scan, list: unknown[], index: number, value: unknown, path: Path): unknown[] {
  checkIndex(index, path);
  scan.filled += Math.max(0, index - list.length);
  if (scan.filled > FILL_MAX) throw broken(path, `leaves more than ${FILL_MAX} empty places in lists`);
  const { length } = list;
  if (length < index) {
    list.length = index;
    list.fill(null, length);
  }
  list[index] = value;
  return list;
}

function checkIndex(index: number, path: Path): number {
  if (index < 0) throw broken(path, "has a negative index");
  if (index > INDEX_MAX) throw broken(path, `has an index above ${INDEX_MAX}`);
  return index;
}

function asMap(value: unknown, path: Path): GoMap {
  if (isMap(value)) return value as GoMap;
  throw broken(path, `holds ${describe(value)}: not a map`);
}

function asList(value: unknown, path: Path): unknown[] {
  if (Array.isArray(value)) return value;
  throw broken(path, `holds ${describe(value)}: not a list`);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Int || typeof value === "number") return "a number";
  return typeof value === "object" ? "a map" : `a ${typeof value === "boolean" ? "bool" : "string"}`;
}

/** Returns the error for input that crashes Helm 2. */
function broken(path: Path, problem: string): SkegError {
  const text = path.map((part, index) => typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`).join(
    "",
  );
  return new SkegError("values", `key ${quote(text)} ${problem}`);
}
