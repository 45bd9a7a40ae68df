/**
 * The kinds that Tiller's client library knew as types. Changes of these kinds are sent as strategic merge
 * patches, those of all others as JSON merge patches.
 *
 * Source: Helm 2.17.0 is built with the client scheme of Kubernetes 1.16;
 * `release-pipeline.md` 8.7.
 *
 * @module
 */

/** Kinds by group version, separated by blanks. */
const KINDS: Readonly<Record<string, string>> = {
  "v1": "Pod PodTemplate ReplicationController Service Endpoints Node Binding Event LimitRange ResourceQuota " +
    "Namespace Secret ServiceAccount PersistentVolume PersistentVolumeClaim ConfigMap ComponentStatus",
  "apps/v1": "Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision",
  "apps/v1beta2": "Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision Scale",
  "apps/v1beta1": "Deployment StatefulSet ControllerRevision Scale",
  "extensions/v1beta1": "Deployment DaemonSet ReplicaSet Ingress NetworkPolicy PodSecurityPolicy Scale",
  "batch/v1": "Job",
  "batch/v1beta1": "CronJob JobTemplate",
  "batch/v2alpha1": "CronJob JobTemplate",
  "autoscaling/v1": "HorizontalPodAutoscaler Scale",
  "autoscaling/v2beta1": "HorizontalPodAutoscaler",
  "autoscaling/v2beta2": "HorizontalPodAutoscaler",
  "policy/v1beta1": "PodDisruptionBudget PodSecurityPolicy Eviction",
  "networking.k8s.io/v1": "NetworkPolicy",
  "networking.k8s.io/v1beta1": "Ingress",
  "rbac.authorization.k8s.io/v1": "Role RoleBinding ClusterRole ClusterRoleBinding",
  "rbac.authorization.k8s.io/v1beta1": "Role RoleBinding ClusterRole ClusterRoleBinding",
  "rbac.authorization.k8s.io/v1alpha1": "Role RoleBinding ClusterRole ClusterRoleBinding",
  "storage.k8s.io/v1": "StorageClass VolumeAttachment",
  "storage.k8s.io/v1beta1": "StorageClass VolumeAttachment CSIDriver CSINode",
  "storage.k8s.io/v1alpha1": "VolumeAttachment",
  "scheduling.k8s.io/v1": "PriorityClass",
  "scheduling.k8s.io/v1beta1": "PriorityClass",
  "scheduling.k8s.io/v1alpha1": "PriorityClass",
  "admissionregistration.k8s.io/v1": "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
  "admissionregistration.k8s.io/v1beta1": "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
  "certificates.k8s.io/v1beta1": "CertificateSigningRequest",
  "coordination.k8s.io/v1": "Lease",
  "coordination.k8s.io/v1beta1": "Lease",
  "discovery.k8s.io/v1alpha1": "EndpointSlice",
  "events.k8s.io/v1beta1": "Event",
  "node.k8s.io/v1alpha1": "RuntimeClass",
  "node.k8s.io/v1beta1": "RuntimeClass",
  "settings.k8s.io/v1alpha1": "PodPreset",
  "auditregistration.k8s.io/v1alpha1": "AuditSink",
  "authentication.k8s.io/v1": "TokenReview TokenRequest",
  "authentication.k8s.io/v1beta1": "TokenReview",
  "authorization.k8s.io/v1":
    "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
  "authorization.k8s.io/v1beta1":
    "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
};

/**
 * True if Tiller's client library had a type for the kind. CustomResourceDefinitions do not count: they were
 * merged as JSON.
 */
export function wasTyped(groupVersion: string, kind: string): boolean {
  return Object.hasOwn(KINDS, groupVersion) && (KINDS[groupVersion] ?? "").split(" ").includes(kind);
}
