/**
 * Annotations and volumes that Kubernetes ignores now, in kinds that still exist.
 *
 * Source: Kubernetes 1.34.4, `pkg/api/pod/warnings.go`, `pkg/api/persistentvolume/util.go`; for older ones,
 * the release notes.
 *
 * @module
 */

/** A field or annotation without effect. */
export interface WithoutEffect {
  /** First release in which it has no effect. */
  readonly since: string;
  /** Its fate; absent: `has no effect`. */
  readonly says?: string;
  /** Its replacement; absent when there is none. */
  readonly use?: string;
}

/** Annotations of pods and pod templates. */
export const POD_ANNOTATIONS: Readonly<Record<string, WithoutEffect>> = {
  "kubernetes.io/psp": { since: "1.25", use: "labels of Pod Security admission on the namespace" },
  "pod.alpha.kubernetes.io/init-containers": { since: "1.8", use: "spec.initContainers" },
  "pod.beta.kubernetes.io/init-containers": { since: "1.8", use: "spec.initContainers" },
  "pod.alpha.kubernetes.io/initialized": { since: "1.8" },
  "pod.beta.kubernetes.io/hostname": { since: "1.7", use: "spec.hostname" },
  "pod.beta.kubernetes.io/subdomain": { since: "1.7", use: "spec.subdomain" },
  "scheduler.alpha.kubernetes.io/affinity": { since: "1.6", use: "spec.affinity" },
  "scheduler.alpha.kubernetes.io/critical-pod": { since: "1.16", use: "spec.priorityClassName" },
  "scheduler.alpha.kubernetes.io/name": { since: "1.6", use: "spec.schedulerName" },
  "scheduler.alpha.kubernetes.io/tolerations": { since: "1.6", use: "spec.tolerations" },
  "security.alpha.kubernetes.io/sysctls": { since: "1.11", use: "spec.securityContext.sysctls" },
  "security.alpha.kubernetes.io/unsafe-sysctls": { since: "1.11", use: "spec.securityContext.sysctls" },
};

/** Annotations of services. */
export const SERVICE_ANNOTATIONS: Readonly<Record<string, WithoutEffect>> = {
  "service.alpha.kubernetes.io/tolerate-unready-endpoints": { since: "1.24", use: "spec.publishNotReadyAddresses" },
  "service.beta.kubernetes.io/external-traffic": { since: "1.8", use: "spec.externalTrafficPolicy" },
  "service.beta.kubernetes.io/healthcheck-nodeport": { since: "1.8", use: "spec.healthCheckNodePort" },
};

/** Annotations of namespaces. */
export const NAMESPACE_ANNOTATIONS: Readonly<Record<string, WithoutEffect>> = {
  "net.beta.kubernetes.io/network-policy": { since: "1.7", use: "a NetworkPolicy that selects all pods" },
};

/** Annotations of persistent volume claims and their templates. */
export const CLAIM_ANNOTATIONS: Readonly<Record<string, WithoutEffect>> = {
  "volume.alpha.kubernetes.io/storage-class": { since: "1.7", use: "spec.storageClassName" },
};

const NO_DRIVER = { says: "has no driver", use: "a CSI driver" };

/** Fields of volumes whose driver was removed from Kubernetes, or is disabled. */
export const VOLUMES: Readonly<Record<string, WithoutEffect>> = {
  photonPersistentDisk: { since: "1.16", ...NO_DRIVER },
  scaleIO: { since: "1.22", ...NO_DRIVER },
  flocker: { since: "1.25", ...NO_DRIVER },
  quobyte: { since: "1.25", ...NO_DRIVER },
  storageos: { since: "1.25", ...NO_DRIVER },
  glusterfs: { since: "1.26", ...NO_DRIVER },
  cephfs: { since: "1.31", ...NO_DRIVER },
  rbd: { since: "1.31", ...NO_DRIVER },
  gitRepo: { since: "1.33", says: "is disabled by default", use: "an init container that clones" },
};

/** Provisioners of storage classes, of the same drivers. */
export const PROVISIONERS: Readonly<Record<string, WithoutEffect>> = {
  "kubernetes.io/photon-pd": { since: "1.16", ...NO_DRIVER },
  "kubernetes.io/scaleio": { since: "1.22", ...NO_DRIVER },
  "kubernetes.io/flocker": { since: "1.25", ...NO_DRIVER },
  "kubernetes.io/quobyte": { since: "1.25", ...NO_DRIVER },
  "kubernetes.io/storageos": { since: "1.25", ...NO_DRIVER },
  "kubernetes.io/glusterfs": { since: "1.26", ...NO_DRIVER },
  "kubernetes.io/rbd": { since: "1.31", ...NO_DRIVER },
};
