/**
 * Three-way merges: compute the desired object from the last manifest, the new manifest and the live object.
 * Pure.
 *
 * Values of the new manifest win; values only in the old one are removed; all others stay, such as defaults
 * and changes by controllers or people.
 *
 * @module
 */
import { copyJson, isObject, type JsonObject, sameJson } from "./json.ts";
import { type MergeRule, type MergeSchema, PLAIN_SCHEMA } from "./merge_schema.ts";
import { applyStrategicMergePatch } from "./strategic_apply.ts";
import { DELETE_FROM_LIST, identity, keyedItems, mergeOrder, PATCH } from "./strategic_lists.ts";

/**
 * Returns the desired object; `live` itself is not changed.
 *
 * @param original The object of the last applied manifest.
 * @param target The object of the manifest to apply.
 * @param schema Rules of the type; without it lists are replaced whole.
 * @throws SkegError when an element of a merged list lacks its identifying field.
 *
 * @example A drifted field comes back, a foreign one stays
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const manifest = { spec: { replicas: 2 } };
 * const merged = threeWayMerge(manifest, manifest, { spec: { replicas: 9, paused: true } });
 * deepEqual(JSON.parse(JSON.stringify(merged)), { spec: { replicas: 2, paused: true } });
 * ```
 */
export function threeWayMerge(
  original: JsonObject,
  target: JsonObject,
  live: JsonObject,
  schema: MergeSchema = PLAIN_SCHEMA,
): JsonObject {
  const trimmed = applyStrategicMergePatch(live, deletions(original, target, schema), schema);
  return overlayObjects(trimmed, target, schema, false);
}

/**
 * Returns `live` with all fields of `target`, as server-side apply merges them; `live` itself is not changed.
 *
 * Two ports of one number are told apart by their protocol there, which strategic merge patches do not do.
 */
export function overlayApplied(target: JsonObject, live: JsonObject, schema: MergeSchema = PLAIN_SCHEMA): JsonObject {
  return overlayObjects(live, target, schema, false, isSameApplied);
}

/** True if an item of a live list is the one that the target names. */
type IsSameItem = (live: unknown, item: JsonObject, key: string) => boolean;

const isSameByKey: IsSameItem = (live, item, key) => identity(live, key) === item[key];

const isSameApplied: IsSameItem = (live, item, key) =>
  isSameByKey(live, item, key) && (key !== "port" && key !== "containerPort" || protocolOf(live) === protocolOf(item));

const protocolOf = (port: unknown): unknown => isObject(port) ? port.protocol ?? "TCP" : undefined;

/**
 * Returns the strategic merge patch that only removes values that `original` has and `target` lacks.
 */
export function deletions(original: JsonObject, target: JsonObject, schema: MergeSchema = PLAIN_SCHEMA): JsonObject {
  const patch: JsonObject = Object.create(null);
  for (const [field, before] of Object.entries(original)) {
    const after = target[field];
    const rule = schema.field(field);
    if (!Object.hasOwn(target, field)) patch[field] = null;
    else if (isObject(before) && isObject(after) && !rule.replace) {
      const inner = deletions(before, after, rule.inner);
      if (Object.keys(inner).length > 0) patch[field] = inner;
    } else if (Array.isArray(before) && Array.isArray(after) && rule.merge) {
      deletionsOfList(patch, field, before, after, rule);
    }
  }
  return patch;
}

function deletionsOfList(
  patch: JsonObject,
  field: string,
  before: readonly unknown[],
  after: readonly unknown[],
  { key, inner }: MergeRule,
): void {
  if (key === "") {
    const gone = before.filter((item) => !after.includes(item));
    if (gone.length > 0) patch[DELETE_FROM_LIST + field] = gone;
    return;
  }
  const news = keyedItems(after, key);
  const items = keyedItems(before, key).flatMap((item) => {
    const now = news.find((candidate) => candidate[key] === item[key]);
    if (now === undefined) return [{ [PATCH]: "delete", [key]: item[key] }];
    const rest = deletions(item, now, inner);
    return Object.keys(rest).length > 0 ? [{ ...rest, [key]: item[key] }] : [];
  });
  if (items.length > 0) patch[field] = items;
}

/** Merges all values of `target` over `live`. */
function overlayObjects(
  live: JsonObject,
  target: JsonObject,
  schema: MergeSchema,
  retainKeys: boolean,
  isSame: IsSameItem = isSameByKey,
): JsonObject {
  const result = copyJson(live);
  for (const [field, value] of Object.entries(target)) {
    const before = live[field];
    const rule = schema.field(field);
    if (value === null) delete result[field];
    else if (isObject(value) && isObject(before) && !rule.replace) {
      result[field] = overlayObjects(before, value, rule.inner, rule.retainKeys, isSame);
    } else if (Array.isArray(value) && Array.isArray(before) && rule.merge) {
      result[field] = overlayList(before, value, rule, isSame);
    } else result[field] = copyJson(value);
  }
  if (retainKeys && !sameJson(result, live)) {
    for (const field of Object.keys(result)) if ((target[field] ?? null) === null) delete result[field];
  }
  return result;
}

function overlayList(
  live: readonly unknown[],
  target: readonly unknown[],
  rule: MergeRule,
  isSame: IsSameItem,
): unknown[] {
  const { key, inner, retainKeys } = rule;
  if (key === "") return mergeOrder([...new Set([...live, ...target])], target, live, key);
  const merged: unknown[] = keyedItems(live, key).slice();
  const wanted = keyedItems(target, key);
  // Two ports of one number, as of DNS: each has its own counterpart.
  const hasTwins = new Set(wanted.map((item) => item[key])).size < wanted.length;
  const fits = hasTwins ? isSameApplied : isSame;
  for (const item of wanted) {
    const at = merged.findIndex((candidate) => fits(candidate, item, key));
    const before = merged[at];
    if (isObject(before)) merged[at] = overlayObjects(before, item, inner, retainKeys, isSame);
    else merged.push(copyJson(item));
  }
  return mergeOrder(merged, target, live, key);
}
