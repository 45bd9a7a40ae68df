/**
 * Creates two-way strategic merge patches. Pure.
 *
 * Source: Helm 2.17.0 uses `strategicpatch.CreateTwoWayMergePatch` of
 * Kubernetes 1.16; `release-pipeline.md` 8.7.
 *
 * @module
 */
import { isObject, type JsonObject, sameJson } from "./json.ts";
import { type MergeRule, type MergeSchema, PLAIN_SCHEMA } from "./merge_schema.ts";
import {
  DELETE_FROM_LIST,
  identity,
  inNamedOrder,
  keyedItems,
  PATCH,
  patchError,
  RETAIN_KEYS,
  SET_ORDER,
} from "./strategic_lists.ts";

/**
 * Returns the patch that turns `original` into `modified`; empty when they are the same.
 *
 * @param schema Rules of the type, from `mergeSchema(apiVersion, kind)`; without it all lists are replaced whole.
 * @throws SkegError when an element of a merged list lacks its identifying field.
 *
 * @example One container gets another image
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { mergeSchema } from "./merge_schema.ts";
 *
 * const pod = (image: string) => ({ spec: { containers: [{ name: "a", image }] } });
 * const patch = strategicMergePatch(pod("x"), pod("y"), mergeSchema("v1", "Pod"));
 * equal(
 *   JSON.stringify(patch),
 *   '{"spec":{"containers":[{"image":"y","name":"a"}],"$setElementOrder/containers":[{"name":"a"}]}}',
 * );
 * ```
 */
export function strategicMergePatch(
  original: JsonObject,
  modified: JsonObject,
  schema: MergeSchema = PLAIN_SCHEMA,
): JsonObject {
  return diffObjects(original, modified, schema, false);
}

function diffObjects(original: JsonObject, modified: JsonObject, schema: MergeSchema, retainKeys: boolean): JsonObject {
  const patch: JsonObject = Object.create(null);
  for (const [key, value] of Object.entries(modified)) {
    if (!Object.hasOwn(original, key)) patch[key] = value;
    else diffField(patch, key, original[key], value, schema);
  }
  const removed = Object.keys(original).filter((key) => !Object.hasOwn(modified, key));
  for (const key of removed) patch[key] = null;
  if (retainKeys && (Object.keys(patch).length > 0 || removed.length > 0)) {
    const kept = Object.keys(modified).filter((key) => modified[key] !== null).sort();
    if (kept.length > 0) patch[RETAIN_KEYS] = kept;
  }
  return patch;
}

function diffField(patch: JsonObject, key: string, before: unknown, after: unknown, schema: MergeSchema): void {
  if (key === PATCH) {
    if (before !== after) patch[key] = after;
    return;
  }
  if (isObject(before) && isObject(after)) {
    const rule = schema.field(key);
    if (rule.replace) {
      if (!sameJson(before, after)) patch[key] = after;
      return;
    }
    const inner = diffObjects(before, after, rule.inner, rule.retainKeys);
    if (Object.keys(inner).length > 0) patch[key] = inner;
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const rule = schema.field(key);
    if (rule.merge) diffMergedList(patch, key, before, after, rule);
    else if (!sameJson(before, after)) patch[key] = after;
    return;
  }
  if (!sameJson(before, after)) patch[key] = after;
}

function diffMergedList(
  patch: JsonObject,
  key: string,
  before: readonly unknown[],
  after: readonly unknown[],
  rule: MergeRule,
): void {
  if (before.length === 0) {
    if (after.length > 0) patch[key] = after;
    return;
  }
  if ([...before, ...after].some(Array.isArray)) throw patchError("lists of lists are not supported");
  if (isObject(before[0] ?? after[0])) diffKeyedList(patch, key, before, after, rule);
  else diffScalarList(patch, key, before, after);
}

function diffKeyedList(
  patch: JsonObject,
  field: string,
  before: readonly unknown[],
  after: readonly unknown[],
  rule: MergeRule,
): void {
  const { key } = rule;
  const olds = byIdentityText(keyedItems(before, key), key);
  const news = byIdentityText(keyedItems(after, key), key);
  const changed: JsonObject[] = [];
  const deleted: JsonObject[] = [];
  // Both lists are walked in parallel, so that doubled keys pair up one to one.
  for (let i = 0, j = 0; i < olds.length || j < news.length;) {
    const old = olds[i];
    const now = news[j];
    const order = old === undefined ? 1 : now === undefined ? -1 : compareText(textOf(old, key), textOf(now, key));
    if (order < 0 && old !== undefined) {
      deleted.push({ [PATCH]: "delete", [key]: old[key] });
      i += 1;
    } else if (order > 0 && now !== undefined) {
      changed.push(now);
      j += 1;
    } else if (old !== undefined && now !== undefined) {
      const inner = diffObjects(old, now, rule.inner, rule.retainKeys);
      if (Object.keys(inner).length > 0) changed.push({ ...inner, [key]: now[key] });
      i += 1;
      j += 1;
    }
  }
  const items = [...inNamedOrder(changed, after, key), ...deleted];
  const sameOrder = before.length === after.length &&
    before.every((item, index) => identity(item, key) === identity(after[index], key));
  if (items.length > 0) patch[field] = items;
  if ((items.length > 0 || !sameOrder) && after.length > 0) {
    patch[SET_ORDER + field] = after.map((item) => ({ [key]: identity(item, key) }));
  }
}

function textOf(item: JsonObject, key: string): string {
  return String(item[key]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byIdentityText(items: readonly JsonObject[], key: string): JsonObject[] {
  return items.toSorted((a, b) => compareText(textOf(a, key), textOf(b, key)));
}

function diffScalarList(
  patch: JsonObject,
  field: string,
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  if (sameJson(before, after)) return;
  const added = after.filter((item) => !before.includes(item));
  const removed = [...new Set(before.filter((item) => !after.includes(item)))].sort();
  if (added.length > 0) patch[field] = added;
  if (removed.length > 0) patch[DELETE_FROM_LIST + field] = removed;
  if (after.length > 0) patch[SET_ORDER + field] = after;
}
