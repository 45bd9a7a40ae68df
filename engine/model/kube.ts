/**
 * Kubernetes objects as plain data.
 *
 * @module
 */

/** `metadata` of an object, as far as anything here looks at it. */
export interface ObjectMeta {
  /** Unique within kind and namespace. */
  name?: string;
  /** Beginning of a name that the server makes up. */
  generateName?: string;
  /** Empty for cluster-scoped objects. */
  namespace?: string;
  /** Unique for ever. */
  uid?: string;
  /** Changes with every write. */
  resourceVersion?: string;
  /** Changes with every write of the wish. */
  generation?: number;
  /** Such as `2020-10-19T10:00:00Z`. */
  creationTimestamp?: string;
  /** When it is to be gone. */
  deletionTimestamp?: string;
  /** How long it may take to go. */
  deletionGracePeriodSeconds?: number;
  /** What selectors look at. */
  labels?: Record<string, string>;
  /** What tools keep. */
  annotations?: Record<string, string>;
  /** Who has to let go first. */
  finalizers?: string[];
  /** Whose end is its end. */
  ownerReferences?: {
    apiVersion: string;
    kind: string;
    name: string;
    uid: string;
    controller?: boolean;
    blockOwnerDeletion?: boolean;
  }[];
  /** Whatever else the server gives. */
  [field: string]: unknown;
}

/** A parsed object: JSON data as the API server takes and gives it. */
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
