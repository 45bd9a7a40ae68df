/** The documents of a stored manifest whose API version has an end. */
import type { Release } from "../../model/mod.ts";
import { isObject, type KubeDocument, KubeManifest, type KubeObject, stringifyJson } from "../../kube/mod.ts";
import { itemsOf, removedIn } from "../../kube/served/mod.ts";

/**
 * Returns these documents, those of hooks included, with kind and name alone, as text of a manifest. It is small, where the
 * manifest may be large.
 */
export function endingApis({ manifest, hooks }: Pick<Release, "manifest" | "hooks">): string {
  const texts = [manifest, ...hooks.map((hook) => hook.manifest)];
  return texts.flatMap((text) => new KubeManifest(text).documents.flatMap(identities)).join("\n---\n");
}

function identities(document: KubeDocument): string[] {
  try {
    const { data } = document;
    return isObject(data) ? objectsIn(data as KubeObject).flatMap(identity) : [];
  } catch {
    return []; // another check reports a manifest that is not YAML
  }
}

function objectsIn(object: KubeObject): KubeObject[] {
  const items = itemsOf(object);
  return items === undefined ? [object] : items.flatMap((item) => isObject(item) ? objectsIn(item as KubeObject) : []);
}

function identity({ apiVersion, kind, metadata }: KubeObject): string[] {
  if (typeof apiVersion !== "string" || typeof kind !== "string") return [];
  if (removedIn(apiVersion, kind)?.removed === undefined) return [];
  return [stringifyJson({ apiVersion, kind, metadata: { name: metadata?.name ?? "" } })];
}
