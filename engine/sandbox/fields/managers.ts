/**
 * The entries of `metadata.managedFields`: which manager owns which fields.
 *
 * Source: `apimachinery/pkg/util/managedfields/internal`: `managedfields.go`, `buildmanagerinfo.go`
 * and `capmanagers.go`.
 *
 * @module
 */
import { isMap, type Json, listOf, mapOf, textOf } from "../json.ts";
import { type FieldSet, sortedSet, union } from "./set.ts";

/** One manager, and the fields that it owns. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  /** Empty for writes of the object itself. */
  readonly subresource: string;
  /** Absent where the server wrote none, as for a write of `scale`. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/**
 * Returns the text by which entries are told apart. A manager has one entry for all its applies,
 * whatever the version, and one for its updates in each version.
 */
export function idOf(manager: Omit<Manager, "time" | "fields">): string {
  const version = manager.operation === "Apply" ? "" : manager.apiVersion;
  return JSON.stringify([manager.name, manager.operation, version, manager.subresource]);
}

/** Reads entries; `undefined` when one of them is not valid. */
export function readManagers(entries: unknown): Map<string, Manager> | undefined {
  const managers = new Map<string, Manager>();
  for (const entry of listOf(entries)) {
    if (!isMap(entry)) return undefined;
    const operation = entry["operation"];
    const apiVersion = textOf(entry["apiVersion"]);
    const valid = (operation === "Apply" || operation === "Update") && apiVersion !== "" &&
      entry["fieldsType"] === "FieldsV1";
    if (!valid) return undefined;
    const manager: Manager = {
      name: textOf(entry["manager"]),
      operation,
      apiVersion,
      subresource: textOf(entry["subresource"]),
      time: textOf(entry["time"]) || undefined,
      fields: mapOf(entry["fieldsV1"]) as FieldSet,
    };
    managers.set(idOf(manager), manager);
  }
  return managers;
}

function order(a: Manager, b: Manager): number {
  const key = (m: Manager): string[] => [m.operation, m.time ?? "", m.name, m.apiVersion, m.subresource];
  const [left, right] = [key(a), key(b)];
  const at = left.findIndex((text, index) => text !== right[index]);
  if (at < 0) return 0;
  return (left[at] ?? "") < (right[at] ?? "") ? -1 : 1;
}

/** Returns the entries as they are stored; `undefined` when there is none. */
export function writeManagers(managers: Iterable<Manager>): Json[] | undefined {
  const entries = [...managers].sort(order).map((m): Json => ({
    manager: m.name,
    operation: m.operation,
    apiVersion: m.apiVersion,
    ...(m.time === undefined ? {} : { time: m.time }),
    fieldsType: "FieldsV1",
    fieldsV1: sortedSet(m.fields),
    ...(m.subresource === "" ? {} : { subresource: m.subresource }),
  }));
  return entries.length === 0 ? undefined : entries;
}

/** So many managers of updates are told apart on one object. */
const UPDATERS_MAX = 10;

/**
 * Joins the oldest updates into one entry for each version while there are too many of them, so that
 * the entries of an object do not grow without end.
 */
export function capManagers(managers: Map<string, Manager>): void {
  const updaters = [...managers].filter(([, manager]) => manager.operation === "Update");
  let count = updaters.length;
  if (count <= UPDATERS_MAX) return;
  updaters.sort(([x, a], [y, b]) =>
    (a.time ?? "") < (b.time ?? "") ? -1 : (a.time ?? "") > (b.time ?? "") ? 1 : x < y ? -1 : 1
  );
  const firsts = new Map<string, string>();
  for (const [id, manager] of updaters) {
    if (count <= UPDATERS_MAX) return;
    const { apiVersion } = manager;
    const first = firsts.get(apiVersion);
    if (first === undefined) {
      firsts.set(apiVersion, id);
      continue;
    }
    const bucket = { name: "ancient-changes", operation: "Update" as const, apiVersion, subresource: "" };
    const old = managers.get(idOf(bucket)) ?? managers.get(first);
    managers.delete(first);
    managers.delete(id);
    managers.set(idOf(bucket), {
      ...bucket,
      time: manager.time,
      fields: union(old?.fields ?? {}, manager.fields),
    });
    count--;
  }
}
