/**
 * Server-side apply: a client sends the fields it wants, the server remembers which manager applied
 * which field, and refuses when two managers want different values.
 *
 * Only applied fields are remembered. Fields set by plain writes have no manager here, so applying
 * over them is never a conflict. A real server tracks those too.
 *
 * Source: `sigs.k8s.io/structured-merge-diff` (`merge/update.go`, `fieldpath`) and
 * `apimachinery/pkg/util/managedfields`.
 *
 * @module
 */
import type { Shape } from "./apply_shape.ts";
import { canonical, copy, isMap, type Json, mapOf, mapsOf, same, textOf } from "./json.ts";
import { ApiError } from "./status.ts";

/** Fields as `FieldsV1` writes them: `f:name`, `k:{"name":"a"}`, `v:"x"`; a field itself is `.`. */
export type FieldSet = { [step: string]: FieldSet };

/** Defaults of key fields. Ports are told apart by number and protocol, and most manifests name no protocol. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: "TCP" };

/**
 * Returns the path element of a list item: `v:` and the value in a set, `k:` and the key fields in
 * a map. Keys are sorted, as `fieldpath/serialize-pe.go` writes them, so that equal items give
 * equal text.
 */
function keyOf(item: unknown, keys: readonly string[]): string {
  if (keys.length === 0) return `v:${JSON.stringify(item)}`;
  const pairs = keys.map((key): [string, unknown] => [key, mapOf(item)[key] ?? KEY_DEFAULTS[key]]);
  return `k:${canonical(Object.fromEntries(pairs.filter(([, value]) => value !== undefined)))}`;
}

/** Returns the fields of applied data. */
export function fieldsOf(value: unknown, shape: Shape): FieldSet {
  if (shape.atomic) return {};
  const fields: FieldSet = {};
  if (Array.isArray(value)) {
    for (const item of value) {
      // `.` means that the item itself is managed, not only fields in it. An item of a set has no
      // fields.
      const inner = shape.keys.length === 0 ? {} : { ".": {}, ...fieldsOf(item, shape.items()) };
      fields[keyOf(item, shape.keys)] = inner;
    }
  } else if (isMap(value)) {
    for (const [name, item] of Object.entries(value)) fields[`f:${name}`] = fieldsOf(item, shape.field(name));
  }
  return fields;
}

/**
 * Returns the fields that a client applies. Kind, name and namespace identify the object and belong
 * to no manager (`managedfields/internal/stripmeta.go`).
 */
function appliedFields(object: Json, shape: Shape): FieldSet {
  const { apiVersion: _version, kind: _kind, ...rest } = object;
  const metadata = { ...mapOf(rest["metadata"]) };
  for (const key of ["name", "namespace", "generateName", "managedFields"]) delete metadata[key];
  const { metadata: _metadata, ...body } = rest;
  return fieldsOf(Object.keys(metadata).length === 0 ? body : { metadata, ...body }, shape);
}

/** Returns `live` with `applied` merged in. List items keep the order of `live`; new ones go to the end. */
function merge(live: unknown, applied: unknown, shape: Shape): unknown {
  if (shape.atomic || live === undefined || live === null) return copy(applied);
  if (Array.isArray(applied) && Array.isArray(live)) {
    const keys = live.map((item) => keyOf(item, shape.keys));
    const merged = [...live];
    for (const item of applied) {
      const at = keys.indexOf(keyOf(item, shape.keys));
      if (at < 0) merged.push(copy(item));
      // Items of a set are equal when their keys are equal, so the live one stays.
      else merged[at] = shape.keys.length === 0 ? live[at] : merge(live[at], item, shape.items());
    }
    return merged;
  }
  if (!isMap(applied) || !isMap(live)) return copy(applied);
  const merged: Json = { ...live };
  for (const [name, item] of Object.entries(applied)) {
    if (item === null) delete merged[name];
    else merged[name] = merge(live[name], item, shape.field(name));
  }
  return merged;
}

/**
 * Removes fields that this manager applied before and does not apply now, unless one of `kept`
 * still has them.
 */
function removeFields(value: unknown, old: FieldSet, kept: readonly FieldSet[], shape: Shape): void {
  for (const [step, inner] of Object.entries(old)) {
    if (step === ".") continue;
    const still = kept.map((fields) => fields[step]).filter((fields) => fields !== undefined);
    if (Array.isArray(value)) {
      const at = value.findIndex((item) => keyOf(item, shape.keys) === step);
      if (at < 0) continue;
      if (still.length === 0) value.splice(at, 1);
      else removeFields(value[at], inner, still, shape.items());
    } else if (isMap(value) && step.startsWith("f:")) {
      const name = step.slice(2);
      const leaf = Object.keys(inner).length === 0;
      if (still.length === 0 && leaf) delete value[name];
      else if (!leaf) {
        removeFields(value[name], inner, still, shape.field(name));
        const left = value[name];
        // A map or list that lost its last field goes too. One that still holds fields of plain
        // writes stays.
        const empty = Array.isArray(left) ? left.length === 0 : isMap(left) && Object.keys(left).length === 0;
        if (still.length === 0 && empty) delete value[name];
      }
    }
  }
}

/** True if the field itself is managed, not only fields in it. */
function isMember(fields: FieldSet): boolean {
  return Object.keys(fields).length === 0 || "." in fields;
}

/**
 * Returns the paths of fields that both managers have and for which `applied` has a value other
 * than the live one.
 */
function conflicts(
  mine: FieldSet,
  others: FieldSet,
  live: unknown,
  applied: unknown,
  shape: Shape,
  path: string,
): string[] {
  return Object.keys(mine).flatMap((step) => {
    const [own, other] = [mine[step] ?? {}, others[step]];
    if (other === undefined || step === ".") return [];
    if (Array.isArray(applied)) {
      const find = (list: unknown): unknown =>
        Array.isArray(list) ? list.find((item) => keyOf(item, shape.keys) === step) : undefined;
      // As the server writes it in messages: `.spec.ports[port=80,protocol="TCP"]`.
      const key = `${path}[${step.slice(2).replace(/^\{|\}$/g, "").replace(/"(\w+)":/g, "$1=")}]`;
      return conflicts(own, other, find(live), find(applied), shape.items(), key);
    }
    const name = step.slice(2);
    const [now, wanted] = [mapOf(live)[name], mapOf(applied)[name]];
    // Only leaves conflict, and only with a manager of the leaf itself; fields below it do not
    // count.
    if (Object.keys(own).length === 0) return !isMember(other) || same(now, wanted) ? [] : [`${path}.${name}`];
    return conflicts(own, other, now, wanted, shape.field(name), `${path}.${name}`);
  });
}

/**
 * Returns `fields` without `taken`. An apply with `force` moves the fields in conflict away from
 * their old manager.
 */
function without(fields: FieldSet, taken: FieldSet): FieldSet {
  const left: FieldSet = {};
  for (const [step, inner] of Object.entries(fields)) {
    const other = taken[step];
    const own = Object.keys(inner).length === 0;
    if (other === undefined || step === "." || (!own && Object.keys(other).length === 0)) left[step] = inner;
    else if (Object.keys(other).length > 0) {
      const rest = without(inner, other);
      if (Object.keys(rest).some((key) => key !== ".")) left[step] = rest;
    }
  }
  return left;
}

/**
 * Returns the refusal of an apply. The message lists the fields per manager; clients read them from
 * the causes, one per field.
 */
function refuse(found: readonly { manager: string; paths: string[] }[]): ApiError {
  const count = found.reduce((sum, entry) => sum + entry.paths.length, 0);
  const parts = found.map(({ manager, paths }) => {
    const head = `${JSON.stringify(manager)}:`;
    const [only = ""] = paths;
    return paths.length === 1
      ? `conflict with ${head} ${only}`
      : `conflicts with ${head}\n${paths.map((path) => `- ${path}`).join("\n")}`;
  });
  const causes = found.flatMap(({ manager, paths }) =>
    paths.map((field) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${JSON.stringify(manager)}`,
      field,
    }))
  );
  const message = `Apply failed with ${count} conflict${count === 1 ? "" : "s"}: ${parts.join("\n")}`;
  return new ApiError(409, "Conflict", message, { causes });
}

/** The manager that applies, and its options. */
export interface Applier {
  readonly manager: string;
  readonly force: boolean;
  readonly apiVersion: string;
  readonly time: string;
}

/**
 * Returns the live object with the applied one merged in, and with its managers brought up to date.
 *
 * @param live `undefined` makes a new object.
 * @throws ApiError when another manager wants otherwise and `force` is not set.
 */
export function applyObject(live: Json | undefined, applied: Json, shape: Shape, applier: Applier): Json {
  const mine = appliedFields(applied, shape);
  const entries = mapsOf(mapOf(live?.["metadata"])["managedFields"]);
  const isMine = (entry: Json): boolean => entry["manager"] === applier.manager && entry["operation"] === "Apply";
  // A manager's applies and its updates are separate entries, so an update of the same manager
  // counts as another.
  const others = entries.filter((entry) => !isMine(entry));
  const found = others.map((entry) => ({
    manager: textOf(entry["manager"]),
    paths: conflicts(mine, mapOf(entry["fieldsV1"]) as FieldSet, live, applied, shape, ""),
  })).filter((entry) => entry.paths.length > 0);
  if (found.length > 0 && !applier.force) throw refuse(found);
  const lost = (entry: Json): boolean => found.some((f) => f.manager === entry["manager"]);
  const left = others.map((entry) =>
    lost(entry) ? { ...entry, fieldsV1: without(mapOf(entry["fieldsV1"]) as FieldSet, mine) } : entry
  ).filter((entry) => Object.keys(mapOf(entry["fieldsV1"])).length > 0);
  // Fields are removed before the merge. An item whose key changed is removed under its old key and
  // then added under the new one.
  const base = copy(live ?? {});
  const old = mapOf(entries.find(isMine)?.["fieldsV1"]) as FieldSet;
  removeFields(base, old, [mine, ...left.map((entry) => mapOf(entry["fieldsV1"]) as FieldSet)], shape);
  const merged = mapOf(merge(base, applied, shape));
  const entry = {
    manager: applier.manager,
    operation: "Apply",
    apiVersion: applier.apiVersion,
    time: applier.time,
    fieldsType: "FieldsV1",
    fieldsV1: mine,
  };
  const before = entries.find(isMine);
  // Applying the same fields again keeps the entry and its time, so that nothing changes.
  const kept = before !== undefined && same(before["fieldsV1"], mine) ? before : entry;
  merged["metadata"] = { ...mapOf(merged["metadata"]), managedFields: [kept, ...left] };
  return merged;
}
