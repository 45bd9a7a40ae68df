/**
 * Methods of the maps that have a Go type in Helm: `.Values`, `.Files` and
 * `.Capabilities.APIVersions`.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/values.go`, `files.go`, `capabilities.go`.
 *
 * @module
 */
import {
  ByteSlice,
  bytesOf,
  formatValue,
  fromBytes,
  type GoMap,
  isMap,
  MAP_TYPE,
  type Method,
  newMap,
  quote,
  Slice,
  sortedKeys,
} from "../../lang/golang/mod.ts";
import type { ChartFile } from "../../model/mod.ts";
import { viewAs } from "../../lang/template/mod.ts";
import { encodeYaml, toYaml } from "../../lang/yaml/mod.ts";
import { withoutTrailing } from "../../base/mod.ts";
import { compileGlob } from "./glob.ts";

const VALUES = "chartutil.Values";
const FILES = "chartutil.Files";
const PLAIN = "map[string]interface {}";

type Methods = Readonly<Record<string, (map: GoMap) => Method>>;

function hasType(value: unknown, ...types: readonly (string | undefined)[]): value is GoMap {
  return isMap(value) && types.includes((value as GoMap)[MAP_TYPE]);
}

/** Returns the table at a dotted path, as Values. */
function table(values: GoMap, path: string): GoMap {
  let current = values;
  for (const name of path.split(".")) {
    if (!Object.hasOwn(current, name)) throw new Error(`no table named ${quote(name)} (${formatValue(current)})`);
    const next = current[name];
    if (!hasType(next, undefined, VALUES)) throw new Error(`no table named ${quote(name)}`);
    current = next;
  }
  return current[MAP_TYPE] === VALUES ? current : viewAs(current, VALUES);
}

function isPlainTable(value: unknown): boolean {
  return hasType(value, undefined);
}

function pathValue(values: GoMap, path: string): unknown {
  if (path === "") throw new Error("YAML path string cannot be zero length");
  const names = path.split(".");
  const key = names.pop() ?? "";
  if (names.length === 0) {
    if (Object.hasOwn(values, key) && !isPlainTable(values[key])) return values[key];
    throw new Error(`${key} is not a value`);
  }
  let inner: GoMap;
  try {
    inner = table(values, names.join("."));
  } catch {
    throw new Error(`${key} is not a value`);
  }
  if (Object.hasOwn(inner, key) && !isPlainTable(inner[key])) return inner[key];
  throw new Error(`key not found: ${key}`);
}

function mergeInto(into: GoMap, from: GoMap): void {
  for (const [key, value] of Object.entries(from)) {
    const old = into[key];
    if (isPlainTable(old) && isPlainTable(value)) mergeInto(old as GoMap, value as GoMap);
    else into[key] = value;
  }
}

/** Nothing that a template can reach is a writer, so the writer is always nil. */
function encode(values: GoMap): never {
  encodeYaml(values);
  throw new Error("runtime error: invalid memory address or nil pointer dereference");
}

const VALUES_METHODS: Methods = {
  YAML: (map) => ({ params: [], call: () => encodeYaml(map) }),
  Table: (map) => ({ params: ["string"], call: ([name]) => table(map, name as string) }),
  // An empty map is not shared: what is set in the result is not seen in the values.
  AsMap: (map) => ({ params: [], call: () => Object.keys(map).length === 0 ? newMap() : viewAs(map, PLAIN) }),
  PathValue: (map) => ({ params: ["string"], call: ([path]) => pathValue(map, path as string) }),
  Encode: (map) => ({ params: ["io.Writer"], call: () => encode(map) }),
  MergeInto: (map) => ({ params: [VALUES], results: 0, call: ([from]) => mergeInto(map, from as GoMap) }),
};

function fileText(files: GoMap, name: string): string {
  const data = files[name];
  return data instanceof Slice ? fromBytes(bytesOf(data)) : "";
}

function baseName(path: string): string {
  const trimmed = withoutTrailing(path, "/");
  if (trimmed === "") return path === "" ? "." : "/";
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** Returns a YAML map with base names as keys; for equal names the file with the later path is used. */
function asYaml(files: GoMap, textOf: (data: Slice) => string): string {
  const map = newMap();
  for (const path of sortedKeys(files)) map[baseName(path)] = textOf(files[path] as Slice);
  // Helm 2: what YAML cannot hold makes the whole text empty.
  return toYaml(map);
}

function base64(data: Slice): string {
  let raw = "";
  for (const byte of bytesOf(data)) raw += String.fromCharCode(byte);
  return btoa(raw);
}

function glob(files: GoMap, pattern: string): GoMap {
  // Helm 2: a pattern that cannot be compiled selects everything.
  const matches = compileGlob(pattern) ?? ((): boolean => true);
  const found = newMap(FILES);
  for (const path of Object.keys(files)) if (matches(path)) found[path] = files[path];
  return found;
}

function lines(files: GoMap, path: string): Slice {
  const data = files[path];
  if (!(data instanceof Slice) || data.isNil) return new Slice("string", []);
  return new Slice("string", fromBytes(bytesOf(data)).split("\n"));
}

const FILES_METHODS: Methods = {
  Get: (map) => ({ params: ["string"], call: ([path]) => fileText(map, path as string) }),
  GetBytes: (map) => ({
    params: ["string"],
    call: ([path]) => map[path as string] ?? new Slice("uint8", []),
  }),
  Glob: (map) => ({ params: ["string"], call: ([pattern]) => glob(map, pattern as string) }),
  AsConfig: (map) => ({ params: [], call: () => asYaml(map, (data) => fromBytes(bytesOf(data))) }),
  AsSecrets: (map) => ({ params: [], call: () => asYaml(map, base64) }),
  Lines: (map) => ({ params: ["string"], call: ([path]) => lines(map, path as string) }),
};

const SET_METHODS: Methods = {
  Has: (map) => ({ params: ["string"], call: ([version]) => Object.hasOwn(map, version as string) }),
};

/** Returns a method of a map by the map's type; `undefined` when it has none of that name. */
export function mapMethod(map: GoMap, type: string, name: string): Method | undefined {
  const methods = type === VALUES
    ? VALUES_METHODS
    : type === FILES
    ? FILES_METHODS
    : type === "chartutil.VersionSet"
    ? SET_METHODS
    : undefined;
  if (methods === undefined || !Object.hasOwn(methods, name)) return undefined;
  return methods[name]?.(map);
}

/**
 * Returns `.Files`.
 *
 * @param wasSent The chart went through protobuf, which does not send empty bytes: on the other side they are nil.
 */
export function filesObject(files: readonly ChartFile[], wasSent: boolean): GoMap {
  const map = newMap(FILES);
  for (const { path, data } of files) {
    map[path] = wasSent && data.length === 0 ? new Slice("uint8", [], true) : new ByteSlice(data);
  }
  return map;
}
