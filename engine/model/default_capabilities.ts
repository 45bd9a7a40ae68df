/**
 * The capabilities that charts see without a cluster: Kubernetes 1.14.
 *
 * `template` and `lint` render with it, and so does a release when a cluster
 * names no kinds at all.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/capabilities.go`.
 *
 * @module
 */
import { type Capabilities, type KubeVersion, TILLER_VERSION } from "./capabilities.ts";

/** The version of Kubernetes that charts see without a cluster. */
export const DEFAULT_KUBE_VERSION: KubeVersion = {
  major: "1",
  minor: "14",
  gitVersion: "v1.14.0",
  gitCommit: "",
  gitTreeState: "",
  buildDate: "",
  goVersion: "go1.14.15",
  compiler: "gc",
  platform: "linux/amd64",
};

/** Kinds that every group version has. */
const COMMON = "CreateOptions DeleteOptions ExportOptions GetOptions ListOptions PatchOptions UpdateOptions WatchEvent";

/** Kinds by group version; a `+` means the kind and its list. */
const KINDS: Readonly<Record<string, string>> = {
  "admissionregistration.k8s.io/v1beta1": "MutatingWebhookConfiguration+ ValidatingWebhookConfiguration+",
  "apps/v1": "ControllerRevision+ DaemonSet+ Deployment+ ReplicaSet+ StatefulSet+",
  "apps/v1beta1": "ControllerRevision+ Deployment+ DeploymentRollback Scale StatefulSet+",
  "apps/v1beta2": "ControllerRevision+ DaemonSet+ Deployment+ ReplicaSet+ Scale StatefulSet+",
  "auditregistration.k8s.io/v1alpha1": "AuditSink+",
  "authentication.k8s.io/v1": "TokenRequest TokenReview",
  "authentication.k8s.io/v1beta1": "TokenReview",
  "authorization.k8s.io/v1": "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview " +
    "SubjectAccessReview",
  "authorization.k8s.io/v1beta1": "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview " +
    "SubjectAccessReview",
  "autoscaling/v1": "HorizontalPodAutoscaler+ Scale",
  "autoscaling/v2beta1": "HorizontalPodAutoscaler+",
  "autoscaling/v2beta2": "HorizontalPodAutoscaler+",
  "batch/v1": "Job+",
  "batch/v1beta1": "CronJob+ JobTemplate",
  "batch/v2alpha1": "CronJob+ JobTemplate",
  "certificates.k8s.io/v1beta1": "CertificateSigningRequest+",
  "coordination.k8s.io/v1": "Lease+",
  "coordination.k8s.io/v1beta1": "Lease+",
  "events.k8s.io/v1beta1": "Event+",
  "extensions/v1beta1": "DaemonSet+ Deployment+ DeploymentRollback Ingress+ NetworkPolicy+ PodSecurityPolicy+ " +
    "ReplicaSet+ ReplicationControllerDummy Scale",
  "networking.k8s.io/v1": "NetworkPolicy+",
  "networking.k8s.io/v1beta1": "Ingress+",
  "node.k8s.io/v1alpha1": "RuntimeClass+",
  "node.k8s.io/v1beta1": "RuntimeClass+",
  "policy/v1beta1": "Eviction PodDisruptionBudget+ PodSecurityPolicy+",
  "rbac.authorization.k8s.io/v1": "ClusterRole+ ClusterRoleBinding+ Role+ RoleBinding+",
  "rbac.authorization.k8s.io/v1alpha1": "ClusterRole+ ClusterRoleBinding+ Role+ RoleBinding+",
  "rbac.authorization.k8s.io/v1beta1": "ClusterRole+ ClusterRoleBinding+ Role+ RoleBinding+",
  "scheduling.k8s.io/v1": "PriorityClass+",
  "scheduling.k8s.io/v1alpha1": "PriorityClass+",
  "scheduling.k8s.io/v1beta1": "PriorityClass+",
  "settings.k8s.io/v1alpha1": "PodPreset+",
  "storage.k8s.io/v1": "StorageClass+ VolumeAttachment+",
  "storage.k8s.io/v1alpha1": "VolumeAttachment+",
  "storage.k8s.io/v1beta1": "CSIDriver+ CSINode+ StorageClass+ VolumeAttachment+",
  "v1": "APIGroup+ APIResourceList APIVersions Binding ComponentStatus+ ConfigMap+ Endpoints+ Event+ LimitRange+ " +
    "List Namespace+ Node+ NodeProxyOptions PersistentVolume+ PersistentVolumeClaim+ Pod+ PodAttachOptions " +
    "PodExecOptions PodLogOptions PodPortForwardOptions PodProxyOptions PodStatusResult PodTemplate+ " +
    "RangeAllocation ReplicationController+ ResourceQuota+ Secret+ SerializedReference Service+ ServiceAccount+ " +
    "ServiceProxyOptions Status",
};

/** Groups that have a version for internal use, which has only `WatchEvent`. */
const INTERNAL = "admissionregistration.k8s.io apps auditregistration.k8s.io authentication.k8s.io " +
  "authorization.k8s.io autoscaling batch certificates.k8s.io coordination.k8s.io events.k8s.io extensions " +
  "networking.k8s.io node.k8s.io policy rbac.authorization.k8s.io scheduling.k8s.io settings.k8s.io storage.k8s.io";

let versions: ReadonlySet<string> | undefined;

/** Returns the 554 group versions and kinds of Kubernetes 1.14 as Helm 2 knows them. */
export function defaultApiVersions(): ReadonlySet<string> {
  return versions ??= new Set(listVersions());
}

function* listVersions(): Generator<string> {
  for (const [version, kinds] of Object.entries(KINDS)) {
    yield version;
    for (const kind of `${kinds} ${COMMON}`.split(" ")) {
      const name = kind.replace("+", "");
      yield `${version}/${name}`;
      if (name !== kind) yield `${version}/${name}List`;
    }
  }
  for (const group of ["", ...INTERNAL.split(" ")]) {
    const version = group === "" ? "__internal" : `${group}/__internal`;
    yield version;
    yield `${version}/WatchEvent`;
  }
}

/** Returns the `.Capabilities` that charts see without a cluster. */
export function defaultCapabilities(): Capabilities {
  return { kubeVersion: DEFAULT_KUBE_VERSION, apiVersions: defaultApiVersions(), tillerVersion: TILLER_VERSION };
}
