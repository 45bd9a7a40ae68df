/**
 * Discovery of the server's kinds and paths, and of the names that charts see in `.Capabilities.APIVersions`.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_server.go` (GetVersionSet);
 * `release-pipeline.md` 2.4 and 8.2.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { checkAnswer } from "./answers.ts";
import { call, parseAnswer, send } from "./call.ts";
import type { DiscoveryCache } from "./discovery_cache.ts";
import type { WantedKind } from "./entries.ts";
import { asList, asObject, asText, type JsonObject, parseJson } from "./json.ts";
import { groupVersion, versionPath } from "./paths.ts";
import type { ApiResource, KubeCallOptions, KubeRequest, Transport } from "./types.ts";

/** One reading of the server's discovery. */
export interface Discovered {
  /** `v1`, `apps/v1` and `apps/v1/Deployment` alike, subresource kinds included. */
  readonly apiVersions: ReadonlySet<string>;
  /** Resources by `groupVersion/Kind`. */
  readonly resources: ReadonlyMap<string, ApiResource>;
  /** Versions of each group, the server's preferred one first. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
  /** Group versions that the server lists without their kinds, such as those of an aggregated server that is down. */
  readonly failed: ReadonlySet<string>;
}

/** Discovery that is read once and kept, until a kind is missing. */
export interface Discovery {
  /** Returns the discovery; reads it from the server the first time. */
  get(options?: KubeCallOptions): Promise<Discovered>;
  /** Reads it from the server again. */
  refresh(options?: KubeCallOptions): Promise<Discovered>;
}

/** One version of one group, before it is sorted into {@linkcode Discovered}. */
interface VersionEntry {
  readonly group: string;
  readonly version: string;
  /** Kinds as listed; an entry without `plural` only adds a name to `apiVersions`. */
  readonly kinds: readonly { kind: string; plural?: string; namespaced?: boolean }[];
  /**
   * True if the server could not list its kinds. As in Helm 2, an aggregated API that is down is left out
   * without an error.
   */
  readonly failed?: boolean;
}

const AGGREGATED = ["v2", "v2beta1"]
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat("application/json")
  .join(",");

/** Returns a reader of `transport`'s discovery that caches the result. */
export function createDiscovery(transport: Transport, cache?: DiscoveryCache): Discovery {
  let known: Promise<Discovered> | undefined;
  const refresh = (options: KubeCallOptions = {}): Promise<Discovered> => {
    const reading = readDiscovery(transport, cache, options.signal);
    known = reading;
    // A failed reading is not kept: the next caller asks again.
    reading.catch(() => {
      if (known === reading) known = undefined;
    });
    return reading;
  };
  return { refresh, get: (options = {}) => known ?? refresh(options) };
}

async function readDiscovery(
  transport: Transport,
  cache: DiscoveryCache | undefined,
  signal: AbortSignal | undefined,
): Promise<Discovered> {
  const ask = (path: string): Promise<JsonObject> =>
    askOnce(transport, cache, { method: "GET", path, accept: AGGREGATED, signal });
  const [core, groups] = await Promise.all([ask("/api"), ask("/apis")]);
  if (!isAggregated(core)) checkAnswer({ method: "GET", path: "/api" }, core, { object: "APIVersions" });
  if (!isAggregated(groups)) checkAnswer({ method: "GET", path: "/apis" }, groups, { object: "APIGroupList" });
  const entries = await Promise.all([
    isAggregated(core) ? aggregatedEntries(core) : classicCore(transport, core, signal),
    isAggregated(groups) ? aggregatedEntries(groups) : classicGroups(transport, groups, signal),
  ]);
  return sortIn(entries.flat());
}

/** Returns the answer to a request: the cached one if the server confirms it, else a new one, which is cached. */
async function askOnce(
  transport: Transport,
  cache: DiscoveryCache | undefined,
  request: KubeRequest,
): Promise<JsonObject> {
  const kept = await cache?.read(request.path);
  const known = kept === undefined ? undefined : aggregatedIn(kept.text);
  const response = await send(transport, { ...request, ifNoneMatch: known === undefined ? undefined : kept?.etag });
  if (response.status === 304 && known !== undefined) return known;
  const text = await response.text();
  const body = parseAnswer(request, text);
  const etag = response.headers.get("etag");
  // The classic form lists groups only; their kinds are requested one by one.
  if (etag !== null && isAggregated(body)) await cache?.write(request.path, { etag, text });
  return body;
}

/** Parses the aggregated form; `undefined` for other text. */
function aggregatedIn(text: string): JsonObject | undefined {
  try {
    const body = asObject(parseJson(text));
    return isAggregated(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isAggregated(body: JsonObject): boolean {
  return body.kind === "APIGroupDiscoveryList";
}

function aggregatedEntries(body: JsonObject): VersionEntry[] {
  return asList(body.items).map(asObject).flatMap((group) =>
    asList(group.versions).map(asObject).map((version) => ({
      group: asText(asObject(group.metadata).name),
      version: asText(version.version),
      kinds: asList(version.resources).map(asObject).flatMap(aggregatedKinds),
      // `Stale` marks an aggregated server that does not answer.
      failed: version.freshness === "Stale",
    }))
  );
}

function aggregatedKinds(resource: JsonObject): { kind: string; plural?: string; namespaced?: boolean }[] {
  const kind = asText(asObject(resource.responseKind).kind);
  const subresources = asList(resource.subresources)
    .map((item) => asText(asObject(asObject(item).responseKind).kind))
    .filter((name) => name !== "")
    .map((name) => ({ kind: name }));
  if (kind === "") return subresources;
  return [{ kind, plural: asText(resource.resource), namespaced: resource.scope === "Namespaced" }, ...subresources];
}

function classicCore(
  transport: Transport,
  body: JsonObject,
  signal: AbortSignal | undefined,
): Promise<VersionEntry[]> {
  return classicEntries(transport, asList(body.versions).map((version) => ["", asText(version)]), signal);
}

function classicGroups(
  transport: Transport,
  body: JsonObject,
  signal: AbortSignal | undefined,
): Promise<VersionEntry[]> {
  const wanted = asList(body.groups).map(asObject).flatMap((group): [string, string][] => {
    const versions = asList(group.versions).map((version) => asText(asObject(version).version));
    const preferred = asText(asObject(group.preferredVersion).version);
    const ordered = versions.includes(preferred) ? [preferred, ...versions.filter((v) => v !== preferred)] : versions;
    return ordered.map((version) => [asText(group.name), version]);
  });
  return classicEntries(transport, wanted, signal);
}

function classicEntries(
  transport: Transport,
  wanted: readonly (readonly [group: string, version: string])[],
  signal: AbortSignal | undefined,
): Promise<VersionEntry[]> {
  return Promise.all(wanted.map(async ([group, version]) => {
    try {
      const list = await call(transport, { method: "GET", path: versionPath(group, version), signal, mayBeDown: true });
      return { group, version, kinds: asList(list.resources).map(asObject).map(classicKind) };
    } catch (error) {
      if (error instanceof SkegError && error.kind === "aborted") throw error;
      return { group, version, kinds: [], failed: true };
    }
  }));
}

function classicKind(resource: JsonObject): { kind: string; plural?: string; namespaced?: boolean } {
  const name = asText(resource.name);
  const kind = asText(resource.kind);
  return name.includes("/") ? { kind } : { kind, plural: name, namespaced: resource.namespaced === true };
}

function sortIn(entries: readonly VersionEntry[]): Discovered {
  const apiVersions = new Set<string>();
  const resources = new Map<string, ApiResource>();
  const versions = new Map<string, string[]>();
  const failed = new Set<string>();
  for (const { group, version, kinds, failed: isHole } of entries) {
    const prefix = groupVersion(group, version);
    if (isHole) {
      failed.add(prefix);
      continue;
    }
    apiVersions.add(prefix);
    const known = versions.get(group);
    if (known === undefined) versions.set(group, [version]);
    else known.push(version);
    for (const { kind, plural, namespaced } of kinds) {
      const key = `${prefix}/${kind}`;
      apiVersions.add(key);
      if (plural === undefined || resources.has(key)) continue;
      resources.set(key, { group, version, kind, plural, namespaced: namespaced ?? false });
    }
  }
  return { apiVersions, resources, versions, failed };
}

/**
 * Finds a kind; `undefined` when it is not served.
 *
 * Like the Kubernetes client libraries, accepts a kind in lower case too, and `KindList` and `List` of any
 * known version. Without a version, uses the group's preferred one.
 */
export function findResource(known: Discovered, { group, version, kind }: WantedKind): ApiResource | undefined {
  const candidates = version === "" ? known.versions.get(group) ?? [] : [version];
  for (const candidate of candidates) {
    const prefix = groupVersion(group, candidate);
    const found = known.resources.get(`${prefix}/${kind}`) ?? lowerCased(known, prefix, kind);
    if (found !== undefined) return found;
    if (kind === "List" && known.apiVersions.has(prefix)) return listResource(group, candidate, kind, false);
    const single = known.resources.get(`${prefix}/${kind.replace(/List$/, "")}`);
    if (kind.endsWith("List") && single !== undefined) {
      return listResource(group, candidate, kind, single.namespaced);
    }
  }
  return undefined;
}

function listResource(group: string, version: string, kind: string, namespaced: boolean): ApiResource {
  return { group, version, kind, plural: `${kind.toLowerCase()}s`, namespaced };
}

function lowerCased(known: Discovered, prefix: string, kind: string): ApiResource | undefined {
  if (kind !== kind.toLowerCase() || kind === "") return undefined;
  for (const [key, resource] of known.resources) {
    if (key.toLowerCase() === `${prefix}/${kind}` && key.startsWith(`${prefix}/`)) return { ...resource, kind };
  }
  return undefined;
}
