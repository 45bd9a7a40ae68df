/**
 * One live object, by its API version, kind and name.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { KubeManifest, readObject, stringifyJson } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

/** Names an object. */
export interface LiveObjectName {
  /** Such as `apps/v1`. */
  readonly apiVersion: string;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  /** Of the object. */
  readonly name: string;
}

/**
 * Returns an object as the cluster has it; `undefined` when it does not exist.
 *
 * @throws SkegError of kind `kube` when the server does not have the kind, or refuses.
 */
export async function liveObject(env: Environment, object: LiveObjectName): Promise<KubeObject | undefined> {
  const { apiVersion, kind, namespace, name } = object;
  const metadata = { name, ...namespace === "" ? {} : { namespace } };
  const manifest = new KubeManifest(stringifyJson({ apiVersion, kind, metadata }));
  const [info] = await env.kube.resolve(namespace || "default", manifest, callOptions(env));
  if (info === undefined) return undefined;
  try {
    return await readObject(env.kube.cluster.transport, info, callOptions(env));
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return undefined;
    throw error;
  }
}
