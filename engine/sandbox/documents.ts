/**
 * Discovery documents: `/api`, `/apis` and the paths below them, plain and aggregated.
 *
 * Source: `apiserver/pkg/endpoints/discovery` and `discovery/aggregated`.
 *
 * @module
 */
import type { Group, Registry, Resource, Subresource } from "./registry.ts";
import type { Json } from "./json.ts";

/**
 * The answer of `/version`. It names the Kubernetes version that `schema_data.ts` and
 * `discovery_data.ts` were generated from; change them together.
 */
export const VERSION = {
  major: "1",
  minor: "34",
  emulationMajor: "1",
  emulationMinor: "34",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "33",
  gitVersion: "v1.34.4",
  gitCommit: "0000000000000000000000000000000000000000",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "go1.24.0",
  compiler: "gc",
  platform: "linux/amd64",
};

/** The media type of aggregated discovery, by version. */
export const AGGREGATED = /application\/json;g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/;

function groupVersion(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Returns the document of `/api`. */
export function coreVersions(host: string): Json {
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: host }],
  };
}

function groupFields(group: Group): Json {
  const versions = group.versions.map((version) => ({ groupVersion: groupVersion(group.name, version), version }));
  return { name: group.name, versions, preferredVersion: versions[0] };
}

/** Returns the document of `/apis`. */
export function groupList(registry: Registry): Json {
  return { kind: "APIGroupList", apiVersion: "v1", groups: registry.groups().map(groupFields) };
}

/** Returns the document of `/apis/GROUP`; `undefined` for an unknown group. */
export function groupDocument(registry: Registry, name: string): Json | undefined {
  const group = registry.groups().find((g) => g.name === name);
  return group === undefined ? undefined : { kind: "APIGroup", apiVersion: "v1", ...groupFields(group) };
}

function subresourceEntry(resource: Resource, sub: Subresource): Json {
  // Group and version are named only where they differ from the list's, such as `scale` in
  // `autoscaling/v1`.
  const own = sub.group === resource.group && sub.version === resource.version;
  return {
    name: `${resource.plural}/${sub.name}`,
    singularName: "",
    namespaced: resource.namespaced,
    ...(own ? {} : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs,
  };
}

function resourceEntries(resource: Resource): Json[] {
  const entries: Json[] = [];
  // An empty kind marks a path that has subresources only.
  if (resource.kind !== "") {
    entries.push({
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.short.length > 0 ? { shortNames: resource.short } : {}),
      ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
      ...(resource.hash === "" ? {} : { storageVersionHash: resource.hash }),
    });
  }
  return [...entries, ...resource.subresources.map((sub) => subresourceEntry(resource, sub))];
}

/** Returns the document of `/api/v1` or `/apis/GROUP/VERSION`; `undefined` when nothing is served there. */
export function resourceList(registry: Registry, group: string, version: string): Json | undefined {
  const resources = registry.resources(group, version);
  if (resources.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    // The list of the core group has no apiVersion. It looks like an omission, and is what the
    // server sends.
    ...(group === "" ? {} : { apiVersion: "v1" }),
    groupVersion: groupVersion(group, version),
    resources: resources.flatMap(resourceEntries),
  };
}

function aggregatedResource(resource: Resource): Json {
  return {
    resource: resource.plural,
    // Group and version stay empty where they are the list's.
    ...(resource.kind === "" ? {} : { responseKind: { group: "", version: "", kind: resource.kind } }),
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.short.length > 0 ? { shortNames: resource.short } : {}),
    ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    ...(resource.subresources.length > 0
      ? {
        subresources: resource.subresources.map((sub) => ({
          subresource: sub.name,
          responseKind: sub.group === resource.group && sub.version === resource.version
            ? { group: "", version: "", kind: sub.kind }
            : { group: sub.group, version: sub.version, kind: sub.kind },
          verbs: sub.verbs,
        })),
      }
      : {}),
  };
}

function aggregatedGroup(registry: Registry, group: Group): Json {
  return {
    metadata: group.name === "" ? {} : { name: group.name },
    versions: group.versions.map((version) => ({
      version,
      resources: registry.resources(group.name, version).map(aggregatedResource),
      // Nothing here is served by another API server, whose document could be out of date.
      freshness: "Current",
    })),
  };
}

/** Returns the document of `/api` or `/apis` in the aggregated form. */
export function aggregated(registry: Registry, core: boolean, version: string): Json {
  const groups = core ? [{ name: "", versions: ["v1"] }] : registry.groups();
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => aggregatedGroup(registry, group)),
  };
}
