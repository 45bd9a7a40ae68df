/**
 * JSONPath in the dialect of yaml-jsonpath: unrooted or with `$`, `.a`, `['a','b']`, `[0]`, `[-1]`, slices, `*`, `..`,
 * filters `?(@.x=='y')` with `=~`, and `~` for names of keys.
 *
 * Source: github.com/helm-unittest/yaml-jsonpath 0.4.0, `pkg/yamlpath`.
 *
 * @module
 */
import { isMap, parseInt64 } from "../../lang/golang/mod.ts";
import { compareYamlKeys } from "../../lang/yaml/mod.ts";
import { type Filter, parseFilter } from "./path_filter.ts";
import { failAt as fail, pathError, type PathScan, skipBlanks } from "./path_scan.ts";
import { messageOf } from "../../base/mod.ts";

/** One step of a path. Values are those of {@linkcode ../../lang/golang/value.ts}. */
export type PathStep =
  | { readonly kind: "child"; readonly names: readonly string[]; readonly ofKey: boolean }
  | { readonly kind: "all"; readonly ofKey: boolean }
  | { readonly kind: "index"; readonly text: string }
  | { readonly kind: "deep" }
  | { readonly kind: "filter"; readonly accepts: Filter; readonly deep: boolean };

/** A parsed path. */
export type Path = readonly PathStep[];

/** Characters that end a path inside of a filter. */
const ENDS_IN_FILTER = " &|=!><";

/**
 * Parses a path.
 *
 * @throws SkegError of kind `values` with the message of yaml-jsonpath.
 */
export function parsePath(text: string): Path {
  const scan = { text, at: 0, last: 0 };
  const steps = parseSteps(scan, false);
  if (scan.at < text.length) fail(scan, "syntax error");
  return steps;
}

/** Parses steps up to the end, or in a filter up to an operator or a bracket. */
function parseSteps(scan: PathScan, inFilter: boolean): Path {
  const { text } = scan;
  const steps: PathStep[] = [];
  let mayBeUndotted = !inFilter;
  if (!inFilter && text.startsWith("$")) [scan.at, mayBeUndotted] = [1, false];
  while (scan.at < text.length) {
    const start = scan.at;
    if (text[start] === ")") {
      if (inFilter) break;
      fail(scan, "syntax error");
    }
    if (text.startsWith("..", start)) readDescent(scan, steps);
    else if (text[start] === ".") readName(scan, steps, start + 1, ".[) &|=!><~");
    else if (/^\s*\[\s*['"]/.test(text.slice(start))) readNames(scan, steps);
    else if (text.startsWith("[?(", start)) readFilter(scan, steps);
    else if (text[start] === "[") readIndex(scan, steps);
    else if (mayBeUndotted) readName(scan, steps, start, ".[]) &|=!><~");
    else if (inFilter) break;
    else fail(scan, "invalid path syntax");
    [mayBeUndotted, scan.last] = [false, start];
    if (ENDS_IN_FILTER.includes(text[scan.at] ?? "\0")) {
      if (inFilter) break;
      fail(scan, `invalid character '${text[scan.at]}'`);
    }
  }
  return steps;
}

function readDescent(scan: PathScan, steps: PathStep[]): void {
  const { text } = scan;
  scan.at += 2;
  const start = scan.at;
  while (scan.at < text.length && !".[".includes(text[scan.at] as string)) scan.at++;
  const name = text.slice(start, scan.at);
  if (name === "" && text[scan.at] !== "[") {
    fail(scan, "child name or array access or filter missing after recursive descent");
  }
  steps.push({ kind: "deep" });
  if (name === "*") steps.push({ kind: "all", ofKey: false });
  else if (name !== "") steps.push({ kind: "child", names: [unescape(name)], ofKey: false });
}

function readName(scan: PathScan, steps: PathStep[], start: number, ends: string): void {
  const { text } = scan;
  scan.at = start;
  while (scan.at < text.length && !ends.includes(text[scan.at] as string)) scan.at++;
  const name = text.slice(start, scan.at);
  if (name === "") fail(scan, "child name missing");
  const ofKey = readKeyMark(scan, "property name operator may only be used on last child in path");
  if (name === "*" && !ofKey) steps.push({ kind: "all", ofKey });
  else steps.push({ kind: "child", names: [unescape(name)], ofKey });
}

/** Reads `~`, which must be at the end. */
function readKeyMark(scan: PathScan, message: string): boolean {
  if (scan.text[scan.at] !== "~") return false;
  scan.at++;
  if (scan.at < scan.text.length) fail(scan, message);
  return true;
}

/** Reads `['a', "b"]`. */
function readNames(scan: PathScan, steps: PathStep[]): void {
  const { text } = scan;
  const names: string[] = [];
  scan.at = text.indexOf("[", scan.at) + 1;
  for (;;) {
    skipBlanks(scan);
    const mark = text[scan.at];
    if (mark !== "'" && mark !== '"') fail(scan, `missing "'" or '"'`);
    const shown = mark === "'" ? `"'"` : `'"'`;
    const start = ++scan.at;
    for (; text[scan.at] !== mark; scan.at++) {
      if (scan.at >= text.length) fail(scan, `unmatched ${shown}`);
      if (text[scan.at] !== "\\") continue;
      if (text[++scan.at] !== mark && text[scan.at] !== "\\") {
        scan.at--;
        fail(scan, `unsupported escape sequence inside ${mark}${mark}`);
      }
    }
    names.push(unescape(text.slice(start, scan.at)));
    scan.at++;
    skipBlanks(scan);
    if (text[scan.at] !== ",") break;
    scan.at++;
  }
  if (text[scan.at] !== "]") fail(scan, `missing "]" or ","`);
  scan.at++;
  const ofKey = readKeyMark(scan, "property name operator may only be used on last child in path");
  steps.push({ kind: "child", names, ofKey });
}

/** Reads a path in a filter; returns a function that finds its values. */
function readBelow(scan: PathScan): (start: unknown, root: unknown) => unknown[] {
  const steps = parseSteps(scan, true);
  return (start, root) => findAll(steps, start, root);
}

function readFilter(scan: PathScan, steps: PathStep[]): void {
  scan.at += "[?(".length;
  const deep = steps.at(-1)?.kind === "deep";
  steps.push({ kind: "filter", accepts: parseFilter(scan, readBelow), deep });
}

function readIndex(scan: PathScan, steps: PathStep[]): void {
  const { text } = scan;
  const start = scan.at;
  const end = text.indexOf("]", start);
  if (end < 0) {
    scan.at = text.length;
    fail(scan, "unmatched [");
  }
  scan.at = end + 1;
  const index = text.slice(start + 1, end);
  if (index === "") throw pathError(`subscript missing from [] before position ${scan.at}`);
  try {
    positions(index, 0);
  } catch (error) {
    throw pathError(`invalid array index [${index}] before position ${scan.at}: ${messageOf(error)}`);
  }
  if (text[scan.at] === "~") {
    readKeyMark(scan, "property name operator can only be used on last item in path");
    if (index !== "*") fail(scan, "property name operator can only be used on map nodes");
    steps.push({ kind: "all", ofKey: true });
  } else steps.push({ kind: "index", text: index });
}

function unescape(text: string): string {
  return text.replace(/\\(\\?)/g, "$1");
}

/** Returns the positions that the text between `[` and `]` selects in a list. */
function positions(index: string, length: number): number[] {
  const union = index.split(",");
  if (union.length > 1) {
    return union.flatMap((part, i) => {
      if (part.trim() === "*") throw new Error(`error in union member ${i}: wildcard cannot be used in union`);
      try {
        return positions(part, length);
      } catch (error) {
        throw new Error(`error in union member ${i}: ${messageOf(error)}`);
      }
    });
  }
  const text = index.trim();
  if (text === "*") return steppedPositions(0, length, 1, length);
  const parts = text.split(":").map((part) => part.trim());
  if (parts.length > 3) throw new Error("malformed array index, too many colons");
  const [from, to, step = 1] = parts.map((part) => {
    if (part === "") return undefined;
    const { value, error } = parseInt64(part);
    if (error !== undefined) throw new Error("non-integer array index");
    return Number(value);
  });
  const fromEnd = (at: number) => at < 0 ? at + length : at;
  if (parts.length === 1) {
    if (from === undefined) throw new Error("array index missing");
    return steppedPositions(fromEnd(from), fromEnd(from) + 1, 1, length);
  }
  if (step === 0) throw new Error("array index step value must be non-zero");
  const first = from === undefined ? (step > 0 ? 0 : length - 1) : fromEnd(from);
  const last = to === undefined ? (step > 0 ? length : -1) : fromEnd(to);
  return steppedPositions(first, last, step, length);
}

function steppedPositions(from: number, to: number, step: number, length: number): number[] {
  const found: number[] = [];
  if (step > 0) { for (let i = Math.max(from, 0); i < Math.min(to, length); i += step) found.push(i); }
  else for (let i = Math.min(from, length); i > Math.max(to, -1); i += step) if (i >= 0 && i < length) found.push(i);
  return found;
}

/** Returns the keys of a map in the order in which they would be written. */
function keysOf(map: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(map).sort(compareYamlKeys);
}

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isMap(value) ? keysOf(value).map((key) => value[key]) : [];
}

function* withAllBelow(value: unknown): Generator<unknown> {
  for (const child of childrenOf(value)) yield* withAllBelow(child);
  yield value;
}

function applyStep(step: PathStep, value: unknown, root: unknown): unknown[] {
  switch (step.kind) {
    case "deep":
      return [...withAllBelow(value)];
    case "all":
      if (step.ofKey) return isMap(value) ? keysOf(value) : [];
      return childrenOf(value);
    case "child": {
      if (!isMap(value)) return [];
      const names = step.names.filter((name) => Object.hasOwn(value, name));
      return step.ofKey ? names : names.map((name) => value[name]);
    }
    case "index":
      if (isMap(value)) return step.text.trim() === "*" ? childrenOf(value) : [];
      return Array.isArray(value) ? positions(step.text, value.length).map((at) => value[at]) : [];
    case "filter": {
      const candidates = Array.isArray(value) && !step.deep ? value : [value];
      return candidates.filter((each) => step.accepts(each, root));
    }
  }
}

/** Returns all values below `value` that a path selects, in the order in which the document is written. */
export function findAll(path: Path, value: unknown, root: unknown = value): unknown[] {
  let found = [value];
  for (const step of path) found = found.flatMap((each) => applyStep(step, each, root));
  return found;
}
