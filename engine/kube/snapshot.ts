/**
 * One reading of a server's discovery, for reports about many manifests: a kind that is missing is not asked for again.
 *
 * @module
 */
import { createDiscovery, type Discovered, type Discovery } from "./discovery.ts";
import type { KubeManifest } from "./manifest.ts";
import { findRemoved, mapRemoved } from "./removed.ts";
import { resolveObjects } from "./resolve.ts";
import type { ApiResource, Cluster, KubeCallOptions, MappedManifest, RemovedDocument, ResourceInfo } from "./types.ts";

/** Resolves manifests by one reading of a server's discovery. */
export class DiscoverySnapshot {
  /** The reading. */
  readonly discovered: Discovered;
  readonly #discovery: Discovery;
  readonly #cluster: Cluster;

  /** Keeps the reading; {@linkcode DiscoverySnapshot.read} makes one. */
  constructor(cluster: Cluster, discovered: Discovered) {
    this.#cluster = cluster;
    this.discovered = discovered;
    this.#discovery = { get: () => Promise.resolve(discovered), refresh: () => Promise.resolve(discovered) };
  }

  /** Reads the discovery of a server. */
  static async read(cluster: Cluster, options: KubeCallOptions = {}): Promise<DiscoverySnapshot> {
    const discovery = createDiscovery(cluster.transport, cluster.discoveryCache);
    return new DiscoverySnapshot(cluster, await discovery.get(options));
  }

  /** True if the server has this API version of this kind. */
  readonly isServed = (apiVersion: string, kind: string): boolean =>
    this.discovered.apiVersions.has(`${apiVersion}/${kind}`);

  /** Returns the resource of a kind in a group at the version that the server prefers; `undefined` without one. */
  resourceOf(group: string, kind: string): ApiResource | undefined {
    for (const version of this.discovered.versions.get(group) ?? []) {
      const found = this.discovered.resources.get(`${group === "" ? "" : `${group}/`}${version}/${kind}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Returns each resource of the server once, at the version that the server prefers. */
  resources(): ApiResource[] {
    const found = new Map<string, ApiResource>();
    for (const [group, versions] of this.discovered.versions) {
      for (const version of versions) {
        for (const resource of this.discovered.resources.values()) {
          if (resource.group !== group || resource.version !== version) continue;
          const key = `${group}/${resource.plural}`;
          if (!found.has(key)) found.set(key, resource);
        }
      }
    }
    return [...found.values()];
  }

  /**
   * Returns a stored manifest with API versions that the server has, as the old side of a patch. Documents whose kind has
   * no successor are left out. Reads live objects on which a mapping depends.
   *
   * @throws KubeError if a kind belongs to a group version that the server could not list.
   */
  async mapStored(namespace: string, manifest: KubeManifest, options: KubeCallOptions = {}): Promise<MappedManifest> {
    const { transport } = this.#cluster;
    const requests = [{ manifest, use: "original" }] as const;
    const more = { ...options, skipRemoved: true };
    const [mapped] = await mapRemoved(this.#discovery, transport, namespace, requests, more);
    return mapped ?? { manifest, documents: [] };
  }

  /**
   * Finds the resource of each object of a manifest. Documents that cannot be read, and kinds that the server does not
   * have, are left out. Sends no request.
   *
   * @param namespace For objects that name none.
   */
  locate(namespace: string, manifest: KubeManifest): Promise<ResourceInfo[]> {
    return resolveObjects(this.#discovery, namespace, manifest, { skipUnresolved: true });
  }

  /** Returns the documents whose API version the server no longer has. Sends no request. */
  findRemoved(manifest: KubeManifest): Promise<RemovedDocument[]> {
    return findRemoved(this.#discovery, [manifest]);
  }
}
