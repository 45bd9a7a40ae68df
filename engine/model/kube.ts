/**
 * Kubernetes objects as plain data.
 *
 * @module
 */

/** `metadata` of an object: the fields that skeg reads. */
export interface ObjectMeta {
  /** Unique within kind and namespace. */
  name?: string;
  /** Prefix of a name that the server generates. */
  generateName?: string;
  /** Empty for cluster-scoped objects. */
  namespace?: string;
  /** Identifies this object; never used again for another. */
  uid?: string;
  /** Changed by the server with every write. */
  resourceVersion?: string;
  /** Incremented when the spec changes. */
  generation?: number;
  /** Such as `2020-10-19T10:00:00Z`. */
  creationTimestamp?: string;
  /** Set by the server once deletion was requested: the time after which the object may be removed. */
  deletionTimestamp?: string;
  /** Seconds that a graceful deletion may take. */
  deletionGracePeriodSeconds?: number;
  /** Labels, which selectors match. */
  labels?: Record<string, string>;
  /** Annotations: data of tools, which selectors do not match. */
  annotations?: Record<string, string>;
  /** Controllers that must finish cleanup before deletion. */
  finalizers?: string[];
  /** Owners; the object is garbage-collected when they are gone. */
  ownerReferences?: {
    apiVersion: string;
    kind: string;
    name: string;
    uid: string;
    controller?: boolean;
    blockOwnerDeletion?: boolean;
  }[];
  /** Other fields that the server sends. */
  [field: string]: unknown;
}

/** A parsed object: JSON data as the API server accepts and returns it. */
export interface KubeObject {
  /** Group and version, such as `apps/v1`. */
  apiVersion?: string;
  /** Such as `Deployment`. */
  kind?: string;
  /** Name, namespace, labels and so on. */
  metadata?: ObjectMeta;
  /** `spec`, `status`, `data` and the like. */
  [field: string]: unknown;
}
