/**
 * Merging maps into maps as mergo does since version 1: with overwriting, a nil replaces a value, and so does a map.
 *
 * Source: dario.cat/mergo 1.0.1, `merge.go`, which sprig 3.3.0 uses.
 *
 * @module
 */
import { Complex, type GoMap, isMap, newMap, nilMap } from "../../golang/mod.ts";
import { defineVariadic } from "./_define.ts";
import { elementsOf, isEmpty } from "./_values.ts";
import type { Func, FuncTable } from "./func.ts";

const MAP = "map[string]interface {}";

/** Complex zeros are never taken for empty. */
const isUnset = (value: unknown): boolean => !(value instanceof Complex) && isEmpty(value);

/** Copies entries of `source` into `target`, which is changed; maps and lists of the source are shared. */
function mergeInto(target: GoMap, source: GoMap, overwrite: boolean): void {
  for (const key of Object.keys(source)) {
    const given = source[key];
    const present = target[key];
    if (given === null || given === undefined) {
      if (overwrite) target[key] = null;
      continue;
    }
    if (isMap(given) && isMap(present)) mergeInto(present as GoMap, given as GoMap, overwrite);
    const isList = elementsOf(given) !== undefined;
    if (isList && overwrite) target[key] = given;
    if (!isUnset(present) && (isList || isMap(given) && isMap(present))) continue;
    if (overwrite || isUnset(present)) target[key] = given;
  }
}

function merging(overwrite: boolean): Func {
  return defineVariadic([MAP], MAP, ([map], sources) => {
    let target = map;
    for (const source of sources) {
      if (source === null) continue;
      target ??= newMap();
      mergeInto(target, source, overwrite);
    }
    return target ?? nilMap();
  });
}

/** The functions by name. */
export const currentMerges: FuncTable = { merge: merging(false), mergeOverwrite: merging(true) };
