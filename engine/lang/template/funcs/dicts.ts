/**
 * Template functions about maps. Exports `dictFuncs`.
 *
 * Answers to sprig 2.22.0, `dict.go`. Functions that change a map change their
 * first argument, and hand it back.
 *
 * @module
 */

import { type GoMap, isMap, MAP_TYPE, newMap, NIL_MAP, nilMap, Slice } from "../../golang/mod.ts";
import { appended } from "./_capacity.ts";
import { define, defineVariadic } from "./_define.ts";
import { mergeInto } from "./_merge.ts";
import { elementsOf, textOf } from "./_values.ts";
import { FuncError, type FuncTable } from "./func.ts";
import { VersionStruct } from "./semver.ts";

function set(map: GoMap | null, key: string, value: unknown): GoMap {
  if (map === null) throw new FuncError("assignment to entry in nil map");
  map[key] = value;
  return map;
}

function unset(map: GoMap | null, key: string): GoMap {
  if (map === null) return nilMap();
  delete map[key];
  return map;
}

function has(map: GoMap | null, key: string): map is GoMap {
  return map !== null && Object.hasOwn(map, key);
}

function dict(pairs: readonly unknown[]): GoMap {
  const map = newMap();
  for (let at = 0; at < pairs.length; at += 2) map[textOf(pairs[at])] = at + 1 < pairs.length ? pairs[at + 1] : "";
  return map;
}

function pick(map: GoMap | null, keys: readonly string[]): GoMap {
  const picked = newMap();
  for (const key of keys) if (has(map, key)) picked[key] = map[key];
  return picked;
}

function omit(map: GoMap | null, keys: readonly string[]): GoMap {
  const unwanted = new Set(keys);
  const kept = newMap();
  for (const key of Object.keys(map ?? {})) if (!unwanted.has(key)) kept[key] = map?.[key];
  return kept;
}

function merge(map: GoMap | null, sources: readonly (GoMap | null)[], overwrite: boolean): unknown {
  let target = map;
  for (const source of sources) {
    if (source === null) continue;
    target ??= newMap();
    if (!mergeInto(target, source, overwrite)) return "";
  }
  return target ?? nilMap();
}

/** Copies lists and maps all the way down; everything else is never changed and is shared. */
function deepCopy(value: unknown): unknown {
  if (value instanceof VersionStruct) return value.deepCopied();
  if (value instanceof Slice) return new Slice(value.elem, value.items.map(deepCopy), value.isNil);
  const elements = elementsOf(value);
  if (elements !== undefined) return elements.map(deepCopy);
  if (!isMap(value)) return value;
  const map: GoMap = value as GoMap;
  if (map[NIL_MAP]) return map;
  const copy = newMap(map[MAP_TYPE]);
  for (const key of Object.keys(map)) copy[key] = deepCopy(map[key]);
  return copy;
}

const MAP = "map[string]interface {}";

/** Functions about maps, by name. */
export const dictFuncs: FuncTable = {
  dict: defineVariadic([], "interface {}", (_, pairs) => dict(pairs)),
  set: define([MAP, "string", "interface {}"], set),
  unset: define([MAP, "string"], unset),
  hasKey: define([MAP, "string"], has),
  pluck: defineVariadic(
    ["string"],
    MAP,
    ([key], maps) => appended(maps.filter((map) => has(map, key)).map((map) => map?.[key])),
  ),
  keys: defineVariadic(
    [],
    MAP,
    (_, maps) => appended(new Slice("string", maps.flatMap((map) => Object.keys(map ?? {})))),
  ),
  pick: defineVariadic([MAP], "string", ([map], keys) => pick(map, keys)),
  omit: defineVariadic([MAP], "string", ([map], keys) => omit(map, keys)),
  merge: defineVariadic([MAP], MAP, ([map], sources) => merge(map, sources, false)),
  mergeOverwrite: defineVariadic([MAP], MAP, ([map], sources) => merge(map, sources, true)),
  values: define([MAP], (map) => appended(Object.values(map ?? {}))),
  deepCopy: define(["interface {}"], (value) => {
    if (value !== null && value !== undefined) return deepCopy(value);
    throw new FuncError("reflect: call of reflect.Value.Type on zero Value");
  }),
};
