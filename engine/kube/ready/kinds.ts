/**
 * The table of kinds: how objects of each are judged.
 *
 * To add a kind, write its file here and one line in {@linkcode KINDS}.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { apiServiceState } from "./api_service.ts";
import { customState, plainState } from "./custom.ts";
import { CUSTOM_KINDS } from "./custom_kinds.ts";
import { isAbout, stateByRule, type WaitRule } from "./custom_rule.ts";
import { definitionState } from "./custom_resource_definition.ts";
import { daemonSetRolledOut, daemonSetState } from "./daemon_set.ts";
import { deploymentReady, deploymentRolledOut, deploymentState } from "./deployment.ts";
import { isBuiltInGroup } from "./_groups.ts";
import { gatewayState, routeState } from "./gateway.ts";
import { autoscalerState } from "./horizontal_pod_autoscaler.ts";
import { ingressState } from "./ingress.ts";
import { jobState } from "./job.ts";
import { namespaceState } from "./namespace.ts";
import { claimReady, claimState } from "./persistent_volume_claim.ts";
import { volumeState } from "./persistent_volume.ts";
import { podReady, podState } from "./pod.ts";
import { podsReady } from "./pod_controller.ts";
import { budgetState } from "./pod_disruption_budget.ts";
import type { Related } from "./related.ts";
import { replicaSetState, replicasReady } from "./replica_set.ts";
import { accountState } from "./service_account.ts";
import { serviceReady, serviceState } from "./service.ts";
import { ready, type ReadyRule } from "./state.ts";
import { statefulSetRolledOut, statefulSetState } from "./stateful_set.ts";
import { webhooksState } from "./webhook_configuration.ts";

/** A check of `--wait` or `--wait-strict`: returns what the object is waiting for; empty when it is ready. */
export type MissingRule = (object: KubeObject, related: Related) => string;

/** How Helm 2's `--wait` judges a kind. */
export interface HelmRule {
  /** API versions that Tiller knew; objects of others count as ready. */
  readonly versions: readonly string[];
  /** The check. */
  readonly missing: MissingRule;
  /** The objects that it reads; `pods` alone: the object itself is not read. */
  readonly reads: "object" | "pods" | "replicaSets";
  /** The group and version through which it reads the object; default: those of the manifest. */
  readonly as?: { readonly group: string; readonly version: string };
}

/** How objects of a kind are judged. */
export interface KindRules {
  /** The kind. */
  readonly kind: string;
  /** Its API groups, today's first. */
  readonly groups: readonly string[];
  /** `--wait-strict=all`, and `objectState`. */
  readonly strict: ReadyRule;
  /** `--wait-strict`; absent: as with `--wait`. */
  readonly rollout?: MissingRule;
  /** `--wait`; absent: not waited for. */
  readonly helm?: HelmRule;
}

const APPS = ["extensions/v1beta1", "apps/v1beta2", "apps/v1"];
const ALL_APPS = ["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "apps/v1"];
const WORKLOADS = ["apps", "extensions"];

/** The kinds with a rule of their own. */
export const KINDS: readonly KindRules[] = [
  {
    kind: "Pod",
    groups: [""],
    strict: podState,
    helm: { versions: ["v1"], missing: podReady, reads: "object" },
  },
  {
    kind: "Deployment",
    groups: WORKLOADS,
    strict: deploymentState,
    rollout: deploymentRolledOut,
    helm: { versions: ALL_APPS, missing: deploymentReady, reads: "replicaSets", as: { group: "apps", version: "v1" } },
  },
  {
    kind: "ReplicaSet",
    groups: WORKLOADS,
    strict: replicaSetState,
    rollout: replicasReady,
    helm: { versions: APPS, missing: podsReady, reads: "pods" },
  },
  {
    kind: "ReplicationController",
    groups: [""],
    strict: replicaSetState,
    rollout: replicasReady,
    helm: { versions: ["v1"], missing: podsReady, reads: "pods" },
  },
  {
    kind: "StatefulSet",
    groups: WORKLOADS,
    strict: statefulSetState,
    rollout: statefulSetRolledOut,
    helm: { versions: ALL_APPS.slice(1), missing: podsReady, reads: "pods" },
  },
  {
    kind: "DaemonSet",
    groups: WORKLOADS,
    strict: daemonSetState,
    rollout: daemonSetRolledOut,
    helm: { versions: APPS, missing: podsReady, reads: "pods" },
  },
  {
    kind: "PersistentVolumeClaim",
    groups: [""],
    strict: claimState,
    helm: { versions: ["v1"], missing: claimReady, reads: "object" },
  },
  {
    kind: "Service",
    groups: [""],
    strict: serviceState,
    helm: { versions: ["v1"], missing: serviceReady, reads: "object" },
  },
  { kind: "Job", groups: ["batch"], strict: jobState },
  { kind: "CronJob", groups: ["batch"], strict: () => ready() },
  { kind: "Ingress", groups: ["networking.k8s.io", "extensions"], strict: ingressState },
  { kind: "Gateway", groups: ["gateway.networking.k8s.io"], strict: gatewayState },
  ...["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"]
    .map((kind): KindRules => ({ kind, groups: ["gateway.networking.k8s.io"], strict: routeState })),
  { kind: "PersistentVolume", groups: [""], strict: volumeState },
  { kind: "HorizontalPodAutoscaler", groups: ["autoscaling"], strict: autoscalerState },
  { kind: "PodDisruptionBudget", groups: ["policy"], strict: budgetState },
  { kind: "CustomResourceDefinition", groups: ["apiextensions.k8s.io"], strict: definitionState },
  { kind: "APIService", groups: ["apiregistration.k8s.io"], strict: apiServiceState },
  { kind: "Namespace", groups: [""], strict: namespaceState },
  { kind: "ServiceAccount", groups: [""], strict: accountState },
  ...["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"]
    .map((kind): KindRules => ({ kind, groups: ["admissionregistration.k8s.io"], strict: webhooksState })),
];

const BY_KIND: ReadonlyMap<string, readonly KindRules[]> = Map.groupBy(KINDS, ({ kind }) => kind);

/** Returns the rules of a kind; `undefined` for one without. */
export function rulesOf(group: string, kind: string): KindRules | undefined {
  return BY_KIND.get(kind)?.find(({ groups }) => groups.includes(group));
}

/** Returns Helm 2's check for a kind of an API version; `undefined` when `--wait` does not wait for it. */
export function helmRuleOf(group: string, version: string, kind: string): HelmRule | undefined {
  const rule = rulesOf(group, kind)?.helm;
  return rule?.versions.includes(group === "" ? version : `${group}/${version}`) ? rule : undefined;
}

/** Returns the rule that is data, for a custom resource: one of `own`, or of the built-in list. */
export function customRuleOf(group: string, kind: string, own: readonly WaitRule[] = []): WaitRule | undefined {
  return [...own, ...CUSTOM_KINDS].find((rule) => isAbout(rule, group, kind));
}

/** Returns the strict rule of a kind. */
export function strictRuleOf(group: string, kind: string, own: readonly WaitRule[] = []): ReadyRule {
  const given = own.find((rule) => isAbout(rule, group, kind));
  if (given !== undefined) return (object) => stateByRule(object, given);
  const rules = rulesOf(group, kind);
  if (rules !== undefined) return rules.strict;
  const listed = customRuleOf(group, kind);
  if (listed !== undefined) return (object) => stateByRule(object, listed);
  return isBuiltInGroup(group) ? plainState : customState;
}
