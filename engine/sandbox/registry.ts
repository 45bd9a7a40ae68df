/**
 * The resources that are served: the built-in ones and those that CRDs define.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { KubeObject } from "../model/mod.ts";
import { DATA } from "./discovery_data.ts";
import { at, isMap, type Json, listOf, mapsOf, textOf } from "./json.ts";
import type { Store } from "./store.ts";

/** A column of the server's tables: name, type, format, priority. */
export type Column = readonly [string, string, string, number];

/** A subresource. */
export interface Subresource {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** One resource in one version. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly singular: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly short: readonly string[];
  readonly categories: readonly string[];
  readonly hash: string;
  readonly columns: readonly Column[];
  readonly subresources: readonly Subresource[];
  /** The name that objects are stored under, `group/plural`; the same for all versions of a resource. */
  readonly storage: string;
  /** For custom resources: the version's entry in the CRD. */
  readonly custom?: { readonly crd: KubeObject; readonly version: Json } | undefined;
}

/** A group and its versions, the preferred one first. */
export interface Group {
  readonly name: string;
  readonly versions: readonly string[];
}

/** All resources that are served at one moment. */
export interface Registry {
  /** The resource of a path, or `undefined`. */
  find(group: string, version: string, plural: string): Resource | undefined;
  /** The resource under which objects of `storage` are kept by default. */
  stored(storage: string): Resource | undefined;
  /** The resource of a kind, or `undefined`. */
  ofKind(group: string, version: string, kind: string): Resource | undefined;
  /** Groups except the core one, in the order they are shown. */
  groups(): readonly Group[];
  /** All resources of a group version, in the order they are shown. */
  resources(group: string, version: string): readonly Resource[];
  /** Every resource. */
  all(): readonly Resource[];
}

interface ServedSubresource {
  name: string;
  group: string;
  version: string;
  kind: string;
  verbs: string[];
}
interface ServedResource {
  name: string;
  kind: string;
  singular: string;
  namespaced: boolean;
  verbs: string[];
  short?: string[];
  categories?: string[];
  hash?: string;
  columns?: Column[];
  sub?: ServedSubresource[];
}

/** Resources that are views of another group's objects. */
const SAME_OBJECTS: Record<string, string> = { "events.k8s.io/events": "/events" };

/** The version in which objects are kept, where a group has several. */
const STORED_VERSION: Record<string, string> = { "/events": "v1", "autoscaling/horizontalpodautoscalers": "v2" };

let builtIn: readonly Resource[] | undefined;

/** Returns the built-in resources. They are unpacked at first use and kept. */
function builtIns(): readonly Resource[] {
  if (builtIn !== undefined) return builtIn;
  const text = gunzipSync(Buffer.from(DATA, "base64")).toString("utf8");
  const served = JSON.parse(text) as { group: string; version: string; resources: ServedResource[] }[];
  builtIn = served.flatMap(({ group, version, resources }) =>
    resources.map((r): Resource => {
      const own = `${group}/${r.name}`;
      return {
        group,
        version,
        plural: r.name,
        kind: r.kind,
        singular: r.singular,
        listKind: `${r.kind}List`,
        namespaced: r.namespaced,
        verbs: r.verbs,
        short: r.short ?? [],
        categories: r.categories ?? [],
        hash: r.hash ?? "",
        columns: r.columns ?? [],
        subresources: r.sub ?? [],
        storage: SAME_OBJECTS[own] ?? own,
      };
    })
  );
  return builtIn;
}

/** True for the API groups of Kubernetes itself. */
export function isBuiltInGroup(group: string): boolean {
  return builtIns().some((resource) => resource.group === group);
}

/** Where CRDs are stored. */
export const CRDS = "apiextensions.k8s.io/customresourcedefinitions";

const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

/** Returns the columns of a version: the name, and then those of the CRD, or the age when it names none. */
function customColumns(version: Json): Column[] {
  const given = mapsOf(version["additionalPrinterColumns"]).map((column): Column => [
    textOf(column["name"]),
    textOf(column["type"]),
    textOf(column["format"]),
    typeof column["priority"] === "number" ? column["priority"] : 0,
  ]);
  const name: Column = ["Name", "string", "name", 0];
  return given.length > 0 ? [name, ...given] : [name, ["Age", "date", "", 0]];
}

function customSubresources(version: Json, group: string, kind: string): Subresource[] {
  const own = textOf(version["name"]);
  const found: Subresource[] = [];
  const verbs = ["get", "patch", "update"];
  if (isMap(at(version, "subresources", "status"))) found.push({ name: "status", group, version: own, kind, verbs });
  if (isMap(at(version, "subresources", "scale"))) {
    found.push({ name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs });
  }
  return found;
}

/** Returns the resources of a CRD, one per served version; none until it is established. */
export function customResources(crd: KubeObject): Resource[] {
  const spec = crd["spec"];
  const names = at(crd, "status", "acceptedNames");
  const established = mapsOf(at(crd, "status", "conditions"))
    .some((c) => c["type"] === "Established" && c["status"] === "True");
  if (!established) return [];
  const group = textOf(at(spec, "group"));
  const plural = textOf(at(names, "plural"));
  const kind = textOf(at(names, "kind"));
  return mapsOf(at(spec, "versions")).filter((version) => version["served"] === true).map((version) => ({
    group,
    version: textOf(version["name"]),
    plural,
    kind,
    singular: textOf(at(names, "singular")),
    listKind: textOf(at(names, "listKind")) || `${kind}List`,
    namespaced: at(spec, "scope") === "Namespaced",
    verbs: CUSTOM_VERBS,
    short: listOf(at(names, "shortNames")).map(textOf),
    categories: listOf(at(names, "categories")).map(textOf),
    // As in `StorageVersionHash`; clients only compare it.
    hash: createHash("sha256").update(`${group}/${textOf(version["name"])}/${kind}`).digest().subarray(0, 8)
      .toString("base64"),
    columns: customColumns(version),
    subresources: customSubresources(version, group, kind),
    storage: `${group}/${plural}`,
    custom: { crd, version },
  }));
}

/**
 * Orders versions as Kubernetes does: v2 before v1 before v1beta1 before v1alpha1 before others.
 * Source: `CompareKubeAwareVersionStrings` in `apimachinery/pkg/version/helpers.go`.
 */
export function compareVersions(a: string, b: string): number {
  const rank = (text: string): number[] => {
    const parts = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text);
    if (!parts) return [0, 0, 0];
    // First how stable a version is, then its number: v1 comes before v2beta1.
    const stage = parts[2] === undefined ? 3 : parts[2] === "beta" ? 2 : 1;
    return [stage, Number(parts[1]), Number(parts[3] ?? 0)];
  };
  const [left, right] = [rank(a), rank(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (right[i] ?? 0) - (left[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

export function createRegistry(custom: readonly Resource[]): Registry {
  const own = builtIns();
  const everything = custom.length === 0 ? own : [...own, ...custom];
  const byPath = new Map(everything.map((r) => [`${r.group}/${r.version}/${r.plural}`, r]));
  const byKind = new Map(
    everything.filter((r) => r.kind !== "").map((r) => [`${r.group}/${r.version}/${r.kind}`, r]),
  );
  const groups = new Map<string, string[]>();
  for (const r of own) {
    if (r.group === "") continue;
    const versions = groups.get(r.group) ?? [];
    if (!versions.includes(r.version)) versions.push(r.version);
    groups.set(r.group, versions);
  }
  // Built-in groups keep the order in which a real server lists them. Groups of CRDs follow by
  // name.
  for (const r of custom.toSorted((a, b) => a.group < b.group ? -1 : a.group > b.group ? 1 : 0)) {
    const versions = groups.get(r.group) ?? [];
    if (!versions.includes(r.version)) versions.push(r.version);
    groups.set(r.group, versions.sort(compareVersions));
  }
  const byStorage = new Map<string, Resource>();
  for (const r of everything) {
    // Objects are kept in the storage version, or in the first one where that is not served.
    const wanted = r.custom
      ? textOf(mapsOf(at(r.custom.crd["spec"], "versions")).find((v) => v["storage"] === true)?.["name"])
      : STORED_VERSION[r.storage] ?? r.version;
    if (r.version === wanted || !byStorage.has(r.storage)) {
      // A view of another group's objects is not their home.
      if (`${r.group}/${r.plural}` === r.storage) byStorage.set(r.storage, r);
    }
  }
  return {
    find: (group, version, plural) => byPath.get(`${group}/${version}/${plural}`),
    stored: (storage) => byStorage.get(storage),
    ofKind: (group, version, kind) => byKind.get(`${group}/${version}/${kind}`),
    groups: () => [...groups].map(([name, versions]) => ({ name, versions })),
    resources: (group, version) => everything.filter((r) => r.group === group && r.version === version),
    all: () => everything,
  };
}

/** Returns the function that gives the current registry. It follows the CRDs in the store. */
export function openRegistry(store: Store): () => Registry {
  let seen: string | undefined;
  let registry = createRegistry([]);
  return () => {
    // One row is read for each request. The registry is built only when a CRD has changed.
    const stamp = store.fact("crds") ?? "";
    if (stamp === seen) return registry;
    seen = stamp;
    registry = createRegistry(store.list(CRDS).flatMap(customResources));
    return registry;
  };
}
