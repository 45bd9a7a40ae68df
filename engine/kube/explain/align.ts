/**
 * Walks several versions of an object together and finds the fields in which two of them differ. Items of lists are
 * matched by their key, so an inserted item is one difference and not a shift of all that follow.
 *
 * @module
 */
import { isObject, type JsonObject, type MergeRule, type MergeSchema, mergeSchema, sameJson } from "../mod.ts";
import { isSame, isSet, type TypeFacts } from "./equal.ts";
import type { FieldPath, ItemPart } from "./paths.ts";

/** The same field in every version; `undefined` where it is absent. */
export type AlignedVersions = readonly unknown[];

/** Called with each field in which the versions differ. */
export type Visit = (path: FieldPath, values: AlignedVersions, isOrder: boolean) => void;

/**
 * Identifying fields of lists for which the API has no merge key, most specific first; used only to match items for
 * showing them.
 */
const DISPLAY_KEYS: readonly (readonly string[])[] = [
  ["name"],
  ["host"],
  ["path"],
  ["key"],
  ["mountPath"],
  ["containerPort", "protocol"],
  ["port", "protocol"],
  ["port"],
  ["ip"],
  ["secretName"],
  ["topologyKey"],
  ["type"],
  ["kind", "name"],
  ["kind", "namespace", "name"],
];

/** A test of a field in all versions. */
export type FieldTest = (path: FieldPath, values: AlignedVersions) => boolean;

/** Choices of {@linkcode align}. */
export interface AlignChoices {
  /** True if a field and all below it need no visit. Default: the first two versions have the same content. */
  readonly isSettled?: FieldTest;
  /** True if a field is visited as a whole, although the first two versions have an object or a list. Default: never. */
  readonly isWhole?: FieldTest;
}

/**
 * Calls `visit` with every field in which versions of an object differ.
 *
 * The first two versions are before and after: where both have an object or a list, the walk goes down; a field that only
 * one of them has is visited as a whole. The other versions are looked up at the same places.
 *
 * @param versions The same object in each; `undefined` where it does not exist.
 */
export function align(
  versions: readonly (JsonObject | undefined)[],
  facts: TypeFacts,
  visit: Visit,
  { isSettled, isWhole = () => false }: AlignChoices = {},
): void {
  const isEqual: FieldTest = (path, [before, after]) => sameJson(before, after) || isSame(path, before, after, facts);
  walk(
    { facts, visit, isSettled: isSettled ?? isEqual, isWhole },
    [],
    versions,
    mergeSchema(facts.apiVersion, facts.kind),
    undefined,
  );
}

interface Walk {
  readonly facts: TypeFacts;
  readonly visit: Visit;
  readonly isSettled: FieldTest;
  readonly isWhole: FieldTest;
}

function walk(
  walking: Walk,
  path: FieldPath,
  values: AlignedVersions,
  schema: MergeSchema,
  rule: MergeRule | undefined,
): void {
  const { facts, visit } = walking;
  if (walking.isSettled(path, values)) return;
  if (walking.isWhole(path, values)) return visit(path, values, false);
  const [before, after] = values;
  if (isObject(before) && isObject(after)) {
    for (const field of fieldsOf(values)) {
      const inner = schema.field(field);
      const inside = values.map((value) => isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined);
      walk(walking, [...path, field], inside, inner.inner, inner);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const lists = values.map((value) => Array.isArray(value) ? value : undefined);
    if (rule?.merge && rule.key === "" || isSet(path, facts)) return walkSet(walking, path, lists);
    const key = keyOf(lists, rule);
    if (key !== undefined) return walkKeyed(walking, path, lists, key, schema);
    if (isOfObjects(lists) && lists.every((list) => list === undefined || list.length === before.length)) {
      return before.forEach((_, at) =>
        walk(walking, [...path, at], lists.map((list) => list?.[at]), schema, undefined)
      );
    }
  }
  visit(path, values, false);
}

/** Returns all field names, in the order of the new version, then of the others. */
function fieldsOf(values: AlignedVersions): Iterable<string> {
  const [before, after, ...others] = values;
  return new Set([after, before, ...others].flatMap((value) => isObject(value) ? Object.keys(value) : []));
}

/** Each element of a set is a field of its own. */
function walkSet(walking: Walk, path: FieldPath, lists: readonly (unknown[] | undefined)[]): void {
  const elements = new Map(lists.flatMap((list) => list ?? []).map((element) => [String(element), element]));
  for (const [value, element] of elements) {
    const found = lists.map((list) => list?.includes(element) ? element : undefined);
    const part: ItemPart = { key: "", value };
    if (!walking.isSettled([...path, part], found)) walking.visit([...path, part], found, false);
  }
}

function isOfObjects(lists: readonly (unknown[] | undefined)[]): boolean {
  return lists.every((list) => list === undefined || list.length > 0 && list.every(isObject));
}

/** Returns the fields that identify the items of all lists, or `undefined` if none do. */
function keyOf(lists: readonly (unknown[] | undefined)[], rule: MergeRule | undefined): readonly string[] | undefined {
  const objects = lists.filter((list) => list !== undefined && list.length > 0);
  if (!objects.every((list) => list?.every(isObject))) return undefined;
  const own = rule?.merge && rule.key !== "" ? [[rule.key], [rule.key, "protocol"]] : [];
  return [...own, ...DISPLAY_KEYS].find((key) =>
    objects.every((list) => {
      const items = (list ?? []) as JsonObject[];
      const [first = ""] = key;
      const ids = items.map((item) => idOf(item, key));
      return items.every((item) => isScalar(item[first])) && new Set(ids).size === ids.length;
    })
  );
}

const isScalar = (value: unknown): boolean => typeof value === "string" || typeof value === "number";

/** A port's protocol is TCP when the manifest leaves it out. */
function idOf(item: JsonObject, key: readonly string[]): string {
  return key.map((field) => String(item[field] ?? (field === "protocol" ? "TCP" : ""))).join("/");
}

function walkKeyed(
  walking: Walk,
  path: FieldPath,
  lists: readonly (unknown[] | undefined)[],
  key: readonly string[],
  schema: MergeSchema,
): void {
  const maps = lists.map((list) => new Map((list as JsonObject[] | undefined)?.map((item) => [idOf(item, key), item])));
  const [before = new Map(), after = new Map(), ...others] = maps;
  for (const id of new Set([after, before, ...others].flatMap((map) => [...map.keys()]))) {
    const part: ItemPart = { key: key.join("/"), value: id };
    walk(walking, [...path, part], maps.map((map) => map.get(id)), schema, undefined);
  }
  const common = (map: ReadonlyMap<string, unknown>): string[] =>
    [...map.keys()].filter((id) => before.has(id) && after.has(id));
  if (common(before).join("\n") === common(after).join("\n")) return;
  walking.visit(path, lists.map((list, at) => list && [...maps[at]?.keys() ?? []]), true);
}
