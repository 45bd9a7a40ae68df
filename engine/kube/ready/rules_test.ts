/** A table of rules: one row for each verdict of each kind. The cases of Argo CD's health checks are here in meaning. */
import { deepEqual } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import type { WaitRule } from "./custom_rule.ts";
import { helmRuleOf, KINDS, rulesOf } from "./kinds.ts";
import { objectState } from "./object_state.ts";
import type { Related } from "./related.ts";

type Row = readonly [title: string, object: Omit<KubeObject, "kind">, want: string, related?: Related];

const condition = (type: string, status: string, reason = "", message = "") => ({ type, status, reason, message });
const withConditions = (...conditions: readonly unknown[]) => ({ status: { conditions } });

/** Runs the rows of one kind. `want` is `state` or `state: reason`. */
function table(apiVersion: string, kind: string, rows: readonly Row[], rules: readonly WaitRule[] = []): void {
  for (const [title, object, want, related] of rows) {
    Deno.test(`objectState() of ${kind}: ${title}`, () => {
      const live = {
        apiVersion,
        kind,
        ...object,
        metadata: { name: "web", namespace: "shop", ...(object.metadata as object) },
      };
      const { state, reason } = objectState(live, related, rules);
      deepEqual(want.includes(": ") ? `${state}: ${reason}` : state, want);
    });
  }
}

table("v1", "Pod", [
  ["ready", withConditions(condition("Ready", "True")), "ready"],
  ["completed", { status: { phase: "Succeeded" } }, "ready"],
  ["failed", { status: { phase: "Failed", message: "evicted" } }, "failed: evicted"],
  [
    "no node",
    withConditions(condition("PodScheduled", "False", "Unschedulable", "0/3 nodes are available")),
    "progress: Unschedulable: 0/3 nodes are available",
  ],
  [
    "crashing",
    { status: { phase: "Running", containerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }] } },
    "progress: CrashLoopBackOff",
  ],
  [
    "an init container that crashes",
    { status: { phase: "Pending", initContainerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }] } },
    "progress: CrashLoopBackOff",
  ],
  [
    "running and not ready",
    {
      status: {
        phase: "Running",
        conditions: [condition("Ready", "False", "ContainersNotReady", "containers with unready status: [web]")],
      },
    },
    "progress: containers with unready status: [web]",
  ],
  ["nothing known", {}, "progress: Unknown"],
  ["being deleted", { metadata: { deletionTimestamp: "2020-01-01T00:00:00Z" } }, "deleting: it is being deleted"],
]);

const rolledOut = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
const available = condition("Available", "True");
const done = condition("Progressing", "True", "NewReplicaSetAvailable");
const deployment = (status: object, spec: object = {}): Omit<KubeObject, "kind"> => ({
  metadata: { generation: 2 },
  spec: { replicas: 3, progressDeadlineSeconds: 600, ...spec },
  status: { observedGeneration: 2, ...status },
});

table("apps/v1", "Deployment", [
  ["rolled out", deployment({ ...rolledOut, conditions: [available, done] }), "ready"],
  ["paused", deployment({}, { paused: true }), "ready: it is paused"],
  [
    "not seen",
    deployment({ ...rolledOut, observedGeneration: 1 }),
    "progress: its controller has not seen the newest change yet",
  ],
  [
    "a generation as text",
    deployment({ ...rolledOut, observedGeneration: "1" }),
    "progress: its controller has not seen the newest change yet",
  ],
  ["old pods", deployment({ ...rolledOut, replicas: 4 }), "progress: 1 of its pods are of an older version"],
  [
    "new pods missing",
    deployment({ ...rolledOut, updatedReplicas: 1 }),
    "progress: 1 of 3 pods are of its new version",
  ],
  ["not available", deployment({ ...rolledOut, availableReplicas: 2 }), "progress: 2 of 3 pods are available"],
  [
    "its set not available",
    deployment({ ...rolledOut, conditions: [available] }),
    "progress: its new replica set is not available yet",
  ],
  [
    "without a deadline",
    deployment({ ...rolledOut, conditions: [available] }, { progressDeadlineSeconds: 2147483647 }),
    "ready",
  ],
  [
    "without the condition Available",
    deployment({ ...rolledOut, conditions: [done] }),
    "progress: it is not available yet",
  ],
  [
    "past its deadline",
    deployment({ conditions: [condition("Progressing", "False", "ProgressDeadlineExceeded", "took too long")] }),
    "failed: took too long",
  ],
  ["no replicas wanted", deployment({ conditions: [available, done] }, { replicas: 0 }), "ready"],
]);

table("apps/v1", "ReplicaSet", [
  ["enough pods", { spec: { replicas: 2 }, status: { replicas: 2, readyReplicas: 2, availableReplicas: 2 } }, "ready"],
  ["too few", { spec: { replicas: 2 }, status: { replicas: 2, readyReplicas: 1 } }, "progress: 1 of 2 pods are ready"],
  [
    "too many",
    { spec: { replicas: 1 }, status: { replicas: 2, readyReplicas: 2, availableReplicas: 2 } },
    "progress: 1 of its pods are to be removed",
  ],
  [
    "no pods made",
    withConditions(condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota")),
    "failed: exceeded quota",
  ],
]);

table("v1", "ReplicationController", [
  ["enough pods", { spec: { replicas: 1 }, status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 } }, "ready"],
  ["too few", { spec: { replicas: 1 }, status: {} }, "progress: 0 of 1 pods are there"],
]);

const set = (status: object, updateStrategy: object = { type: "RollingUpdate" }): Omit<KubeObject, "kind"> => ({
  spec: { replicas: 3, updateStrategy },
  status: { replicas: 3, readyReplicas: 3, currentReplicas: 3, currentRevision: "a", updateRevision: "a", ...status },
});

table("apps/v1", "StatefulSet", [
  ["rolled out", set({}), "ready"],
  [
    "two revisions",
    set({ currentReplicas: 1, updateRevision: "b", updatedReplicas: 2 }),
    "progress: 2 of 3 pods are of its new version",
  ],
  ["not ready", set({ readyReplicas: 2 }), "progress: 2 of 3 pods are ready"],
  [
    "down to its partition",
    set({ updateRevision: "b", updatedReplicas: 1 }, { type: "RollingUpdate", rollingUpdate: { partition: 2 } }),
    "ready",
  ],
  [
    "above its partition",
    set({ updateRevision: "b", updatedReplicas: 0 }, { type: "RollingUpdate", rollingUpdate: { partition: 2 } }),
    "progress: 0 of 1 pods are of its new version",
  ],
  ["OnDelete with ready pods", set({ updateRevision: "b" }, { type: "OnDelete" }), "ready"],
  ["OnDelete without", set({ readyReplicas: 0 }, { type: "OnDelete" }), "progress: 0 of 3 pods are ready"],
]);

const daemons = (status: object, updateStrategy: object = {}): Omit<KubeObject, "kind"> => ({
  metadata: { generation: 1 },
  spec: { updateStrategy },
  status: {
    observedGeneration: 1,
    desiredNumberScheduled: 2,
    currentNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
    numberReady: 2,
    ...status,
  },
});

table("apps/v1", "DaemonSet", [
  ["on every node", daemons({}), "ready"],
  ["no node", daemons({ desiredNumberScheduled: 0 }), "ready: no node matches"],
  ["old pods", daemons({ updatedNumberScheduled: 1 }), "progress: 1 of 2 pods are of its new version"],
  ["old pods with OnDelete", daemons({ updatedNumberScheduled: 0 }, { type: "OnDelete" }), "ready"],
  ["not available", daemons({ numberAvailable: 0 }), "progress: 0 of 2 pods are available"],
  [
    "not counted",
    { metadata: { generation: 1 }, status: { observedGeneration: 1 } },
    "progress: its controller has not counted the nodes yet",
  ],
]);

table("batch/v1", "Job", [
  ["complete", withConditions(condition("Complete", "True")), "ready"],
  ["its criteria met", withConditions(condition("SuccessCriteriaMet", "True")), "ready"],
  ["suspended", { spec: { suspend: true } }, "ready: it is suspended"],
  [
    "failed",
    withConditions(condition("Failed", "True", "DeadlineExceeded", "took too long")),
    "failed: DeadlineExceeded: took too long",
  ],
  [
    "at work",
    { spec: { completions: 3 }, status: { active: 1, failed: 1, succeeded: 1 } },
    "progress: 1 of 3 done, 1 failed, 1 running",
  ],
  ["not started", {}, "progress: 0 of 1 done"],
]);

table("batch/v1", "CronJob", [["any", { status: {} }, "ready"]]);

const balancer = { spec: { type: "LoadBalancer", clusterIP: "10.0.0.1" } };

table("v1", "Service", [
  ["with an address", { spec: { clusterIP: "10.0.0.1" } }, "ready"],
  ["headless", { spec: { clusterIP: "None" } }, "ready"],
  ["without", { spec: {} }, "progress: the service has no cluster IP yet"],
  ["an external name", { spec: { type: "ExternalName" } }, "ready"],
  ["a balancer without an address", balancer, "progress: the load balancer has no address yet"],
  ["a balancer with one", { ...balancer, status: { loadBalancer: { ingress: [{ ip: "1.1.1.1" }] } } }, "ready"],
  [
    "no pod behind it",
    { spec: { clusterIP: "10.0.0.1", selector: { app: "web" } } },
    "progress: no pod behind the service is ready yet",
    { readyEndpoints: () => 0, hasWorkload: true },
  ],
  [
    "pods of others behind it",
    { spec: { clusterIP: "10.0.0.1", selector: { app: "web" } } },
    "ready",
    { readyEndpoints: () => 0, hasWorkload: false },
  ],
  [
    "addresses of pods that are not ready",
    { spec: { clusterIP: "10.0.0.1", selector: { app: "web" }, publishNotReadyAddresses: true } },
    "ready",
    { readyEndpoints: () => 0, hasWorkload: true },
  ],
]);

const nginx = { metadata: { name: "nginx" } };

table("networking.k8s.io/v1", "Ingress", [
  ["with an address", { status: { loadBalancer: { ingress: [{ hostname: "web.example" }] } } }, "ready"],
  ["without", {}, "progress: no address yet"],
  ["its class is served", { spec: { ingressClassName: "nginx" } }, "progress: no address yet", {
    ingressClasses: [nginx],
    waitedMs: 60_000,
  }],
  [
    "its class is not served",
    { spec: { ingressClassName: "other" } },
    'progress: no address: no controller serves class "other"',
    { ingressClasses: [nginx], waitedMs: 9000 },
  ],
  [
    "its class is not served for long",
    { spec: { ingressClassName: "other" } },
    'ready: no address: no controller serves class "other"',
    { ingressClasses: [nginx], waitedMs: 10_000 },
  ],
  ["no class at all", {}, "ready: no address: no controller serves ingresses", {
    ingressClasses: [],
    waitedMs: 10_000,
  }],
]);

table("gateway.networking.k8s.io/v1", "Gateway", [
  ["programmed", withConditions(condition("Accepted", "True"), condition("Programmed", "True")), "ready"],
  ["accepted only", withConditions(condition("Accepted", "True")), "progress: it is not programmed yet"],
  ["refused", withConditions(condition("Accepted", "False", "Invalid", "no such class")), "progress: no such class"],
]);

table("gateway.networking.k8s.io/v1", "HTTPRoute", [
  ["no parent", {}, "progress: no gateway has accepted it yet"],
  ["accepted", { status: { parents: [{ conditions: [condition("Accepted", "True")] }] } }, "ready"],
  [
    "one of two",
    { status: { parents: [{ conditions: [condition("Accepted", "True")] }, {}] } },
    "progress: it is not accepted yet",
  ],
  ["a backend that is not there", {
    status: {
      parents: [{ conditions: [condition("Accepted", "True"), condition("ResolvedRefs", "False", "BackendNotFound")] }],
    },
  }, "progress: BackendNotFound"],
]);

const late: Related = { storageClass: { volumeBindingMode: "WaitForFirstConsumer" }, isUsed: false };

table("v1", "PersistentVolumeClaim", [
  ["bound", { status: { phase: "Bound" } }, "ready"],
  ["pending", { status: { phase: "Pending" } }, "progress: the claim is not bound (Pending)"],
  ["lost", { status: { phase: "Lost" } }, "progress: the claim is not bound (Lost)"],
  ["for its first consumer", { status: { phase: "Pending" } }, "ready: it is bound when the first pod uses it", late],
  [
    "for its first consumer, which is there",
    { status: { phase: "Pending" } },
    "progress: the claim is not bound (Pending)",
    { ...late, isUsed: true },
  ],
  [
    "no volume can be made",
    { status: { phase: "Pending" } },
    "progress: the claim is not bound (Pending): no space left",
    { events: [{ reason: "ProvisioningFailed", message: "no space left" }] },
  ],
]);

table("v1", "PersistentVolume", [
  ["available", { status: { phase: "Available" } }, "ready"],
  ["released", { status: { phase: "Released" } }, "ready: its claim is gone"],
  ["failed", { status: { phase: "Failed", message: "cannot be recycled" } }, "failed: cannot be recycled"],
  ["pending", {}, "progress: the volume is not available (Pending)"],
]);

const able = condition("AbleToScale", "True");
const noMetrics = condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics returned");

table("autoscaling/v2", "HorizontalPodAutoscaler", [
  ["active", withConditions(able, condition("ScalingActive", "True")), "ready"],
  ["disabled", withConditions(able, condition("ScalingActive", "False", "ScalingDisabled")), "ready"],
  ["no target", withConditions(condition("AbleToScale", "False", "FailedGetScale", "not found")), "failed: not found"],
  [
    "a bad selector",
    withConditions(able, condition("ScalingActive", "False", "InvalidSelector")),
    "failed: InvalidSelector",
  ],
  ["no metrics yet", withConditions(able, noMetrics), "progress: no metrics yet: no metrics returned"],
  ["no metrics for a minute", withConditions(able, noMetrics), "ready: no metrics: no metrics returned", {
    waitedMs: 60_000,
  }],
  ["in back-off", withConditions(condition("AbleToScale", "False", "BackoffBoth")), "progress: BackoffBoth"],
  ["not seen", {}, "progress: its controller has not seen it yet"],
]);

table("autoscaling/v1", "HorizontalPodAutoscaler", [
  [
    "conditions in the annotation",
    { metadata: { annotations: { "autoscaling.alpha.kubernetes.io/conditions": JSON.stringify([able]) } } },
    "progress: its controller has not looked at its metrics yet",
  ],
]);

table("policy/v1", "PodDisruptionBudget", [
  ["roomy", withConditions(condition("DisruptionAllowed", "True")), "ready"],
  [
    "tight",
    { status: { expectedPods: 1, conditions: [condition("DisruptionAllowed", "False")] } },
    "ready: it allows no disruption now",
  ],
]);

table("apiextensions.k8s.io/v1", "CustomResourceDefinition", [
  ["established", withConditions(condition("Established", "True")), "ready"],
  [
    "established, not in discovery",
    withConditions(condition("Established", "True")),
    "progress: its kinds are not in discovery yet",
    { isServed: false },
  ],
  [
    "installing",
    withConditions(condition("Established", "False", "Installing")),
    "progress: it is not established yet",
  ],
  ["names taken", withConditions(condition("NamesAccepted", "False", "ListKindConflict", "in use")), "failed: in use"],
  ["not established", withConditions(condition("Established", "False", "NotAccepted")), "failed: NotAccepted"],
  [
    "against the policy",
    withConditions(condition("KubernetesAPIApprovalPolicyConformant", "False", "MissingAnnotation")),
    "failed: MissingAnnotation",
  ],
]);

table("apiregistration.k8s.io/v1", "APIService", [
  ["available", withConditions(condition("Available", "True")), "ready"],
  [
    "down",
    withConditions(condition("Available", "False", "MissingEndpoints", "no endpoints")),
    "progress: MissingEndpoints: no endpoints",
  ],
]);

table("v1", "Namespace", [
  ["active", { status: { phase: "Active" } }, "ready"],
  [
    "going, held by its content",
    {
      metadata: { deletionTimestamp: "2020-01-01T00:00:00Z" },
      ...withConditions(condition("NamespaceContentRemaining", "True", "SomeResourcesRemain", "pods. has 1 resource")),
    },
    "deleting: it is being deleted: pods. has 1 resource",
  ],
]);

table("v1", "ServiceAccount", [
  ["there", {}, "ready"],
  ["without its token", {}, "progress: its token does not exist yet", { makesTokens: true }],
]);

table("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", [
  [
    "its service has no endpoint",
    { webhooks: [{ name: "check.example", clientConfig: { service: { namespace: "shop", name: "hook" } } }] },
    "ready: webhook check.example refuses everything: Service/hook has no ready endpoint",
    { readyEndpoints: () => 0 },
  ],
  [
    "failures are ignored",
    {
      webhooks: [{
        name: "check.example",
        failurePolicy: "Ignore",
        clientConfig: { service: { namespace: "shop", name: "hook" } },
      }],
    },
    "ready",
    { readyEndpoints: () => 0 },
  ],
]);

table("v1", "ConfigMap", [
  ["there", {}, "ready"],
  [
    "being deleted",
    { metadata: { deletionTimestamp: "2020-01-01T00:00:00Z", finalizers: ["example.com/hold"] } },
    "deleting: it is being deleted; finalizers: example.com/hold",
  ],
  ["a condition Ready", withConditions(condition("Ready", "False", "NotYet")), "progress: NotYet"],
]);

table("example.com/v1", "Widget", [
  ["nothing said", {}, "ready"],
  ["nothing said, and it could", {}, "progress: its controller has not reported yet", {
    hasStatus: true,
    waitedMs: 9000,
  }],
  ["nothing said for long", {}, "ready: its controller said nothing", { hasStatus: true, waitedMs: 10_000 }],
  ["Ready", withConditions(condition("Ready", "True")), "ready"],
  [
    "not Ready",
    withConditions(condition("Ready", "False", "Waiting", "for its database")),
    "progress: for its database",
  ],
  ["Ready is unknown", withConditions(condition("Ready", "Unknown")), "progress: Ready is Unknown"],
  [
    "ready, not synced",
    withConditions(condition("Ready", "True"), condition("Synced", "False", "ReconcileError")),
    "progress: ReconcileError",
  ],
  ["Available", withConditions(condition("Available", "True")), "ready"],
  ["Stalled", withConditions(condition("Stalled", "True", "Broken", "stuck")), "failed: stuck"],
  [
    "Reconciling",
    withConditions(condition("Reconciling", "True", "", "working"), condition("Ready", "True")),
    "progress: working",
  ],
  ["a phase that is ready", { status: { phase: "Running" } }, "ready"],
  ["a phase that failed", { status: { phase: "Failed", message: "no space" } }, "failed: no space"],
  ["a phase with an unknown word", { status: { phase: "Warming" } }, "ready: phase is Warming"],
  ["an unknown word of a controller at work", { status: { phase: "Warming" } }, "progress: phase is Warming", {
    hasChanged: true,
  }],
]);

table("argoproj.io/v1alpha1", "Rollout", [
  ["healthy", { metadata: { generation: 2 }, status: { observedGeneration: "2", phase: "Healthy" } }, "ready"],
  ["degraded", { status: { phase: "Degraded", message: "no pods" } }, "failed: no pods"],
  ["paused", { status: { phase: "Paused", message: "CanaryPauseStep" } }, "progress: CanaryPauseStep"],
  [
    "not seen",
    { metadata: { generation: 2 }, status: { observedGeneration: "1" } },
    "progress: its controller has not seen the newest change yet",
  ],
  ["nothing said", {}, "progress: its controller has not reported yet"],
]);

table("cert-manager.io/v1", "Certificate", [
  ["issued", withConditions(condition("Ready", "True")), "ready"],
  [
    "issuing",
    withConditions(condition("Ready", "False", "DoesNotExist", "Issuing certificate")),
    "progress: Issuing certificate",
  ],
  ["nothing said", {}, "progress: its controller has not reported yet"],
]);

table("acid.zalan.do/v1", "postgresql", [
  ["running", { status: { PostgresClusterStatus: "Running" } }, "ready"],
  ["failed", { status: { PostgresClusterStatus: "CreateFailed" } }, "failed: PostgresClusterStatus is CreateFailed"],
  ["creating", { status: { PostgresClusterStatus: "Creating" } }, "progress: PostgresClusterStatus is Creating"],
]);

table("bitnami.com/v1alpha1", "SealedSecret", [
  ["synced", withConditions(condition("Synced", "True")), "ready"],
  [
    "not decrypted",
    withConditions(condition("Synced", "False", "", "no key could decrypt secret")),
    "progress: no key could decrypt secret",
  ],
]);

table("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", [
  ["green", { status: { health: "green" } }, "ready"],
  ["yellow", { status: { health: "yellow" } }, "progress: health is yellow"],
]);

table("kustomize.toolkit.fluxcd.io/v1", "Kustomization", [
  ["ready", withConditions(condition("Ready", "True")), "ready"],
  [
    "waiting",
    withConditions(condition("Ready", "Unknown", "Progressing", "Reconciliation in progress")),
    "progress: Reconciliation in progress",
  ],
]);

table("monitoring.coreos.com/v1", "ServiceMonitor", [["there", {}, "ready"]]);

table("example.com/v1", "Machine", [
  ["ready by its own rule", { status: { power: "on" } }, "ready"],
  ["failed by its own rule", { status: { power: "burnt", why: "too hot" } }, "failed: too hot"],
  ["by neither", { status: { power: "warming" } }, "progress: power is warming"],
], [{
  group: "example.com",
  kind: "Machine",
  path: "status.power",
  ready: ["on"],
  failed: ["burnt"],
  message: "status.why",
}]);

Deno.test("KINDS has a strict rule for every kind, and Helm's rules for the eight that Tiller waited for", () => {
  deepEqual(
    KINDS.filter(({ helm }) => helm !== undefined).map(({ kind }) => kind).sort(),
    [
      "DaemonSet",
      "Deployment",
      "PersistentVolumeClaim",
      "Pod",
      "ReplicaSet",
      "ReplicationController",
      "Service",
      "StatefulSet",
    ],
  );
  deepEqual(helmRuleOf("serving.knative.dev", "v1", "Service"), undefined);
  deepEqual(helmRuleOf("apps", "v1beta3", "Deployment"), undefined);
  deepEqual(rulesOf("", "toString"), undefined);
});
