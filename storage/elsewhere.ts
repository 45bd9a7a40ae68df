/**
 * Finds records outside the configured place: in the other kind of object, in other namespaces, or without
 * the label by which records are found.
 *
 * Requests ask for metadata alone, and for one object where one is enough. A place that may not be listed
 * counts as empty.
 *
 * @module
 */
import { refusalOf } from "./_refusal.ts";
import { WRONG_ANSWER_HINT, wrongAnswer } from "../engine/base/mod.ts";
import { KubeError, type RecordPlace } from "../errors.ts";
import type { KubeObject } from "../engine/model/mod.ts";
import { configMapDriver } from "./configmap.ts";
import { type ClusterPlace, type Driver, type DriverOptions, readKey } from "./driver.ts";
import { isHelm3Record, OWNER, querySelector } from "./labels.ts";
import { secretDriver } from "./secret.ts";

/** Options of {@linkcode recordsElsewhere}. */
export interface ElsewhereOptions extends DriverOptions {
  /** Only records of this release. */
  readonly name?: string | undefined;
  /** Only records of releases for whose name this returns true. */
  readonly matches?: ((name: string) => boolean) | undefined;
  /** Also searches other namespaces, and records without the label. Default: only the other kind of object. */
  readonly everywhere?: boolean | undefined;
  /** Namespaces to search when the whole cluster may not be listed. */
  readonly namespaces?: readonly string[] | undefined;
  /** If true, a place that cannot be read for any reason counts as empty. Default: only one that may not be listed. */
  readonly lenient?: boolean | undefined;
}

type Storage = ClusterPlace["storage"];

const PLURALS: Readonly<Record<Storage, string>> = { configmap: "configmaps", secret: "secrets" };
/** Without a name, the most namespaces that are reported for each kind of object. */
const NAMESPACES_MAX = 5;
/** Objects per page where the first object is not enough. */
const PAGE = 500;
/** The most pages that are read before a place counts as empty. */
const PAGES_MAX = 20;
/** The most objects without the label that are read to see if they hold a record. */
const OPENED_MAX = 5;

/** Returns the other kind of object. */
export function otherStorage(storage: ClusterPlace["storage"]): ClusterPlace["storage"] {
  return storage === "configmap" ? "secret" : "configmap";
}

/** Returns the driver of a place. */
export function driverAt({ storage, namespace, call }: ClusterPlace): Driver {
  return (storage === "configmap" ? configMapDriver : secretDriver)(call, namespace);
}

/**
 * Returns the places other than `place` that hold records, at most one entry for each storage and namespace.
 * The other kind of object in the same namespace comes first, then records in `place` that lack the label,
 * then other namespaces.
 *
 * @throws KubeError when the server fails, unless `lenient`.
 */
export async function recordsElsewhere(place: ClusterPlace, options: ElsewhereOptions = {}): Promise<RecordPlace[]> {
  const { storage, namespace } = place;
  const other = otherStorage(storage);
  const looks = [
    inNamespace(place, other, namespace, options),
    ...options.everywhere !== true ? [] : [
      withoutLabel(place, options),
      inOtherNamespaces(place, storage, options),
      inOtherNamespaces(place, other, options),
    ],
  ];
  return (await Promise.all(looks.map((look) => options.lenient === true ? look.catch(() => []) : look))).flat();
}

/** Finds records of one kind in one namespace. */
async function inNamespace(
  place: ClusterPlace,
  storage: Storage,
  namespace: string,
  options: ElsewhereOptions,
): Promise<RecordPlace[]> {
  const first = await firstRecord(place, collectionPath(storage, namespace), options);
  return first === undefined || first === "refused" ? [] : [placeOf(storage, first)];
}

/** Finds one record of each other namespace. */
async function inOtherNamespaces(
  place: ClusterPlace,
  storage: Storage,
  options: ElsewhereOptions,
): Promise<RecordPlace[]> {
  const found = options.name === undefined
    ? await oneByOne(place, storage, options)
    : await allNamed(place, storage, options);
  if (found !== "refused") return found;
  const named = new Set(options.namespaces?.filter((namespace) => namespace !== place.namespace));
  return (await Promise.all([...named].map((one) => inNamespace(place, storage, one, options)))).flat();
}

/** Asks repeatedly for one record outside the namespaces found so far: listing all could mean very many records. */
async function oneByOne(
  place: ClusterPlace,
  storage: Storage,
  options: ElsewhereOptions,
): Promise<RecordPlace[] | "refused"> {
  const found: RecordPlace[] = [];
  while (found.length < NAMESPACES_MAX) {
    const fields = [place, ...found].map(({ namespace }) => `metadata.namespace!=${namespace}`).join(",");
    const first = await firstRecord(place, collectionPath(storage), options, fields);
    if (first === "refused") return first;
    if (first === undefined) break;
    found.push(placeOf(storage, first));
  }
  return found;
}

/** Lists every namespace that has a record of the name: there are few, and none may be missed. */
async function allNamed(
  place: ClusterPlace,
  storage: Storage,
  { name, signal }: ElsewhereOptions,
): Promise<RecordPlace[] | "refused"> {
  const labels = encodeURIComponent(querySelector({ name: name ?? "" }));
  const fields = encodeURIComponent(`metadata.namespace!=${place.namespace}`);
  const path = `${collectionPath(storage)}?labelSelector=${labels}&fieldSelector=${fields}&limit=${PAGE}`;
  const found = new Map<string, RecordPlace>();
  for await (const page of pages(place, path, { signal })) {
    if (page === "refused") return page;
    for (const object of page) {
      const next = placeOf(storage, object);
      if (!found.has(next.namespace)) found.set(next.namespace, next);
    }
  }
  return [...found.values()];
}

/** Finds objects that have a record's name, lack the label, and can be decoded. */
async function withoutLabel(place: ClusterPlace, options: ElsewhereOptions): Promise<RecordPlace[]> {
  const { storage, namespace } = place;
  const path = `${collectionPath(storage, namespace)}?labelSelector=${encodeURIComponent(`OWNER!=${OWNER}`)}`;
  const keys: string[] = [];
  for await (const page of pages(place, `${path}&limit=${PAGE}`, options)) {
    for (const { metadata } of page === "refused" ? [] : page) {
      const key = metadata?.name ?? "";
      const name = readKey(key)?.name;
      if (name === undefined || isHelm3Record(metadata)) continue;
      if ((options.name ?? name) === name && (options.matches?.(name) ?? true)) keys.push(key);
    }
    if (keys.length >= OPENED_MAX) break;
  }
  for (const key of keys.slice(0, OPENED_MAX)) {
    const isRecord = await driverAt(place).get(key, options).then(() => true, () => false);
    if (isRecord) return [{ storage, namespace, key, labelled: false }];
  }
  return [];
}

/** Finds the first matching record below `path`. */
async function firstRecord(
  place: ClusterPlace,
  path: string,
  { name, matches, signal }: ElsewhereOptions,
  fields = "",
): Promise<KubeObject | "refused" | undefined> {
  const labels = encodeURIComponent(querySelector(name === undefined ? {} : { name }));
  const selected = fields === "" ? "" : `&fieldSelector=${encodeURIComponent(fields)}`;
  const limit = matches === undefined ? 1 : PAGE;
  for await (const page of pages(place, `${path}?labelSelector=${labels}${selected}&limit=${limit}`, { signal })) {
    if (page === "refused") return page;
    const first = page.find(({ metadata }) => matches?.(readKey(metadata?.name ?? "")?.name ?? "") ?? true);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** Yields the pages of a metadata list; stops with `refused` when one may not be read. */
async function* pages(
  { call }: ClusterPlace,
  path: string,
  { signal }: DriverOptions,
): AsyncGenerator<readonly KubeObject[] | "refused"> {
  let token = "";
  for (let count = 0; count < PAGES_MAX; count++) {
    const more = token === "" ? "" : `&continue=${encodeURIComponent(token)}`;
    const { status, body } = await call("GET", path + more, undefined, { metadataOnly: true, signal });
    if (status === 401 || status === 403 || status === 404 || status === 410) return yield "refused";
    if (status >= 300) throw lookFailed(path, status, body);
    const problem = wrongAnswer(`GET ${path}`, body, { list: true });
    if (problem !== undefined) throw new KubeError(problem, 0, "", { hint: WRONG_ANSWER_HINT });
    const list = body as { items?: KubeObject[] | null; metadata?: { continue?: string } | null };
    yield list.items ?? [];
    token = list.metadata?.continue ?? "";
    if (token === "") return;
  }
}

function lookFailed(path: string, status: number, body: unknown): KubeError {
  const reason = refusalOf(body).message ?? `the server answered with status ${status}`;
  const plural = /([^/?]*)(?:\?|$)/.exec(path)?.[1] ?? "";
  return new KubeError(`cannot look for records among ${plural}: ${reason}`, status, "");
}

function placeOf(storage: Storage, { metadata }: KubeObject): RecordPlace {
  return { storage, namespace: metadata?.namespace ?? "", key: metadata?.name ?? "", labelled: true };
}

/** Returns the path of a collection, in one namespace or in all. */
function collectionPath(storage: Storage, namespace?: string): string {
  const within = namespace === undefined ? "" : `namespaces/${encodeURIComponent(namespace)}/`;
  return `/api/v1/${within}${PLURALS[storage]}`;
}
