/**
 * Rows of configuration, network, storage, access and cluster objects.
 *
 * Source of the cells: Kubernetes 1.34, `pkg/printers/internalversion/printers.go`.
 *
 * @module
 */
import { at, type Json, listOf, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import { age, type Cells, hasCondition, labelText, modesText, nameOf, selectorText, since } from "./format.ts";

function size(data: unknown): number {
  return Object.keys(mapOf(data)).length;
}

const configMap: Cells = (o, c) => [nameOf(o), size(o["data"]) + size(o["binaryData"]), age(o, c)];
const secret: Cells = (o, c) => [nameOf(o), textOf(o["type"]), size(o["data"]), age(o, c)];
const namespace: Cells = (o, c) => [nameOf(o), textOf(at(o, "status", "phase")), age(o, c)];
const serviceAccount: Cells = (o, c) => [nameOf(o), listOf(o["secrets"]).length, age(o, c)];

function balancer(object: Json): string {
  const found = mapsOf(at(object, "status", "loadBalancer", "ingress"))
    .map((entry) => textOf(entry["ip"]) || textOf(entry["hostname"])).filter((text) => text !== "");
  const text = [...new Set(found)].sort().join(",");
  // `loadBalancerWidth`: 16 characters, the last three of which are dots.
  return text.length > 16 ? `${text.slice(0, 13)}...` : text;
}

/**
 * Returns the addresses from outside (`getServiceExternalIP`). A load balancer without address is
 * pending, any other service has none.
 */
function externalAddress(object: Json): string {
  const extra = listOf(at(object, "spec", "externalIPs")).map(textOf);
  switch (at(object, "spec", "type")) {
    case "ExternalName":
      return textOf(at(object, "spec", "externalName"));
    case "LoadBalancer": {
      const all = [...balancer(object).split(",").filter((text) => text !== ""), ...extra];
      return all.length > 0 ? all.join(",") : "<pending>";
    }
    default:
      return extra.length > 0 ? extra.join(",") : "<none>";
  }
}

const service: Cells = (o, c) => {
  const ports = mapsOf(at(o, "spec", "ports")).map((port) => {
    const node = numberOf(port["nodePort"]);
    return node > 0 ? `${port["port"]}:${node}/${port["protocol"]}` : `${port["port"]}/${port["protocol"]}`;
  });
  return [
    nameOf(o),
    textOf(at(o, "spec", "type")),
    textOf(listOf(at(o, "spec", "clusterIPs"))[0]) || "<none>",
    externalAddress(o),
    ports.join(",") || "<none>",
    age(o, c),
    labelText(at(o, "spec", "selector")),
  ];
};

const ingress: Cells = (o, c) => {
  const hosts = mapsOf(at(o, "spec", "rules")).map((rule) => textOf(rule["host"])).filter((host) => host !== "");
  // `formatHosts` shows three, like the functions for endpoints below.
  const shown = hosts.length > 3 ? `${hosts.slice(0, 3).join(",")} + ${hosts.length - 3} more...` : hosts.join(",");
  return [
    nameOf(o),
    textOf(at(o, "spec", "ingressClassName")) || "<none>",
    shown || "*",
    balancer(o),
    mapsOf(at(o, "spec", "tls")).length > 0 ? "80, 443" : "80",
    age(o, c),
  ];
};

const ingressClass: Cells = (o, c) => {
  const parameters = at(o, "spec", "parameters");
  const group = textOf(at(parameters, "apiGroup"));
  const shown = parameters === undefined
    ? "<none>"
    : `${textOf(at(parameters, "kind"))}${group === "" ? "" : `.${group}`}/${textOf(at(parameters, "name"))}`;
  return [nameOf(o), textOf(at(o, "spec", "controller")), shown, age(o, c)];
};

const networkPolicy: Cells = (o, c) => [nameOf(o), selectorText(at(o, "spec", "podSelector")), age(o, c)];

const endpoints: Cells = (o, c) => {
  const all = mapsOf(o["subsets"]).flatMap((subset) => {
    const addresses = mapsOf(subset["addresses"]).map((address) => textOf(address["ip"]));
    const ports = mapsOf(subset["ports"]);
    if (ports.length === 0) return addresses;
    return ports.flatMap((port) => addresses.map((address) => `${address}:${port["port"]}`));
  });
  const shown = all.length > 3 ? `${all.slice(0, 3).join(",")} + ${all.length - 3} more...` : all.join(",");
  return [nameOf(o), mapsOf(o["subsets"]).length === 0 ? "<none>" : shown, age(o, c)];
};

const endpointSlice: Cells = (o, c) => {
  const some = (list: string[]): string =>
    list.length === 0
      ? "<unset>"
      : list.length > 3
      ? `${list.slice(0, 3).join(",")} + ${list.length - 3} more...`
      : list.join(",");
  const ports = mapsOf(o["ports"]).map((port) => String(port["port"] ?? "*"));
  const addresses = mapsOf(o["endpoints"]).flatMap((endpoint) => listOf(endpoint["addresses"]).map(textOf));
  return [nameOf(o), textOf(o["addressType"]), some(ports), some(addresses), age(o, c)];
};

function amount(value: unknown): string {
  return value === undefined ? "0" : textOf(value);
}

const claim: Cells = (o, c) => {
  const volume = textOf(at(o, "spec", "volumeName"));
  const leaving = at(o, "metadata", "deletionTimestamp") !== undefined;
  return [
    nameOf(o),
    leaving ? "Terminating" : textOf(at(o, "status", "phase")),
    volume,
    // Capacity and modes are those of the volume, so a claim without one has none.
    volume === "" ? "" : amount(at(o, "status", "capacity", "storage")),
    volume === "" ? "" : modesText(at(o, "status", "accessModes")),
    textOf(at(o, "spec", "storageClassName")),
    textOf(at(o, "spec", "volumeAttributesClassName")) || "<unset>",
    age(o, c),
    textOf(at(o, "spec", "volumeMode")) || "<unset>",
  ];
};

const volume: Cells = (o, c) => {
  const reference = at(o, "spec", "claimRef");
  const leaving = at(o, "metadata", "deletionTimestamp") !== undefined;
  return [
    nameOf(o),
    amount(at(o, "spec", "capacity", "storage")),
    modesText(at(o, "spec", "accessModes")),
    textOf(at(o, "spec", "persistentVolumeReclaimPolicy")),
    leaving ? "Terminating" : textOf(at(o, "status", "phase")),
    reference === undefined ? "" : `${textOf(at(reference, "namespace"))}/${textOf(at(reference, "name"))}`,
    textOf(at(o, "spec", "storageClassName")),
    textOf(at(o, "spec", "volumeAttributesClassName")) || "<unset>",
    textOf(at(o, "status", "reason")),
    age(o, c),
    textOf(at(o, "spec", "volumeMode")) || "<unset>",
  ];
};

const storageClass: Cells = (o, c) => {
  const key = "storageclass.kubernetes.io/is-default-class";
  const isDefault = at(o, "metadata", "annotations", key) === "true";
  return [
    isDefault ? `${nameOf(o)} (default)` : nameOf(o),
    textOf(o["provisioner"]),
    textOf(o["reclaimPolicy"]) || "Delete",
    textOf(o["volumeBindingMode"]) || "Immediate",
    o["allowVolumeExpansion"] === true,
    age(o, c),
  ];
};

function subjects(object: Json, kind: string): string {
  return mapsOf(object["subjects"]).filter((subject) => subject["kind"] === kind).map((subject) => {
    return kind === "ServiceAccount" ? `${textOf(subject["namespace"])}/${subject["name"]}` : textOf(subject["name"]);
  }).join(", ");
}

const binding: Cells = (o, c) => [
  nameOf(o),
  `${textOf(at(o, "roleRef", "kind"))}/${textOf(at(o, "roleRef", "name"))}`,
  age(o, c),
  subjects(o, "User"),
  subjects(o, "Group"),
  subjects(o, "ServiceAccount"),
];

const created: Cells = (o) => [nameOf(o), textOf(at(o, "metadata", "creationTimestamp"))];

/**
 * Returns the roles from a node's labels (`findNodeRoles`). There are two forms: a label per role,
 * and an older one with the role as its value.
 */
function nodeRoles(object: Json): string {
  const prefix = "node-role.kubernetes.io/";
  const labels = Object.entries(mapOf(at(object, "metadata", "labels")));
  const roles = labels.flatMap(([key, value]) =>
    key.startsWith(prefix) && key !== prefix
      ? [key.slice(prefix.length)]
      : key === "kubernetes.io/role" && value !== ""
      ? [textOf(value)]
      : []
  );
  return roles.sort().join(",") || "<none>";
}

const node: Cells = (o, c) => {
  const info = mapOf(at(o, "status", "nodeInfo"));
  const known = mapsOf(at(o, "status", "conditions")).some((condition) => condition["type"] === "Ready");
  const ready = !known ? "Unknown" : hasCondition(o, "Ready") ? "Ready" : "NotReady";
  const addresses = mapsOf(at(o, "status", "addresses"));
  const address = (type: string): string =>
    textOf(addresses.find((entry) => entry["type"] === type)?.["address"]) || "<none>";
  return [
    nameOf(o),
    at(o, "spec", "unschedulable") === true ? `${ready},SchedulingDisabled` : ready,
    nodeRoles(o),
    age(o, c),
    textOf(info["kubeletVersion"]),
    address("InternalIP"),
    address("ExternalIP"),
    textOf(info["osImage"]) || "<unknown>",
    textOf(info["kernelVersion"]) || "<unknown>",
    textOf(info["containerRuntimeVersion"]) || "<unknown>",
  ];
};

/**
 * Returns a metric as current and wanted value (`formatHPAMetrics`). Without metrics in the status
 * the current one is unknown.
 */
function metricText(metric: Json, current: Json | undefined): string {
  const type = textOf(metric["type"]);
  // The metric's own data is under its type: `Resource` under `resource`.
  const key = type.slice(0, 1).toLowerCase() + type.slice(1);
  const own = mapOf(metric[key]);
  const target = mapOf(own["target"]);
  const seen = mapOf(at(current, key, "current"));
  const head = type === "Resource" || type === "ContainerResource" ? `${textOf(own["name"])}: ` : "";
  if (target["averageValue"] !== undefined) {
    const tail = type === "External" || type === "Object" ? " (avg)" : "";
    return `${head}${textOf(seen["averageValue"]) || "<unknown>"}/${target["averageValue"]}${tail}`;
  }
  if (head === "") return `${textOf(seen["value"]) || "<unknown>"}/${textOf(target["value"])}`;
  const used = seen["averageUtilization"];
  const wanted = target["averageUtilization"];
  return `${head}${used === undefined ? "<unknown>" : `${used}%`}/${wanted === undefined ? "<auto>" : `${wanted}%`}`;
}

const scaler: Cells = (o, c) => {
  const currents = mapsOf(at(o, "status", "currentMetrics"));
  const metrics = mapsOf(at(o, "spec", "metrics")).map((metric, i) => metricText(metric, currents[i]));
  const shown = metrics.length > 2
    ? `${metrics.slice(0, 2).join(", ")} + ${metrics.length - 2} more...`
    : metrics.join(", ");
  const target = at(o, "spec", "scaleTargetRef");
  const low = at(o, "spec", "minReplicas");
  return [
    nameOf(o),
    `${textOf(at(target, "kind"))}/${textOf(at(target, "name"))}`,
    shown || "<none>",
    low === undefined ? "<unset>" : String(low),
    numberOf(at(o, "spec", "maxReplicas")),
    numberOf(at(o, "status", "currentReplicas")),
    age(o, c),
  ];
};

const budget: Cells = (o, c) => [
  nameOf(o),
  String(at(o, "spec", "minAvailable") ?? "N/A"),
  String(at(o, "spec", "maxUnavailable") ?? "N/A"),
  numberOf(at(o, "status", "disruptionsAllowed")),
  age(o, c),
];

const quota: Cells = (o, c) => {
  const [hard, used] = [mapOf(at(o, "status", "hard")), mapOf(at(o, "status", "used"))];
  const text = (limits: boolean): string =>
    Object.keys(hard).sort().filter((key) => /^limits\./.test(key) === limits)
      .map((key) => `${key}: ${textOf(used[key]) || "0"}/${textOf(hard[key])}`).join(", ");
  return [nameOf(o), text(false), text(true), age(o, c)];
};

const priorityClass: Cells = (o, c) => [
  nameOf(o),
  numberOf(o["value"]),
  o["globalDefault"] === true,
  age(o, c),
  textOf(o["preemptionPolicy"]),
];

const event: Cells = (o, c) => {
  // Events of the newer API have an event time and a series, those of the core API a first and a
  // last time.
  const first = textOf(o["firstTimestamp"]) || textOf(o["eventTime"]);
  const last = textOf(at(o, "series", "lastObservedTime")) || textOf(o["lastTimestamp"]) || first;
  const kind = textOf(at(o, "involvedObject", "kind")).toLowerCase();
  const name = textOf(at(o, "involvedObject", "name"));
  const component = textOf(at(o, "source", "component")) || textOf(o["reportingComponent"]);
  const host = textOf(at(o, "source", "host")) || textOf(o["reportingInstance"]);
  return [
    since(last, c),
    textOf(o["type"]),
    textOf(o["reason"]),
    name === "" ? kind : `${kind}/${name}`,
    textOf(at(o, "involvedObject", "fieldPath")),
    host === "" ? component : `${component}, ${host}`,
    textOf(o["message"]).trim(),
    since(first, c),
    numberOf(at(o, "series", "count")) || numberOf(o["count"]) || 1,
    nameOf(o),
  ];
};

const webhooks: Cells = (o, c) => [nameOf(o), listOf(o["webhooks"]).length, age(o, c)];
const lease: Cells = (o, c) => [nameOf(o), textOf(at(o, "spec", "holderIdentity")), age(o, c)];
const runtimeClass: Cells = (o, c) => [nameOf(o), textOf(o["handler"]), age(o, c)];

const apiService: Cells = (o, c) => {
  const service = at(o, "spec", "service");
  const where = service === undefined ? "Local" : `${textOf(at(service, "namespace"))}/${textOf(at(service, "name"))}`;
  return [nameOf(o), where, hasCondition(o, "Available") ? "True" : "Unknown", age(o, c)];
};

/** Rows by the name their objects are stored under. */
export const OTHER_ROWS: Readonly<Record<string, Cells>> = {
  "/configmaps": configMap,
  "/endpoints": endpoints,
  "/events": event,
  "/limitranges": created,
  "/namespaces": namespace,
  "/nodes": node,
  "/persistentvolumeclaims": claim,
  "/persistentvolumes": volume,
  "/resourcequotas": quota,
  "/secrets": secret,
  "/serviceaccounts": serviceAccount,
  "/services": service,
  "admissionregistration.k8s.io/mutatingwebhookconfigurations": webhooks,
  "admissionregistration.k8s.io/validatingwebhookconfigurations": webhooks,
  "apiextensions.k8s.io/customresourcedefinitions": created,
  "apiregistration.k8s.io/apiservices": apiService,
  "autoscaling/horizontalpodautoscalers": scaler,
  "coordination.k8s.io/leases": lease,
  "discovery.k8s.io/endpointslices": endpointSlice,
  "networking.k8s.io/ingressclasses": ingressClass,
  "networking.k8s.io/ingresses": ingress,
  "networking.k8s.io/networkpolicies": networkPolicy,
  "node.k8s.io/runtimeclasses": runtimeClass,
  "policy/poddisruptionbudgets": budget,
  "rbac.authorization.k8s.io/clusterrolebindings": binding,
  "rbac.authorization.k8s.io/clusterroles": created,
  "rbac.authorization.k8s.io/rolebindings": binding,
  "rbac.authorization.k8s.io/roles": created,
  "scheduling.k8s.io/priorityclasses": priorityClass,
  "storage.k8s.io/csistoragecapacities": created,
  "storage.k8s.io/storageclasses": storageClass,
};
