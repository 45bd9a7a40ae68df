/**
 * A repair's read-only view of the cluster: its API versions, and live objects.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { call, isNotFound, KubeManifest, objectPath } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

/** The cluster, for reading. */
export interface ClusterView {
  /** True if the server has this API version of this kind. */
  readonly isServed: (apiVersion: string, kind: string) => boolean;
  /** True if the server has this API version for any kind. */
  readonly servesVersion: (apiVersion: string) => boolean;
  /**
   * Reads an object at a version that the server has; `undefined` when there is none.
   *
   * @param namespace For an object that names none.
   */
  readonly readLive: (namespace: string, object: KubeObject) => Promise<KubeObject | undefined>;
}

/** Reads the API versions of the server. */
export async function clusterView(env: Environment): Promise<ClusterView> {
  const { kube } = env;
  const options = callOptions(env);
  const { apiVersions } = await kube.capabilities(options);
  return {
    isServed: (apiVersion, kind) => apiVersions.has(`${apiVersion}/${kind}`),
    servesVersion: (apiVersion) => apiVersions.has(apiVersion),
    async readLive(namespace, { apiVersion, kind, metadata }) {
      const identity = { apiVersion, kind, metadata: { name: metadata?.name, namespace: metadata?.namespace } };
      const [info] = await kube.resolve(namespace, new KubeManifest(JSON.stringify(identity)), options);
      if (info === undefined || info.name === "") return undefined;
      const path = objectPath(info.resource, info.namespace, info.name);
      try {
        return await call(kube.cluster.transport, { method: "GET", path, signal: options.signal }) as KubeObject;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
  };
}
