/**
 * The objects of a new cluster: namespaces, nodes, the Service `kubernetes`, priority classes, a
 * storage class and roles.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { equip } from "./controllers/namespace.ts";
import type { Json } from "./json.ts";
import { editObject, type Machine, storeObject, timestamp } from "./machine.ts";

/** Puts the certificate of a served sandbox where pods would look for it. */
export function trust(machine: Machine, authority: string): void {
  machine.store.fact("ca", authority);
  for (const { metadata } of machine.store.list("/namespaces")) {
    const key = { resource: "/configmaps", namespace: metadata?.name ?? "", name: "kube-root-ca.crt" };
    editObject(machine, key, (next) => {
      next["data"] = { "ca.crt": authority };
    });
  }
}

const NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

function node(machine: Machine, number: number): Json {
  const name = `node-${number}`;
  const now = timestamp(machine);
  // Large enough for any chart: nothing runs, so nothing gets scarce.
  const resources = { cpu: "64", memory: "256Gi", pods: "1k" };
  return {
    kind: "Node",
    apiVersion: "v1",
    metadata: {
      name,
      labels: {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
      },
      annotations: { "node.alpha.kubernetes.io/ttl": "0" },
    },
    spec: { podCIDR: `10.244.${number - 1}.0/24`, podCIDRs: [`10.244.${number - 1}.0/24`] },
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: [{
        type: "Ready",
        status: "True",
        lastHeartbeatTime: now,
        lastTransitionTime: now,
        reason: "KubeletReady",
        message: "kubelet is posting ready status",
      }],
      addresses: [{ type: "InternalIP", address: `10.0.0.${number}` }, { type: "Hostname", address: name }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: "",
        systemUUID: "",
        bootID: "",
        kernelVersion: "",
        osImage: "",
        containerRuntimeVersion: "",
        kubeletVersion: "v1.34.4",
        kubeProxyVersion: "",
        operatingSystem: "linux",
        architecture: "amd64",
      },
    },
  };
}

function priorityClass(name: string, value: number, description: string): Json {
  return {
    kind: "PriorityClass",
    apiVersion: "scheduling.k8s.io/v1",
    metadata: { name, generation: 1 },
    value,
    description,
    preemptionPolicy: "PreemptLowerPriority",
  };
}

const READ = ["get", "list", "watch"];
const ALL = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const GROUPS = ["", "apps", "autoscaling", "batch", "networking.k8s.io", "policy"];

function role(name: string, rules: Json[]): Json {
  return {
    kind: "ClusterRole",
    apiVersion: "rbac.authorization.k8s.io/v1",
    metadata: {
      name,
      labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
      annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
    },
    rules,
  };
}

/**
 * Returns the roles that every cluster has, with simplified rules: they are there to be referred
 * to, and every request is allowed.
 */
function roles(): Json[] {
  const any = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };
  return [
    role("cluster-admin", [any, { nonResourceURLs: ["*"], verbs: ["*"] }]),
    role("admin", [
      { apiGroups: GROUPS, resources: ["*"], verbs: ALL },
      { apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"], verbs: ALL },
    ]),
    role("edit", [{ apiGroups: GROUPS, resources: ["*"], verbs: ALL }]),
    role("view", [{ apiGroups: GROUPS, resources: ["*"], verbs: READ }]),
  ];
}

/**
 * Returns the default storage class. Volumes are bound at once, since no scheduler has to see the
 * pod first.
 */
function storageClass(): Json {
  return {
    kind: "StorageClass",
    apiVersion: "storage.k8s.io/v1",
    metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "skeg.dev/sandbox",
    reclaimPolicy: "Delete",
    allowVolumeExpansion: true,
    volumeBindingMode: "Immediate",
  };
}

/** Returns the service through which pods reach the API server; it has the first address of the range. */
function kubernetesService(): Json {
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: {
      name: "kubernetes",
      namespace: "default",
      labels: { component: "apiserver", provider: "kubernetes" },
    },
    spec: {
      ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: 6443 }],
      clusterIP: "10.96.0.1",
      clusterIPs: ["10.96.0.1"],
      type: "ClusterIP",
      sessionAffinity: "None",
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      internalTrafficPolicy: "Cluster",
    },
    status: { loadBalancer: {} },
  };
}

/** Fills an empty store; does nothing to one that was filled before. */
export function seed(machine: Machine): void {
  if (machine.store.fact("seeded") !== undefined) return;
  machine.store.transaction(() => {
    // Once more inside the transaction: another process may have filled the file meanwhile.
    if (machine.store.fact("seeded") !== undefined) return;
    const add = (resource: string, object: Json): void => {
      storeObject(machine, resource, object as KubeObject);
    };
    for (const name of NAMESPACES) {
      add("/namespaces", {
        kind: "Namespace",
        apiVersion: "v1",
        metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
        spec: { finalizers: ["kubernetes"] },
        status: { phase: "Active" },
      });
      equip(machine, name);
    }
    for (const number of [1, 2, 3]) add("/nodes", node(machine, number));
    add("/services", kubernetesService());
    add(
      "scheduling.k8s.io/priorityclasses",
      // `SystemCriticalPriority` in `pkg/apis/scheduling/types.go`; the class of nodes is 1000
      // above it.
      priorityClass("system-cluster-critical", 2000000000, "Pods the cluster cannot do without."),
    );
    add(
      "scheduling.k8s.io/priorityclasses",
      priorityClass("system-node-critical", 2000001000, "Pods a node cannot do without."),
    );
    add("storage.k8s.io/storageclasses", storageClass());
    for (const object of roles()) add("rbac.authorization.k8s.io/clusterroles", object);
    machine.store.fact("seeded", "1");
  });
}
