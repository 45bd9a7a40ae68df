/**
 * Rules for custom resources that many clusters have.
 *
 * A kind in this list is never ready before its controller has written a status. Kinds without an entry are judged by
 * the generic rule of `custom.ts`.
 *
 * @module
 */
import type { WaitRule } from "./custom_rule.ts";

/** Returns a rule by a condition. */
function byCondition(group: string, kind: string, type: string): WaitRule {
  const at = `status.conditions[type=${type}]`;
  return { group, kind, path: `${at}.status`, ready: ["True"], message: `${at}.message` };
}

/** The rules; the first that fits is used. */
export const CUSTOM_KINDS: readonly WaitRule[] = [
  ...["Certificate", "Issuer", "ClusterIssuer"].map((kind) => byCondition("cert-manager.io", kind, "Ready")),
  ...["ExternalSecret", "ClusterExternalSecret", "SecretStore", "ClusterSecretStore", "PushSecret"]
    .map((kind) => byCondition("external-secrets.io", kind, "Ready")),
  byCondition("bitnami.com", "SealedSecret", "Synced"),
  {
    group: "argoproj.io",
    kind: "Rollout",
    path: "status.phase",
    ready: ["Healthy"],
    failed: ["Degraded"],
    message: "status.message",
    pods: "status.selector",
  },
  {
    group: "argoproj.io",
    kind: "Application",
    path: "status.health.status",
    ready: ["Healthy"],
    failed: ["Degraded"],
    message: "status.health.message",
  },
  ...["Service", "Configuration", "Route", "Revision"].map((kind) => byCondition("serving.knative.dev", kind, "Ready")),
  ...["Policy", "ClusterPolicy"].map((kind) => byCondition("kyverno.io", kind, "Ready")),
  {
    group: "acid.zalan.do",
    kind: "postgresql",
    path: "status.PostgresClusterStatus",
    ready: ["Running"],
    failed: ["CreateFailed", "AddFailed", "UpdateFailed", "SyncFailed"],
  },
  byCondition("postgresql.cnpg.io", "Cluster", "Ready"),
  byCondition("kafka.strimzi.io", "*", "Ready"),
  ...["elasticsearch", "kibana", "apm", "enterprisesearch"].map((name): WaitRule => ({
    group: `${name}.k8s.elastic.co`,
    kind: "*",
    path: "status.health",
    ready: ["green"],
  })),
  ...["ScaledObject", "ScaledJob"].map((kind) => byCondition("keda.sh", kind, "Ready")),
  byCondition("*.toolkit.fluxcd.io", "*", "Ready"),
  ...["Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"]
    .map((kind) => byCondition("monitoring.coreos.com", kind, "Available")),
  ...["ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule", "AlertmanagerConfig", "ScrapeConfig"]
    .map((kind): WaitRule => ({ group: "monitoring.coreos.com", kind })),
];
