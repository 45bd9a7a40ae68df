/**
 * Reads the tables of a manifest's objects concurrently; many objects of one kind are read by one list.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { asList, asObject, asText, isObject, type JsonObject } from "./json.ts";
import { AS_TABLE, getObject, listObjects, PODS } from "./object_calls.ts";
import { collectionPath } from "./paths.ts";
import { concurrently } from "./runs.ts";
import { hasPods, podSelector, selects } from "./selectors.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "./types.ts";

/** From this number of objects on, their collection is listed, which may contain others of the same kind. */
const LIST_FROM = 8;
/** Smallest limit of a list; it grows with the number of wanted objects. */
const LIST_MAX = 500;

/** The result for one object of the manifest. */
export interface TableRead {
  readonly info: ResourceInfo;
  /** `undefined` when it could not be read. */
  readonly table: KubeObject | undefined;
  /** Pods of a workload; `undefined` for kinds without pods. */
  readonly pods: KubeObject | undefined;
}

/** A table's part about one object, and the object as far as the server sent it. */
interface Reading {
  readonly table: KubeObject;
  readonly object: KubeObject;
}

/** Reads all objects, and the pods of those that have pods; in the order of `infos`. */
export async function readTables(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: KubeCallOptions,
): Promise<TableRead[]> {
  const read = readerOf(infos, (group) => listReadings(transport, group, options));
  const readings = await concurrently(infos, async (info) => {
    const listed = await read(info);
    if (listed !== undefined && (listed.complete || listed.readings.has(info.name))) {
      return listed.readings.get(info.name);
    }
    return await unlessRefused(readOne(transport, info, options));
  });
  const workloads = infos.flatMap((info, index) => {
    const object = readings[index]?.object;
    return object !== undefined && hasPods(info.resource) ? [{ info, object }] : [];
  });
  const pods = await readPods(transport, workloads, options);
  return infos.map((info, index) => ({ info, table: readings[index]?.table, pods: pods.get(info) }));
}

/** Result of a list. */
interface Listed {
  readonly readings: ReadonlyMap<string, Reading>;
  /** True if objects that are not in it do not exist. */
  readonly complete: boolean;
}

/** Groups objects by collection; a large group is listed once, when its first object is requested. */
function readerOf(
  infos: readonly ResourceInfo[],
  list: (group: readonly ResourceInfo[]) => Promise<Listed | undefined>,
): (info: ResourceInfo) => Promise<Listed | undefined> {
  const groups = Map.groupBy(infos, ({ resource, namespace }) => collectionPath(resource, namespace));
  const lists = new Map<string, Promise<Listed | undefined>>();
  return ({ resource, namespace }) => {
    const path = collectionPath(resource, namespace);
    const group = groups.get(path) ?? [];
    const isAll = resource.namespaced && namespace === "";
    if (group.length < LIST_FROM || resource.version === "" || isAll) return Promise.resolve(undefined);
    let listing = lists.get(path);
    if (listing === undefined) lists.set(path, listing = list(group));
    return listing;
  };
}

/** Lists the collection of a group; `undefined` when the server refuses that. */
async function listReadings(
  transport: Transport,
  group: readonly ResourceInfo[],
  options: KubeCallOptions,
): Promise<Listed | undefined> {
  const [first] = group;
  if (first === undefined) return undefined;
  const limit = String(Math.max(LIST_MAX, group.length * 2));
  const includeObject = hasPods(first.resource) ? "Object" : undefined;
  const list = await unlessRefused(
    listObjects(transport, first.resource, first.namespace, { accept: AS_TABLE, limit, includeObject }, options),
  );
  if (list === undefined) return undefined;
  return { readings: readingsOf(list), complete: !hasMore(list) };
}

function hasMore(list: KubeObject): boolean {
  return asText(asObject(list.metadata).continue) !== "";
}

/** Returns the parts of a list, by name: the rows of a table, else the objects. */
function readingsOf(list: KubeObject): Map<string, Reading> {
  const readings = new Map<string, Reading>();
  const { rows, ...head } = list as KubeObject & { readonly rows?: unknown };
  if (!isTable(list)) {
    for (const item of asList(list.items).filter(isObject)) readings.set(nameOf(item), { table: item, object: item });
    return readings;
  }
  for (const row of asList(rows).map(asObject)) {
    const object = asObject(row.object);
    readings.set(nameOf(object), { table: { ...head, rows: [row] } as KubeObject, object });
  }
  return readings;
}

function nameOf(object: JsonObject): string {
  return asText(asObject(object.metadata).name);
}

/** True for a server-side table. */
export function isTable(object: KubeObject): boolean {
  return object.kind === "Table" && asText(object.apiVersion).startsWith("meta.k8s.io/");
}

async function readOne(transport: Transport, info: ResourceInfo, options: KubeCallOptions): Promise<Reading> {
  const withPods = hasPods(info.resource);
  const table = await getObject(transport, info, options, AS_TABLE, withPods ? { includeObject: "Object" } : {});
  if (!isTable(table)) return { table, object: table };
  return { table, object: asObject(asObject(asList(table.rows)[0]).object) };
}

/** A workload and its live object: the manifest may leave the selector to the server. */
interface Workload {
  readonly info: ResourceInfo;
  readonly object: KubeObject;
}

async function readPods(
  transport: Transport,
  workloads: readonly Workload[],
  options: KubeCallOptions,
): Promise<Map<ResourceInfo, KubeObject>> {
  const lists = new Map<string, Promise<KubeObject | undefined>>();
  const counts = Map.groupBy(workloads, ({ info }) => info.namespace);
  /** Returns all pods of a namespace, if several workloads need them and they are not too many. */
  const allPods = ({ namespace }: ResourceInfo): Promise<KubeObject | undefined> => {
    const count = counts.get(namespace)?.length ?? 0;
    if (count < LIST_FROM) return Promise.resolve(undefined);
    let listing = lists.get(namespace);
    if (listing === undefined) {
      const query = { accept: AS_TABLE, limit: String(Math.max(LIST_MAX, count * 4)) };
      listing = unlessRefused(listObjects(transport, PODS, namespace, query, options))
        .then((list) => list !== undefined && isTable(list) && !hasMore(list) ? list : undefined);
      lists.set(namespace, listing);
    }
    return listing;
  };
  const found = await concurrently(workloads, async ({ info, object }) => {
    const given = object.spec === undefined
      ? await unlessRefused(getObject(transport, info, options)) // a table without whole objects
      : object;
    const live = { ...given, kind: info.resource.kind };
    const labelSelector = podSelector(info.resource, live);
    if (labelSelector === undefined) return undefined;
    const all = await allPods(info);
    if (all !== undefined) return podsOf(all, live);
    return await unlessRefused(
      listObjects(transport, PODS, info.namespace, { labelSelector, accept: AS_TABLE }, options),
    );
  });
  return new Map(workloads.flatMap(({ info }, index): [ResourceInfo, KubeObject][] => {
    const pods = found[index];
    return pods === undefined ? [] : [[info, pods]];
  }));
}

/** Returns the table with only the pods of a workload. */
function podsOf(table: KubeObject, workload: KubeObject): KubeObject {
  const rows = asList((table as JsonObject).rows).map(asObject).filter((row) =>
    selects(workload, asObject(asObject(asObject(row.object).metadata).labels))
  );
  return { ...table, rows } as KubeObject;
}

/** Returns `undefined` for a refusal, which makes an object "missing"; only cancelling rejects. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SkegError && error.kind !== "aborted") return undefined;
    throw error;
  }
}
