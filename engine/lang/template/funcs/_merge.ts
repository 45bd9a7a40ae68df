/**
 * Merging maps into maps, with every habit of imdario/mergo 0.3.5 that charts
 * have come to rely on.
 *
 * @module
 */

import { Complex, elementType, type GoMap, isMap, kindOf, Struct, typeName } from "../../golang/mod.ts";
import { elementsOf, isEmpty } from "./_values.ts";
import { FuncError } from "./func.ts";

/**
 * Copies entries of `source` into `target`, which is changed: those that the
 * target lacks or has empty, or all with `overwrite`.
 *
 * Nil entries of the source never count. Where the source has a map and the
 * target has the key at all, the pair is merged if both are maps, and the target
 * is kept if it is anything else. Maps of the source are shared, not copied.
 *
 * @returns False when mergo gives up because the types do not fit; what was copied until then stays.
 */
export function mergeInto(target: GoMap, source: GoMap, overwrite: boolean): boolean {
  for (const key of Object.keys(source)) {
    const given = source[key];
    if (given === null || given === undefined) continue;
    const exists = Object.hasOwn(target, key);
    const present = target[key];
    const kind = kindOf(given);
    if ((kind === "map" || kind === "struct" || kind === "ptr") && !mergeValues(present, given, overwrite)) {
      return false;
    }
    if (exists && kind === "map") continue;
    if (overwrite || !exists || isReplaceable(present)) assign(target, key, given, source);
  }
  return true;
}

/** Merges one value into another in place, where mergo can; most values cannot be changed in place. */
function mergeValues(present: unknown, given: unknown, overwrite: boolean): boolean {
  const kind = kindOf(given);
  switch (kindOf(present)) {
    case "map":
      if (!isMap(given)) throw misused("MapKeys", kind);
      return mergeInto(present as GoMap, given as GoMap, overwrite);
    case "ptr":
      if (kind === "struct") throw misused("IsNil", kind);
      return overwrite || kind === "ptr";
    case "struct":
      if (kind !== "struct" && present instanceof Struct && hasExportedField(present)) throw misused("Field", kind);
      return true;
    default:
      return true;
  }
}

function hasExportedField(value: Struct): boolean {
  return value.fields().some((field) => /^\p{Lu}/u.test(field.name));
}

function misused(method: string, kind: string): FuncError {
  return new FuncError(`reflect: call of reflect.Value.${method} on ${kind} Value`);
}

/** Complex zeros and structs are never taken for empty. */
function isReplaceable(value: unknown): boolean {
  return !(value instanceof Complex) && isEmpty(value);
}

function assign(target: GoMap, key: string, value: unknown, source: GoMap): void {
  const wanted = elementType(typeName(target));
  // Lists are handed over with their own type, everything else with that of the source's elements.
  const given = elementsOf(value) === undefined ? elementType(typeName(source)) : typeName(value);
  if (wanted !== "interface {}" && wanted !== given) {
    throw new FuncError(`reflect.Value.SetMapIndex: value of type ${given} is not assignable to type ${wanted}`);
  }
  target[key] = value;
}
