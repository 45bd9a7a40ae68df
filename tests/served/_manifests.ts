/**
 * Random manifests of old API versions, as fast-check arbitraries.
 *
 * Every field that a conversion reads occurs absent, null, empty and filled. Values that the real server would refuse are
 * left out where skeg refuses them too.
 *
 * @module
 */
import fc, { type Arbitrary } from "fast-check";
import { pods } from "./_pods.ts";

/** A generated manifest. */
export interface Old {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** Generates objects with some of the fields; those in `always` are always present. */
export function some(fields: Record<string, Arbitrary<unknown>>, always: readonly string[] = []): Arbitrary<object> {
  return fc.record(fields, { requiredKeys: [...always], noNullPrototype: true });
}

/** Generates a value, or sometimes null, which the server reads as absent. */
export const orNull = (value: Arbitrary<unknown>): Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: value }, {
    weight: 1,
    arbitrary: fc.constant(null),
  });

export const word = fc.constantFrom("a", "web", "db", "x-1", "release", "app");
export const int = fc.integer({ min: 0, max: 100 });
export const flag = fc.boolean();
const list = (item: Arbitrary<unknown>, maxLength = 3) => fc.array(item, { maxLength });
export const labels = fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true });
const someLabels = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
const intOrText = fc.oneof(int, fc.constantFrom("25%", "http", "80"));
const quantity = fc.constantFrom("1", "100m", "1Gi", "500Mi", "0.5", 2, 1.5, "1e3");
const selector = some({
  matchLabels: labels,
  matchExpressions: list(
    some({ key: word, operator: fc.constantFrom("In", "Exists"), values: list(word) }, ["key", "operator"]),
  ),
});

const metadata = some({
  name: word,
  namespace: word,
  labels: orNull(labels),
  annotations: orNull(labels),
}, ["name"]);

function manifest(
  apiVersion: string | Arbitrary<string>,
  kind: string,
  fields: Record<string, Arbitrary<unknown>>,
  always: readonly string[] = [],
): Arbitrary<Old> {
  const version = typeof apiVersion === "string" ? fc.constant(apiVersion) : apiVersion;
  return some({ apiVersion: version, kind: fc.constant(kind), metadata, ...fields }, [
    "apiVersion",
    "kind",
    "metadata",
    ...always,
  ]) as Arbitrary<Old>;
}

const template = fc.record({ metadata: fc.record({ labels: someLabels }), spec: pods }, { noNullPrototype: true });

function workload(
  kind: string,
  versions: readonly string[],
  fields: Record<string, Arbitrary<unknown>>,
): Arbitrary<Old> {
  return manifest(fc.constantFrom(...versions), kind, {
    spec: some({
      replicas: orNull(int),
      selector: orNull(selector),
      minReadySeconds: int,
      revisionHistoryLimit: orNull(int),
      template,
      ...fields,
    }, ["template"]),
  }, ["spec"]);
}

const rollingUpdate = orNull(some({ maxSurge: orNull(intOrText), maxUnavailable: orNull(intOrText) }));

const workloads = [
  workload("Deployment", ["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"], {
    paused: flag,
    progressDeadlineSeconds: orNull(int),
    strategy: orNull(fc.oneof(
      some({ type: fc.constantFrom("RollingUpdate", "", "RollingUpdate"), rollingUpdate }),
      fc.constant({ type: "Recreate" }),
    )),
  }),
  workload("DaemonSet", ["extensions/v1beta1", "apps/v1beta2"], {
    templateGeneration: int,
    updateStrategy: orNull(some({
      type: fc.constantFrom("OnDelete", "RollingUpdate", ""),
      rollingUpdate: orNull(some({ maxUnavailable: intOrText })),
    })),
  }),
  workload("ReplicaSet", ["extensions/v1beta1", "apps/v1beta2"], {}),
  workload("StatefulSet", ["apps/v1beta1", "apps/v1beta2"], {
    serviceName: word,
    podManagementPolicy: fc.constantFrom("Parallel", "OrderedReady"),
    updateStrategy: orNull(some({
      type: fc.constantFrom("OnDelete", "RollingUpdate", ""),
      rollingUpdate: orNull(some({ partition: int })),
    })),
    volumeClaimTemplates: list(some({
      metadata: fc.record({ name: word }, { noNullPrototype: true }),
      spec: some({
        accessModes: fc.constant(["ReadWriteOnce"]),
        resources: some({ requests: fc.record({ storage: quantity }) }),
      }),
    }, ["metadata"])),
  }),
  manifest(fc.constantFrom("apps/v1beta1", "apps/v1beta2"), "ControllerRevision", {
    data: fc.constant({ kind: "Thing", apiVersion: "v1" }),
    revision: int,
  }),
];

const jobs = manifest("batch/v1beta1", "CronJob", {
  spec: some({
    schedule: fc.constantFrom("* * * * *", "@daily"),
    suspend: orNull(flag),
    concurrencyPolicy: fc.constantFrom("Allow", "Forbid"),
    startingDeadlineSeconds: orNull(int),
    successfulJobsHistoryLimit: orNull(int),
    failedJobsHistoryLimit: orNull(int),
    jobTemplate: some({ metadata: some({ labels }), spec: some({ backoffLimit: int, template }, ["template"]) }, [
      "spec",
    ]),
  }, ["schedule", "jobTemplate"]),
}, ["spec"]);

const port = fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constantFrom("http", "web-1"));
const backend = fc.oneof(
  { weight: 4, arbitrary: some({ serviceName: word, servicePort: port }) },
  {
    weight: 1,
    arbitrary: some({
      resource: fc.record({ apiGroup: fc.constant("x.io"), kind: word, name: word }, { noNullPrototype: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ serviceName: "", servicePort: 0 }, { serviceName: null, servicePort: "http" }, {}),
  },
);
const ingressPath = some({
  path: fc.constantFrom("/", "/a", "", "/a(/|$)(.*)"),
  pathType: orNull(fc.constantFrom("Exact", "Prefix", "ImplementationSpecific")),
  backend,
}, ["backend"]);

const network = [
  manifest(fc.constantFrom("extensions/v1beta1", "networking.k8s.io/v1beta1"), "Ingress", {
    spec: some({
      ingressClassName: orNull(word),
      backend: orNull(backend),
      tls: orNull(list(some({ hosts: list(word), secretName: orNull(word) }))),
      rules: orNull(list(some({ host: orNull(word), http: orNull(some({ paths: list(ingressPath) }, ["paths"])) }))),
    }),
  }, ["spec"]),
  manifest("networking.k8s.io/v1beta1", "IngressClass", {
    spec: some({
      controller: fc.constant("a.io/c"),
      parameters: some({ apiGroup: word, kind: word, name: word }, ["kind", "name"]),
    }),
  }),
  manifest("extensions/v1beta1", "NetworkPolicy", {
    spec: some({
      podSelector: selector,
      policyTypes: list(fc.constantFrom("Ingress", "Egress"), 2),
      ingress: orNull(list(some({
        from: list(
          some({
            podSelector: selector,
            namespaceSelector: selector,
            ipBlock: some({ cidr: fc.constant("10.0.0.0/8"), except: list(fc.constant("10.1.0.0/16")) }, ["cidr"]),
          }),
        ),
        ports: list(some({ port: intOrText, protocol: fc.constantFrom("TCP", "UDP"), endPort: int })),
      }))),
      egress: list(some({ to: list(some({ podSelector: selector })), ports: list(some({ port: intOrText })) })),
    }, ["podSelector"]),
  }, ["spec"]),
  manifest("discovery.k8s.io/v1beta1", "EndpointSlice", {
    addressType: fc.constantFrom("IPv4", "IPv6", "FQDN"),
    ports: list(
      some({ name: orNull(word), port: orNull(int), protocol: fc.constantFrom("TCP", "UDP"), appProtocol: word }),
    ),
    endpoints: list(some({
      addresses: fc.constant(["10.0.0.1"]),
      hostname: word,
      nodeName: orNull(word),
      conditions: some({ ready: orNull(flag) }),
      topology: orNull(
        fc.dictionary(
          fc.constantFrom("topology.kubernetes.io/zone", "kubernetes.io/hostname", "topology.kubernetes.io/region"),
          word,
          { noNullPrototype: true },
        ),
      ),
      targetRef: some({ kind: fc.constant("Pod"), name: word }),
    }, ["addresses"])),
  }, ["addressType", "endpoints"]),
  manifest("networking.k8s.io/v1beta1", "IPAddress", {
    spec: some({ parentRef: some({ group: word, resource: word, name: word, namespace: word }) }),
  }),
  manifest("networking.k8s.io/v1beta1", "ServiceCIDR", { spec: some({ cidrs: fc.constant(["10.0.0.0/8"]) }) }),
];

const MATCH = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match";
const budgets = manifest("policy/v1beta1", "PodDisruptionBudget", {
  spec: some({
    minAvailable: orNull(intOrText),
    maxUnavailable: orNull(intOrText),
    selector: orNull(fc.oneof(
      selector,
      fc.constantFrom(
        {},
        { matchLabels: {} },
        { matchLabels: null, matchExpressions: [] },
        { matchExpressions: [{ key: MATCH, operator: "DoesNotExist" }] },
        {
          matchLabels: { a: "b" },
          matchExpressions: [{ key: MATCH, operator: "Exists" }, { key: "x", operator: "Exists" }],
        },
        { matchLabels: { a: "b", [MATCH]: "c" } },
      ),
    )),
  }),
}, ["spec"]);

const object = some({ apiVersion: fc.constantFrom("v1", "batch/v1"), kind: word, name: word }, [
  "apiVersion",
  "kind",
  "name",
]);
const oldMetric = fc.oneof(
  some({
    type: fc.constant("Resource"),
    resource: some({ name: word, targetAverageUtilization: orNull(int), targetAverageValue: orNull(quantity) }, [
      "name",
    ]),
  }, ["type", "resource"]),
  some({
    type: fc.constant("ContainerResource"),
    containerResource: some({
      name: word,
      container: word,
      targetAverageUtilization: int,
      targetAverageValue: quantity,
    }, ["name", "container"]),
  }, ["type", "containerResource"]),
  some({
    type: fc.constant("Pods"),
    pods: some({ metricName: word, selector: orNull(selector), targetAverageValue: quantity }, [
      "metricName",
      "targetAverageValue",
    ]),
  }, ["type", "pods"]),
  some({
    type: fc.constant("Object"),
    object: some({
      target: object,
      metricName: word,
      selector: orNull(selector),
      targetValue: quantity,
      averageValue: orNull(quantity),
    }, ["target", "metricName", "targetValue"]),
  }, ["type", "object"]),
  some({
    type: fc.constant("External"),
    external: some({
      metricName: word,
      metricSelector: orNull(selector),
      targetValue: orNull(quantity),
      targetAverageValue: orNull(quantity),
    }, ["metricName"]),
  }, ["type", "external"]),
);
const newMetric = some({
  type: fc.constant("Resource"),
  resource: some({ name: word, target: some({ type: fc.constant("Utilization"), averageUtilization: int }) }, [
    "name",
    "target",
  ]),
}, ["type", "resource"]);

function autoscaler(version: string, metric: Arbitrary<unknown>): Arbitrary<Old> {
  return manifest(version, "HorizontalPodAutoscaler", {
    spec: some({
      scaleTargetRef: some({ apiVersion: fc.constant("apps/v1"), kind: fc.constant("Deployment"), name: word }, [
        "apiVersion",
        "kind",
        "name",
      ]),
      minReplicas: orNull(int),
      maxReplicas: int,
      metrics: orNull(list(metric)),
    }, ["scaleTargetRef", "maxReplicas"]),
  }, ["spec"]);
}

const rule = some({
  apiGroups: list(word),
  resources: list(word),
  resourceNames: list(word),
  verbs: list(word),
  nonResourceURLs: list(word),
}, ["verbs"]);
const RBAC = "rbac.authorization.k8s.io";
const subject = some({
  kind: fc.constantFrom("User", "Group", "ServiceAccount"),
  apiGroup: fc.constant(undefined),
  name: word,
  namespace: word,
}, ["kind", "name"]);
const alphaSubject = some({
  kind: fc.constantFrom("User", "Group", "ServiceAccount", "Robot"),
  apiVersion: fc.constantFrom("v1", `${RBAC}/v1alpha1`, "x.io/v1"),
  name: fc.constantFrom("*", "a"),
  namespace: word,
}, ["kind", "name"]);
const roleRef = some({ apiGroup: fc.constant(RBAC), kind: fc.constantFrom("Role", "ClusterRole"), name: word }, [
  "kind",
  "name",
]);

const rbac = ["Role", "ClusterRole"].flatMap((kind) => [
  manifest(fc.constantFrom(`${RBAC}/v1beta1`, `${RBAC}/v1alpha1`), kind, { rules: orNull(list(rule)) }),
  manifest(`${RBAC}/v1beta1`, `${kind}Binding`, { subjects: orNull(list(subject)), roleRef }, ["roleRef"]),
  manifest(`${RBAC}/v1alpha1`, `${kind}Binding`, { subjects: orNull(list(alphaSubject)), roleRef }, ["roleRef"]),
]);

const webhook = some({
  name: fc.constantFrom("a.example.com", "b.example.com", "c.example.com"),
  clientConfig: some({ url: fc.constant("https://a/"), caBundle: fc.constant("Cg==") }),
  rules: list(
    some({
      apiGroups: list(word),
      apiVersions: list(word),
      operations: list(fc.constantFrom("CREATE", "UPDATE")),
      resources: list(word),
      scope: fc.constantFrom("*", "Namespaced"),
    }),
  ),
  failurePolicy: orNull(fc.constantFrom("Ignore", "Fail")),
  matchPolicy: orNull(fc.constantFrom("Exact", "Equivalent")),
  sideEffects: fc.constantFrom("None", "NoneOnDryRun"),
  timeoutSeconds: orNull(fc.integer({ min: 1, max: 30 })),
  admissionReviewVersions: orNull(fc.constantFrom(["v1"], ["v1", "v1beta1"])),
  namespaceSelector: selector,
  objectSelector: selector,
}, ["name", "clientConfig", "sideEffects"]);
const ADMISSION = "admissionregistration.k8s.io";
const policy = {
  spec: some({
    failurePolicy: orNull(fc.constantFrom("Ignore", "Fail")),
    validations: list(some({ expression: fc.constant("true"), message: word }, ["expression"])),
    matchConstraints: some({ matchPolicy: fc.constantFrom("Exact", "Equivalent"), namespaceSelector: selector }),
    paramKind: some({ apiVersion: fc.constant("x.io/v1"), kind: word }),
  }),
};
const binding = {
  spec: some({
    policyName: word,
    validationActions: fc.constant(["Deny"]),
    paramRef: some({ name: word, parameterNotFoundAction: fc.constant("Deny") }),
    matchResources: some({ objectSelector: selector }),
  }),
};
const admission = [
  ...["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].map((kind) =>
    manifest(`${ADMISSION}/v1beta1`, kind, {
      webhooks: orNull(
        fc.uniqueArray(webhook as Arbitrary<{ name: string }>, { maxLength: 3, selector: ({ name }) => name }),
      ),
    })
  ),
  manifest(fc.constantFrom(`${ADMISSION}/v1beta1`, `${ADMISSION}/v1alpha1`), "ValidatingAdmissionPolicy", policy),
  manifest(
    fc.constantFrom(`${ADMISSION}/v1beta1`, `${ADMISSION}/v1alpha1`),
    "ValidatingAdmissionPolicyBinding",
    binding,
  ),
];

const storage = [
  manifest("storage.k8s.io/v1beta1", "StorageClass", {
    provisioner: word,
    parameters: labels,
    reclaimPolicy: orNull(fc.constantFrom("Retain", "Delete")),
    volumeBindingMode: orNull(fc.constantFrom("Immediate", "WaitForFirstConsumer")),
    allowVolumeExpansion: orNull(flag),
    mountOptions: list(word),
  }, ["provisioner"]),
  manifest(fc.constantFrom("storage.k8s.io/v1beta1", "storage.k8s.io/v1alpha1"), "VolumeAttachment", {
    spec: some({ attacher: word, nodeName: word, source: some({ persistentVolumeName: word }) }),
  }),
  manifest("storage.k8s.io/v1beta1", "CSIDriver", {
    spec: some({
      attachRequired: orNull(flag),
      podInfoOnMount: orNull(flag),
      storageCapacity: orNull(flag),
      fsGroupPolicy: orNull(fc.constantFrom("File", "None", "ReadWriteOnceWithFSType")),
      volumeLifecycleModes: list(fc.constantFrom("Persistent", "Ephemeral")),
      requiresRepublish: flag,
    }),
  }),
  manifest("storage.k8s.io/v1beta1", "CSINode", {
    spec: some({
      drivers: list(
        some({ name: word, nodeID: word, topologyKeys: list(word), allocatable: some({ count: int }) }, [
          "name",
          "nodeID",
        ]),
      ),
    }),
  }),
  manifest(fc.constantFrom("storage.k8s.io/v1beta1", "storage.k8s.io/v1alpha1"), "CSIStorageCapacity", {
    storageClassName: word,
    nodeTopology: orNull(selector),
    capacity: quantity,
    maximumVolumeSize: quantity,
  }),
  manifest(fc.constantFrom("storage.k8s.io/v1beta1", "storage.k8s.io/v1alpha1"), "VolumeAttributesClass", {
    driverName: word,
    parameters: labels,
  }),
];

const runtime = some({
  overhead: orNull(some({ podFixed: fc.record({ cpu: quantity }) })),
  scheduling: orNull(
    some({
      nodeSelector: labels,
      tolerations: list(some({ key: word, operator: fc.constantFrom("Exists", "Equal") })),
    }),
  ),
});
const subjects = list(some({
  kind: fc.constantFrom("User", "Group", "ServiceAccount"),
  user: fc.record({ name: word }, { noNullPrototype: true }),
}, ["kind"]));
const FLOW = "flowcontrol.apiserver.k8s.io";
const limitResponse = some({
  type: fc.constantFrom("Reject", "Queue"),
  queuing: orNull(some({ queues: int, handSize: int, queueLengthLimit: int })),
});
const level = (versions: string[], shares: string) =>
  manifest(fc.constantFrom(...versions), "PriorityLevelConfiguration", {
    metadata: some({
      name: word,
      annotations: fc.constantFrom({}, { a: "b" }, {
        "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares": "",
      }),
    }, ["name"]),
    spec: some({
      type: fc.constantFrom("Limited", "Exempt"),
      limited: orNull(
        some({
          [shares]: orNull(fc.constantFrom(0, 1, 30)),
          limitResponse,
          lendablePercent: int,
          borrowingLimitPercent: int,
        }),
      ),
      exempt: some({ nominalConcurrencyShares: orNull(int), lendablePercent: int }),
    }, ["type"]),
  }, ["spec"]);

const others = [
  budgets,
  jobs,
  manifest(fc.constantFrom("scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1alpha1"), "PriorityClass", {
    value: int,
    globalDefault: flag,
    description: word,
    preemptionPolicy: orNull(fc.constantFrom("Never", "PreemptLowerPriority")),
  }, ["value"]),
  manifest("node.k8s.io/v1beta1", "RuntimeClass", { handler: word, overhead: fc.constant({ podFixed: { cpu: 1 } }) }, [
    "handler",
  ]),
  fc.tuple(manifest("node.k8s.io/v1alpha1", "RuntimeClass", {}), runtime, word).map(([old, more, runtimeHandler]) => ({
    ...old,
    spec: { runtimeHandler, ...more },
  })),
  manifest("coordination.k8s.io/v1beta1", "Lease", {
    spec: some({ holderIdentity: orNull(word), leaseDurationSeconds: orNull(int), leaseTransitions: int }),
  }),
  manifest("events.k8s.io/v1beta1", "Event", {
    eventTime: fc.constant("2020-01-01T00:00:00.000000Z"),
    action: word,
    reason: word,
    reportingController: word,
    reportingInstance: word,
    note: word,
    type: word,
    regarding: object,
    deprecatedCount: int,
    series: some({ count: int, lastObservedTime: fc.constant("2020-01-01T00:00:00.000000Z") }),
  }, ["eventTime", "action", "reportingController", "reportingInstance"]),
  manifest(fc.constantFrom(`${FLOW}/v1beta1`, `${FLOW}/v1beta2`, `${FLOW}/v1beta3`), "FlowSchema", {
    spec: some({
      matchingPrecedence: int,
      priorityLevelConfiguration: fc.record({ name: word }, { noNullPrototype: true }),
      rules: list(some({ subjects, nonResourceRules: list(some({ verbs: list(word), nonResourceURLs: list(word) })) })),
      distinguisherMethod: some({ type: fc.constant("ByUser") }, ["type"]),
    }),
  }),
  level([`${FLOW}/v1beta1`, `${FLOW}/v1beta2`], "assuredConcurrencyShares"),
  level([`${FLOW}/v1beta3`], "nominalConcurrencyShares"),
  manifest("certificates.k8s.io/v1beta1", "CertificateSigningRequest", {
    spec: some({
      request: fc.constant("Cg=="),
      signerName: fc.constant("a.io/b"),
      usages: orNull(fc.constantFrom(["client auth"], ["digital signature"])),
      username: word,
    }, ["request", "signerName"]),
  }, ["spec"]),
  manifest("certificates.k8s.io/v1alpha1", "ClusterTrustBundle", {
    spec: some({ signerName: fc.constant("a.io/b"), trustBundle: word }),
  }),
  manifest("coordination.k8s.io/v1alpha2", "LeaseCandidate", {
    spec: some({ leaseName: word, binaryVersion: word, strategy: fc.constant("OldestEmulationVersion") }),
  }),
  manifest("authentication.k8s.io/v1beta1", "TokenReview", { spec: some({ token: word, audiences: list(word) }) }),
  ...["SubjectAccessReview", "LocalSubjectAccessReview"].map((kind) =>
    manifest("authorization.k8s.io/v1beta1", kind, {
      spec: some({
        user: word,
        group: orNull(list(word)),
        resourceAttributes: some({ verb: word, resource: word }),
        extra: fc.constant({ a: ["b"] }),
      }),
    })
  ),
  manifest("authorization.k8s.io/v1beta1", "SelfSubjectAccessReview", {
    spec: some({ nonResourceAttributes: some({ path: word, verb: word }) }),
  }),
  manifest("authorization.k8s.io/v1beta1", "SelfSubjectRulesReview", { spec: some({ namespace: word }) }),
];

/** Generates manifests of all kinds that `kubectl-convert` supports. */
export const oldManifest: Arbitrary<Old> = fc.oneof(
  ...workloads,
  ...network,
  autoscaler("autoscaling/v2beta1", oldMetric),
  autoscaler("autoscaling/v2beta1", oldMetric),
  autoscaler("autoscaling/v2beta2", newMetric),
  ...rbac,
  ...admission,
  ...storage,
  ...others,
);

const schema = fc.constantFrom(
  {},
  { openAPIV3Schema: null },
  { openAPIV3Schema: { type: "object" } },
  {
    openAPIV3Schema: {
      type: "object",
      properties: { spec: { type: "object", properties: { a: { type: "integer", minimum: 1 } } } },
    },
  },
);
const columns = list(
  some({
    name: word,
    type: fc.constantFrom("string", "integer"),
    JSONPath: fc.constant(".spec.a"),
    description: word,
    priority: int,
  }, ["name", "type", "JSONPath"]),
);
const subresources = some({
  status: fc.constant({}),
  scale: some({
    specReplicasPath: fc.constant(".spec.r"),
    statusReplicasPath: fc.constant(".status.r"),
    labelSelectorPath: fc.constant(".status.s"),
  }),
});
const version = some({
  name: fc.constantFrom("v1", "v1beta1", "v2"),
  served: flag,
  storage: flag,
  schema: orNull(schema),
  subresources,
  additionalPrinterColumns: columns,
}, ["name", "served", "storage"]);

/** Generates a CustomResourceDefinition or APIService, which another program converts. */
export const oldExtension: Arbitrary<Old> = fc.oneof(
  {
    weight: 4,
    arbitrary: manifest("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", {
      spec: some({
        group: fc.constant("example.com"),
        names: some({
          kind: fc.constant("Foo"),
          plural: fc.constant("foos"),
          singular: fc.constant("foo"),
          shortNames: list(word),
          categories: list(word),
          listKind: fc.constant("FooList"),
        }, ["kind", "plural"]),
        scope: orNull(fc.constantFrom("Cluster", "Namespaced", "")),
        version: fc.constantFrom("v1", ""),
        versions: orNull(list(version)),
        validation: orNull(schema),
        subresources: orNull(subresources),
        additionalPrinterColumns: orNull(columns),
        preserveUnknownFields: orNull(flag),
        conversion: orNull(some({
          strategy: fc.constantFrom("None", "Webhook"),
          webhookClientConfig: orNull(
            some({
              url: fc.constant("https://a/"),
              service: some({ name: word, namespace: word, path: fc.constant("/c"), port: int }, ["name", "namespace"]),
            }),
          ),
          conversionReviewVersions: orNull(fc.constantFrom([], ["v1", "v1beta1"])),
        }, ["strategy"])),
      }, ["group", "names"]),
    }, ["spec"]),
  },
  {
    weight: 1,
    arbitrary: manifest("apiregistration.k8s.io/v1beta1", "APIService", {
      spec: some({
        group: word,
        version: fc.constant("v1"),
        groupPriorityMinimum: int,
        versionPriority: int,
        insecureSkipTLSVerify: flag,
        caBundle: fc.constant("Cg=="),
        service: orNull(some({ name: word, namespace: word, port: orNull(int) }, ["name", "namespace"])),
      }),
    }),
  },
);
