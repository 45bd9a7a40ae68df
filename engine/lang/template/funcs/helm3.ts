/**
 * The template functions of Helm 3: those that Helm 2 does not have, and those that give other results there. For tests of
 * charts that are shared with it, and for the prediction of upgrades. Exports `helm3Functions`.
 *
 * `lookup` finds nothing, as in `helm template`.
 *
 * Source: Helm 3.22.0, `pkg/engine/funcs.go`; sprig 3.3.0; Go 1.26, `text/template/funcs.go`.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { type GoMap, isMap, kindOf, newMap, Slice, typeName } from "../../golang/mod.ts";
import { decodeJson, decodeYaml, encodeCurrentYaml, encodeJson, toYaml } from "../../yaml/mod.ts";
import { define, defineInContext, defineVariadic } from "./_define.ts";
import { currentBuiltins } from "./_current_builtins.ts";
import { currentComparisons } from "./_current_compare.ts";
import { currentCrypto } from "./_current_crypto.ts";
import { currentMerges } from "./_current_merge.ts";
import { currentMusts } from "./_current_musts.ts";
import { currentNumbers } from "./_current_numbers.ts";
import { currentSemver } from "./_current_semver.ts";
import { currentTexts } from "./_current_texts.ts";
import { readToml } from "./_toml_read.ts";
import { writeToml } from "./_toml_write.ts";
import { elementsOf, isEmpty, textOf } from "./_values.ts";
import { jsonKind } from "./helm.ts";
import { CURRENT_GO, type Func, type FuncContext, FuncError, type FuncTable } from "./func.ts";
import { functions } from "./mod.ts";

const [ANY, MAP] = ["interface {}", "map[string]interface {}"] as const;

/** Functions whose `must` form is the same here: where a plain form of sprig 3 fails, both fail. */
const MUST =
  "append chunk compact deepCopy first has initial last merge mergeOverwrite prepend push rest reverse slice toJson " +
  "toPrettyJson toRawJson uniq without";

function get(map: GoMap | null, key: string): unknown {
  return map !== null && Object.hasOwn(map, key) ? map[key] : "";
}

/** `dig "a" "b" DEFAULT MAP`: goes down the keys. */
function dig(args: readonly unknown[]): unknown {
  if (args.length < 3) throw new FuncError("dig needs at least three arguments");
  const [fallback, map] = args.slice(-2);
  let value: unknown = map;
  for (const key of args.slice(0, -2)) {
    if (!isMap(value) || typeName(value) !== MAP) {
      const found = value === null || value === undefined ? "nil" : typeName(value);
      throw new FuncError(`interface conversion: interface {} is ${found}, not ${MAP}`);
    }
    const name = textOf(key);
    if (!Object.hasOwn(value, name)) return fallback;
    value = value[name];
  }
  return value;
}

function chunk(size: bigint, list: unknown): unknown[] {
  const items = elementsOf(list);
  if (items === undefined) {
    if (list === null) throw new FuncError("runtime error: invalid memory address or nil pointer dereference");
    throw new FuncError(`Cannot chunk type ${kindOf(list)}`);
  }
  const width = Number(size);
  if (width < 1) {
    // Go computes how many parts there are, and then makes lists of a negative length.
    if (Math.floor((items.length - 1) / width) === -1) return [];
    throw new FuncError("runtime error: makeslice: len out of range");
  }
  return Array.from({ length: Math.ceil(items.length / width) }, (_, at) => items.slice(at * width, (at + 1) * width));
}

/** Returns JSON in which `<`, `>` and `&` stand as they are. */
function toRawJson(value: unknown): string {
  const plain: Readonly<Record<string, string>> = { "\\u003c": "<", "\\u003e": ">", "\\u0026": "&" };
  return encodeJson(value).replace(/\\(?:u003c|u003e|u0026|.)/gs, (part) => plain[part] ?? part);
}

/** Returns a list, or a list with the error's text. */
function listFrom(decode: (text: string) => unknown, text: string, before: string): unknown[] | Slice {
  try {
    const value = decode(text);
    // Go's null sets the list to nil.
    if (value === null || value === undefined) return new Slice("interface {}", [], true);
    if (Array.isArray(value)) return value;
    return [`${before}json: cannot unmarshal ${jsonKind(value)} into Go value of type []interface {}`];
  } catch (error) {
    if (error instanceof SkegError) return [error.message];
    throw error;
  }
}

/** `and` and `or` of Go since 1.18; see `Func.stopsAt`. */
function stopping(stopsAt: boolean): Func {
  return { params: ["reflect.Value", "reflect.Value"], variadic: true, stopsAt, call: ([value]) => value };
}

function required([message, value]: unknown[], context: FuncContext): unknown {
  if (value !== null && value !== undefined && value !== "") return value;
  if (context.missing === undefined) throw new FuncError(message as string);
  context.missing(message as string);
  return "";
}

/** Returns YAML without a final line break; empty text for what YAML cannot hold. */
function trimmedYaml(write: (value: unknown) => string, value: unknown): string {
  try {
    return write(value).replace(/\n$/, "");
  } catch (error) {
    if (error instanceof SkegError) return "";
    throw error;
  }
}

const added: FuncTable = {
  all: defineVariadic([], ANY, (_, values) => values.every((value) => !isEmpty(value))),
  any: defineVariadic([], ANY, (_, values) => values.some((value) => !isEmpty(value))),
  chunk: define(["int", ANY], (size, list) => chunk(size.value, list)),
  dig: defineVariadic([], ANY, (_, args) => dig(args)),
  fromJsonArray: define(["string"], (text) => listFrom(decodeJson, text, "")),
  fromYamlArray: define(
    ["string"],
    (text) => listFrom(decodeYaml, text, "error unmarshaling JSON: while decoding JSON: "),
  ),
  get: define([MAP, "string"], get),
  // Helm 3 looks nothing up unless it is told to by --enable-dns.
  fromToml: define(["string"], readToml),
  getHostByName: define(["string"], () => ""),
  hello: define([], () => "Hello!"),
  // Without a cluster there is nothing to find.
  lookup: define(["string", "string", "string", "string"], () => newMap()),
  regexQuoteMeta: define(["string"], (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
  toRawJson: define([ANY], toRawJson),
  toYamlPretty: define([ANY], (value) => trimmedYaml(encodeCurrentYaml, value)),
  randBytes: defineInContext(["int"], ({ random }, count) => {
    const bytes = Array.from({ length: Number(count.value) }, () => String.fromCharCode(Math.floor(random() * 256)));
    return btoa(bytes.join(""));
  }),
};

/** Functions that Helm 2 has, too, and that give other results in Helm 3. */
const changed: FuncTable = {
  ...currentBuiltins,
  ...currentComparisons,
  ...currentCrypto,
  ...currentMerges,
  ...currentSemver,
  ...currentNumbers(functions),
  ...currentTexts(functions),
  and: stopping(false),
  or: stopping(true),
  required: { params: ["string", ANY], call: required },
  toToml: define([ANY], writeToml),
  toYaml: define([ANY], (value) => toYaml(value).replace(/\n$/, "")),
  tpl: {
    params: ["string", ANY],
    call: ([source, data], context) => context.tplInside(source as string, data),
    runsTemplate: true,
  },
};

function mustForms(): FuncTable {
  const all: FuncTable = { ...functions, ...added, ...changed };
  return Object.fromEntries(
    MUST.split(" ").flatMap((name) => {
      const plain = all[name];
      if (plain === undefined) return [];
      return [[`must${name[0]?.toUpperCase()}${name.slice(1)}`, plain]];
    }),
  );
}

/** The functions of Helm 3. */
export const helm3Functions: FuncTable = {
  ...functions,
  ...added,
  ...changed,
  ...mustForms(),
  ...currentMusts(functions),
  [CURRENT_GO]: true,
};
