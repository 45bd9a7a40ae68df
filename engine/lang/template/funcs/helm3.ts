/**
 * Template functions of Helm 3 that Helm 2 does not have, for tests of charts that are shared with it. Exports `helm3Functions`.
 *
 * Source: sprig 3.3.0, Helm 3, `pkg/engine/funcs.go`, `lookup_func.go`. Left out are functions whose results differ in more than
 * their name from Helm 2's, such as those for floating-point numbers.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { type GoMap, isMap, newMap } from "../../golang/mod.ts";
import { decodeJson, decodeYaml, encodeJson } from "../../yaml/mod.ts";
import { define, defineVariadic } from "./_define.ts";
import { elementsOf, isEmpty, textOf } from "./_values.ts";
import { FuncError, type FuncTable } from "./func.ts";
import { functions } from "./mod.ts";

const [ANY, MAP] = ["interface {}", "map[string]interface {}"] as const;

/** Functions whose `must` form is the same here: where a plain form of sprig 3 fails, both fail. */
const MUST =
  "append chunk compact dateModify date_modify deepCopy first fromJson has initial last merge mergeOverwrite prepend " +
  "push regexFind regexFindAll regexMatch regexReplaceAll regexReplaceAllLiteral regexSplit rest reverse slice toDate toJson " +
  "toPrettyJson toRawJson toYaml uniq without";

function get(map: GoMap | null, key: string): unknown {
  return map !== null && Object.hasOwn(map, key) ? map[key] : "";
}

/** `dig "a" "b" DEFAULT MAP`: goes down the keys. */
function dig(args: readonly unknown[]): unknown {
  if (args.length < 3) throw new FuncError("dig needs at least three arguments");
  const [fallback, map] = args.slice(-2);
  let value: unknown = map;
  for (const key of args.slice(0, -2)) {
    if (!isMap(value)) throw new FuncError("dig: a value on the way is not a map");
    const name = textOf(key);
    if (!Object.hasOwn(value, name)) return fallback;
    value = value[name];
  }
  return value;
}

function chunk(size: bigint, list: unknown): unknown[] {
  const items = elementsOf(list);
  if (items === undefined) throw new FuncError("Cannot chunk this type");
  const width = Number(size);
  if (width < 1) throw new FuncError("chunk needs a size of at least 1");
  return Array.from({ length: Math.ceil(items.length / width) }, (_, at) => items.slice(at * width, (at + 1) * width));
}

/** Returns JSON in which `<`, `>` and `&` stand as they are. */
function toRawJson(value: unknown): string {
  const plain: Readonly<Record<string, string>> = { "\\u003c": "<", "\\u003e": ">", "\\u0026": "&" };
  return encodeJson(value).replace(/\\(?:u003c|u003e|u0026|.)/gs, (part) => plain[part] ?? part);
}

/** Returns a list, or a list with the error's text. */
function listFrom(decode: (text: string) => unknown, text: string): unknown[] {
  try {
    const value = decode(text);
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value;
    return ["error unmarshaling JSON: the value is no list"];
  } catch (error) {
    if (error instanceof SkegError) return [error.message];
    throw error;
  }
}

const added: FuncTable = {
  all: defineVariadic([], ANY, (_, values) => values.every((value) => !isEmpty(value))),
  any: defineVariadic([], ANY, (_, values) => values.some((value) => !isEmpty(value))),
  chunk: define(["int", ANY], (size, list) => chunk(size.value, list)),
  dig: defineVariadic([], ANY, (_, args) => dig(args)),
  fromJsonArray: define(["string"], (text) => listFrom(decodeJson, text)),
  fromYamlArray: define(["string"], (text) => listFrom(decodeYaml, text)),
  get: define([MAP, "string"], get),
  // Without a cluster there is nothing to find.
  lookup: define(["string", "string", "string", "string"], () => newMap()),
  regexQuoteMeta: define(["string"], (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
  toRawJson: define([ANY], toRawJson),
};

function mustForms(): FuncTable {
  const all: FuncTable = { ...functions, ...added };
  return Object.fromEntries(
    MUST.split(" ").flatMap((name) => {
      const plain = all[name];
      if (plain === undefined) return [];
      const must = name === "date_modify" ? "must_date_modify" : `must${name[0]?.toUpperCase()}${name.slice(1)}`;
      return [[must, plain]];
    }),
  );
}

/** The functions of Helm 2 together with those that Helm 3 added. */
export const helm3Functions: FuncTable = { ...functions, ...added, ...mustForms() };
