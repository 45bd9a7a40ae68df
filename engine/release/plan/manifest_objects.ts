/**
 * The objects of a manifest, with their identities and the templates that made them.
 *
 * @module
 */
import {
  decodeDocument,
  isObject,
  isSameKind,
  type JsonObject,
  KubeManifest,
  type KubeObject,
} from "../../kube/mod.ts";
import type { ObjectId } from "../../kube/explain/mod.ts";

/** One object of a manifest. */
export interface ManifestObject {
  /** Its identity; the namespace is filled in. */
  readonly id: ObjectId;
  /** Its data. */
  readonly object: KubeObject;
  /** Full template path; empty if the manifest does not say. */
  readonly path: string;
  /** True for a hook. */
  readonly isHook?: boolean;
  /** The identity that another release's object would have. */
  readonly alias?: ObjectId;
}

/** Kinds of Kubernetes without a namespace. Of other kinds only a server knows. */
const CLUSTER_KINDS: ReadonlySet<string> = new Set([
  "Namespace",
  "Node",
  "PersistentVolume",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "APIService",
  "StorageClass",
  "PriorityClass",
  "IngressClass",
  "RuntimeClass",
  "CSIDriver",
  "CSINode",
  "VolumeAttachment",
  "PodSecurityPolicy",
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "CertificateSigningRequest",
]);

/** Returns the objects of a manifest in its order; lists are expanded, and documents that cannot be read are skipped. */
export function manifestObjects(manifest: string | KubeManifest, namespace: string): ManifestObject[] {
  const { documents } = typeof manifest === "string" ? new KubeManifest(manifest) : manifest;
  return documents.flatMap((document) => {
    const [, path = ""] = /^# Source: (.*)$/m.exec(document.text) ?? [];
    return madeFrom(() => document.data, path, namespace);
  });
}

/** Returns the objects of one document. */
export function documentObjects(text: string, path: string, namespace: string): ManifestObject[] {
  return madeFrom(() => decodeDocument(text), path, namespace);
}

function madeFrom(read: () => unknown, path: string, namespace: string): ManifestObject[] {
  try {
    return objectsIn(read()).map((object) => ({ id: idOf(object, namespace), object, path }));
  } catch {
    return [];
  }
}

function objectsIn(data: unknown): KubeObject[] {
  if (!isObject(data) || typeof data.kind !== "string") return [];
  return Array.isArray(data.items) && data.kind.endsWith("List") ? data.items.flatMap(objectsIn) : [data as KubeObject];
}

/** Returns the identity of an object. */
export function idOf(object: KubeObject, namespace: string): ObjectId {
  const metadata: JsonObject = isObject(object.metadata) ? object.metadata : {};
  const { apiVersion = "", kind = "" } = object;
  const given = typeof metadata.namespace === "string" ? metadata.namespace : "";
  return {
    group: apiVersion.includes("/") ? apiVersion.split("/", 1)[0] ?? "" : "",
    kind,
    namespace: CLUSTER_KINDS.has(kind) ? "" : given || namespace,
    name: typeof metadata.name === "string" ? metadata.name : "",
  };
}

const nameKey = ({ kind, namespace, name }: ObjectId): string => `${kind}/${namespace}/${name}`;

/** Returns a function that finds the same object; kinds of Kubernetes may have moved to another group. */
export function finderOf(objects: readonly ManifestObject[]): (id: ObjectId) => ManifestObject | undefined {
  const byName = Map.groupBy(objects, ({ id, alias }) => nameKey(alias ?? id));
  return (id) => {
    const same = byName.get(nameKey(id)) ?? [];
    return same.find((one) => one.id.group === id.group) ?? same.find((one) => isSameKind(one.id.group, id.group));
  };
}
