/**
 * Finds the resources of objects whose kinds may not exist yet.
 *
 * @module
 */
import type { Hook } from "../../model/mod.ts";
import {
  type ApiResource,
  isObject,
  type JsonObject,
  KubeManifest,
  type ManifestEntry,
  type ResourceInfo,
  UnknownKindError,
} from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

/** Resources by group and kind. */
export type DefinedKinds = ReadonlyMap<string, ApiResource>;

/** Returns the kinds that CustomResourceDefinitions in the given texts define. */
export function definedKinds(manifests: readonly KubeManifest[], hooks: readonly Hook[]): DefinedKinds {
  const all = [...manifests, ...hooks.map((hook) => new KubeManifest(hook.manifest))];
  const found = new Map<string, ApiResource>();
  for (const entry of all.flatMap((manifest) => manifest.documents.map((document) => document.entry))) {
    if (!isEntry(entry) || entry.wanted.kind !== "CustomResourceDefinition") continue;
    const { group, names, scope } = objectIn(entry.object.spec);
    const { kind, plural } = objectIn(names);
    if (typeof group !== "string" || typeof kind !== "string" || typeof plural !== "string") continue;
    found.set(`${group}/${kind}`, { group, version: "", kind, plural, namespaced: scope !== "Cluster" });
  }
  return found;
}

/**
 * Returns the objects of a manifest with their resources, also those of kinds that the operation itself defines first.
 *
 * @throws UnknownKindError for a kind that neither the server nor a definition has.
 */
export async function resolveSoon(
  env: Environment,
  namespace: string,
  manifest: KubeManifest,
  defined: DefinedKinds,
): Promise<readonly ResourceInfo[]> {
  const options = callOptions(env);
  try {
    return await env.kube.resolve(namespace, manifest, options);
  } catch (error) {
    if (!hasUnknownKind(error) || defined.size === 0) throw error;
  }
  const found: ResourceInfo[] = [];
  for (const { text, entry } of manifest.documents) {
    const resource = isEntry(entry) ? defined.get(`${entry.wanted.group}/${entry.wanted.kind}`) : undefined;
    if (resource === undefined || !isEntry(entry)) {
      found.push(...await env.kube.resolve(namespace, new KubeManifest(text), options));
      continue;
    }
    const { name, namespace: own } = objectIn(entry.object.metadata);
    found.push({
      resource: { ...resource, version: entry.wanted.version },
      name: typeof name === "string" ? name : "",
      namespace: !resource.namespaced ? "" : typeof own === "string" && own !== "" ? own : namespace,
      object: entry.object,
    });
  }
  return found;
}

/** True if the error, or a cause of it, is about an unknown kind. Several problems have the first as their cause. */
function hasUnknownKind(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof UnknownKindError) return true;
  return false;
}

function isEntry(entry: unknown): entry is ManifestEntry {
  return isObject(entry) && isObject(entry.wanted);
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
