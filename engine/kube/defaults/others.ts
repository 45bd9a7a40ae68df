/**
 * Defaults of kinds without pods.
 *
 * Source: Kubernetes 1.34, `defaults.go` of `pkg/apis/core/v1`, `autoscaling/v2`, `admissionregistration/v1`, `rbac/v1` and `scheduling/v1`, and of the apiextensions and
 * aggregation servers.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { asObject, asText, childOf, fieldAt, fillIn, type JsonObject, objectsOf } from "../../base/mod.ts";

/** Fills in a Secret. */
export function secretDefaults(object: JsonObject): void {
  // `stringData` is for writing only: it wins over `data` and is never stored
  // (`pkg/apis/core/v1/conversion.go`).
  const plain = Object.entries(asObject(object["stringData"]));
  if (plain.length > 0) {
    const data = childOf(object, "data");
    for (const [key, value] of plain) data[key] = Buffer.from(asText(value), "utf8").toString("base64");
  }
  delete object["stringData"];
  if (asText(object["type"]) === "") object["type"] = "Opaque";
}

/** Fills in a Namespace. */
export function namespaceDefaults(object: JsonObject): void {
  const meta = childOf(object, "metadata");
  const name = asText(meta["name"]);
  if (name !== "") childOf(meta, "labels")["kubernetes.io/metadata.name"] = name;
}

/** Fills in a LimitRange: defaults follow from the maximum. */
export function limitRangeDefaults(object: JsonObject): void {
  for (const limit of objectsOf(fieldAt(object, "spec", "limits"))) {
    if (limit["type"] !== "Container") continue;
    const [max, standard] = [asObject(limit["max"]), asObject(limit["default"])];
    const defaults = { ...max, ...standard };
    if (Object.keys(defaults).length > 0) limit["default"] = defaults;
    // Kubernetes: a limit goes before the minimum (`pkg/apis/core/v1/defaults.go`, SetDefaults_LimitRangeItem).
    const requests = { ...asObject(limit["min"]), ...defaults, ...asObject(limit["defaultRequest"]) };
    if (Object.keys(requests).length > 0) limit["defaultRequest"] = requests;
  }
}

/** Fills in a HorizontalPodAutoscaler. */
export function scalerDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  fillIn(spec, "minReplicas", 1);
  if (objectsOf(spec["metrics"]).length === 0) {
    // `SetDefaults_HorizontalPodAutoscaler`: without metrics, 80 % of the requested CPU.
    const target = { type: "Utilization", averageUtilization: 80 };
    spec["metrics"] = [{ type: "Resource", resource: { name: "cpu", target } }];
  }
  const behavior = spec["behavior"];
  if (behavior === undefined) return;
  const up = childOf(asObject(behavior), "scaleUp");
  fillIn(up, "stabilizationWindowSeconds", 0);
  fillIn(up, "selectPolicy", "Max");
  fillIn(up, "policies", [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 },
  ]);
  // The window for scaling down has no default: a flag of the controller decides.
  const down = childOf(asObject(behavior), "scaleDown");
  fillIn(down, "selectPolicy", "Max");
  fillIn(down, "policies", [{ type: "Percent", value: 100, periodSeconds: 15 }]);
}

/** Fills in a configuration of webhooks. */
export function webhookDefaults(object: JsonObject): void {
  // Only a mutating webhook can be called again after others have changed the object.
  const mutating = object["kind"] === "MutatingWebhookConfiguration";
  for (const hook of objectsOf(object["webhooks"])) {
    fillIn(hook, "failurePolicy", "Fail");
    fillIn(hook, "matchPolicy", "Equivalent");
    fillIn(hook, "namespaceSelector", {});
    fillIn(hook, "objectSelector", {});
    fillIn(hook, "timeoutSeconds", 10);
    if (mutating) fillIn(hook, "reinvocationPolicy", "Never");
    const service = fieldAt(hook, "clientConfig", "service");
    if (service !== undefined) fillIn(asObject(service), "port", 443);
    for (const rule of objectsOf(hook["rules"])) fillIn(rule, "scope", "*");
  }
}

/** Fills in an APIService. */
export function apiServiceDefaults(object: JsonObject): void {
  const service = fieldAt(object, "spec", "service");
  if (service !== undefined) fillIn(asObject(service), "port", 443);
}

/** Fills in a CustomResourceDefinition. */
export function definitionDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  const names = childOf(spec, "names");
  // `SetDefaults_CustomResourceDefinitionSpec`: the singular and the kind of lists follow from
  // the kind.
  const kind = asText(names["kind"]);
  if (asText(names["singular"]) === "") names["singular"] = kind.toLowerCase();
  if (asText(names["listKind"]) === "" && kind !== "") names["listKind"] = `${kind}List`;
  fillIn(spec, "conversion", { strategy: "None" });
}

const RBAC = "rbac.authorization.k8s.io";

/** Fills in a RoleBinding or a ClusterRoleBinding. */
export function bindingDefaults(object: JsonObject): void {
  const role = asObject(object["roleRef"]);
  if (asText(role["apiGroup"]) === "") role["apiGroup"] = RBAC;
  // ServiceAccounts are in the core group, whose name is empty: they get no default.
  for (const subject of objectsOf(object["subjects"])) {
    if (subject["kind"] === "User" || subject["kind"] === "Group") fillIn(subject, "apiGroup", RBAC);
  }
}

/** Fills in a PriorityClass. */
export function priorityClassDefaults(object: JsonObject): void {
  fillIn(object, "preemptionPolicy", "PreemptLowerPriority");
}
