/**
 * Applies strategic merge patches, as an API server does. Pure.
 *
 * @module
 */
import { copyJson, isObject, type JsonObject } from "./json.ts";
import { type MergeRule, type MergeSchema, PLAIN_SCHEMA } from "./merge_schema.ts";
import {
  DELETE_FROM_LIST,
  identity,
  keyedItems,
  mergeOrder,
  PATCH,
  patchError,
  RETAIN_KEYS,
  SET_ORDER,
} from "./strategic_lists.ts";

/**
 * Returns `original` with a strategic merge patch applied; neither is changed.
 *
 * @param schema Rules of the type, from `mergeSchema(apiVersion, kind)`.
 * @throws SkegError when the patch is malformed.
 */
export function applyStrategicMergePatch(
  original: JsonObject,
  patch: JsonObject,
  schema: MergeSchema = PLAIN_SCHEMA,
): JsonObject {
  return mergeObjects(copyJson(original), patch, schema);
}

/** A patch's value for one field, and its directives. */
interface FieldPatch {
  value?: unknown;
  deletions?: readonly unknown[];
  order?: readonly unknown[];
}

/** Changes and returns `target`. */
function mergeObjects(target: JsonObject, patch: JsonObject, schema: MergeSchema): JsonObject {
  const directive = patch[PATCH];
  if (directive === "replace") return withoutDirectives(patch);
  if (directive === "delete") return Object.create(null);
  if (directive !== undefined && directive !== "merge") throw unknownDirective(directive, patch);
  retainKeys(target, patch);
  for (const [field, given] of gather(patch)) {
    const rule = schema.field(field);
    if ("value" in given && given.value === null) delete target[field];
    else if ("value" in given && !Array.isArray(given.value)) mergeValue(target, field, given.value, rule);
    else mergeList(target, field, given, rule);
  }
  return target;
}

function unknownDirective(directive: unknown, patch: unknown): Error {
  return patchError(`unknown patch type: ${String(directive)} in ${Object.keys(patch as JsonObject).join(", ")}`);
}

/** Groups a patch's entries by field. */
function gather(patch: JsonObject): Map<string, FieldPatch> {
  const fields = new Map<string, FieldPatch>();
  const entry = (field: string): FieldPatch => {
    const known = fields.get(field) ?? {};
    fields.set(field, known);
    return known;
  };
  for (const [key, value] of Object.entries(patch)) {
    if (key === PATCH || key === RETAIN_KEYS) continue;
    if (key.startsWith(DELETE_FROM_LIST)) entry(key.slice(DELETE_FROM_LIST.length)).deletions = listOf(key, value);
    else if (key.startsWith(SET_ORDER)) entry(key.slice(SET_ORDER.length)).order = listOf(key, value);
    else entry(key).value = value;
  }
  return fields;
}

function listOf(directive: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw patchError(`invalid patch format of ${directive}: not a list`);
  return value;
}

function retainKeys(target: JsonObject, patch: JsonObject): void {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return;
  const kept = new Set(listOf(RETAIN_KEYS, patch[RETAIN_KEYS]));
  for (const [key, value] of Object.entries(patch)) {
    const field = !key.startsWith("$") && value !== null;
    if (field && !kept.has(key)) throw patchError(`invalid patch format of retainKeys: it does not name ${key}`);
  }
  for (const key of Object.keys(target)) if (!kept.has(key)) delete target[key];
}

function mergeValue(target: JsonObject, field: string, value: unknown, rule: MergeRule): void {
  const before = target[field];
  if (!isObject(value)) target[field] = value;
  else if (isObject(before) && !rule.replace) target[field] = mergeObjects(before, value, rule.inner);
  else target[field] = withoutDirectives(value);
}

/** Returns the data of a patch when there is nothing to merge with: without directives and without nulls in objects. */
function withoutDirectives<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.filter((item) => !isObject(item) || (item[PATCH] !== "delete" && !isReplaceMark(item)))
      .map(withoutDirectives) as T;
  }
  if (!isObject(value)) return value;
  const result: JsonObject = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    const special = key === PATCH || key === RETAIN_KEYS || key.startsWith(DELETE_FROM_LIST) ||
      key.startsWith(SET_ORDER);
    if (!special && inner !== null) result[key] = withoutDirectives(inner);
  }
  return result as T;
}

/** True for the list element `{"$patch": "replace"}`, which means that the other elements are the whole list. */
function isReplaceMark(item: unknown): boolean {
  return isObject(item) && item[PATCH] === "replace" && Object.keys(item).length === 1;
}

function mergeList(target: JsonObject, field: string, given: FieldPatch, rule: MergeRule): void {
  const before = target[field];
  const items = Array.isArray(given.value) ? given.value : [];
  if (!rule.merge) {
    if ("value" in given) target[field] = withoutDirectives(items);
    return;
  }
  if (!Array.isArray(before)) {
    if (!("value" in given)) return;
    const fresh = withoutDirectives(items);
    target[field] = given.order === undefined ? fresh : mergeOrder(fresh, given.order, [], rule.key);
    return;
  }
  if (rule.key === "") target[field] = mergeScalars(before, items, given);
  else target[field] = mergeKeyed(before, items, given, rule);
}

function mergeScalars(before: readonly unknown[], items: readonly unknown[], given: FieldPatch): unknown[] {
  const gone = new Set(given.deletions ?? []);
  const merged = [...new Set([...before.filter((item) => !gone.has(item)), ...items])];
  return mergeOrder(merged, given.order ?? items, before, "");
}

function mergeKeyed(
  before: readonly unknown[],
  items: readonly unknown[],
  given: FieldPatch,
  { key, inner }: MergeRule,
): unknown[] {
  if (items.some(isReplaceMark)) return withoutDirectives(items as unknown[]);
  const patches = keyedItems(items, key);
  const gone = new Set(patches.filter((item) => item[PATCH] === "delete").map((item) => item[key]));
  const merged = keyedItems(before, key).filter((item) => !gone.has(item[key]));
  for (const patch of patches) {
    if (patch[PATCH] === "delete") continue;
    const at = merged.findIndex((item) => identity(item, key) === patch[key]);
    const old = merged[at];
    if (old === undefined) merged.push(withoutDirectives(patch));
    else merged[at] = mergeObjects(old, patch, inner);
  }
  const order = given.order ?? patches.filter((item) => item[PATCH] === undefined);
  return mergeOrder(merged, order, before, key);
}
