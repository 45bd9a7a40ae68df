/** Tells from metadata alone if another client than a release's may have changed an object. */
import type { ObjectMeta } from "../../model/mod.ts";
import { isObject, type JsonObject } from "../../kube/mod.ts";
import { isReleaseManager } from "../ownership.ts";

/** Annotations that Kubernetes' own controllers write. */
const OWN_ANNOTATIONS = /^f:([^/]+\.)?(kubernetes|k8s)\.io\//;

/**
 * True unless `managedFields` show that only programs that manage releases wrote more than status, owners, finalizers and
 * Kubernetes' own annotations. Servers before 1.18 keep no such fields, so nothing is known of their objects.
 */
export function mayBeChanged({ managedFields }: ObjectMeta): boolean {
  if (!Array.isArray(managedFields) || managedFields.length === 0) return true;
  const entries = managedFields.filter(isObject);
  const others = entries.filter(({ manager }) => !isReleaseManager(String(manager ?? "")));
  // Of an object that is older than the fields, the first entry stands for everything before.
  const isWhole = entries.some((entry) => !others.includes(entry));
  return !isWhole || others.some(({ subresource, fieldsV1 }) => subresource !== "status" && writesContent(fieldsV1));
}

function writesContent(fields: unknown): boolean {
  const { "f:status": _, "f:metadata": metadata, ...content } = isObject(fields) ? fields : {} as JsonObject;
  if (Object.keys(content).length > 0) return true;
  const { "f:labels": labels, "f:annotations": annotations } = isObject(metadata) ? metadata : {} as JsonObject;
  const names = isObject(annotations) ? Object.keys(annotations).filter((name) => name !== ".") : [];
  return labels !== undefined || names.some((name) => !OWN_ANNOTATIONS.test(name));
}
