/**
 * Defaults of Services and of what belongs to networks.
 *
 * Source: Kubernetes 1.34, `pkg/apis/core/v1/defaults.go`, `pkg/apis/networking/v1/defaults.go`, `pkg/apis/discovery/v1/defaults.go`.
 *
 * @module
 */
import { asList, childOf, fieldAt, fillIn, type JsonObject, objectsOf } from "../../base/mod.ts";

/** Fills in a Service, but for its addresses. */
export function serviceDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  fillIn(spec, "sessionAffinity", "None");
  if (spec["sessionAffinity"] === "None") delete spec["sessionAffinityConfig"];
  if (spec["sessionAffinity"] === "ClientIP" && fieldAt(spec, "sessionAffinityConfig", "clientIP") === undefined) {
    // Three hours: `DefaultClientIPServiceAffinitySeconds`.
    spec["sessionAffinityConfig"] = { clientIP: { timeoutSeconds: 10800 } };
  }
  fillIn(spec, "type", "ClusterIP");
  for (const port of objectsOf(spec["ports"])) {
    fillIn(port, "protocol", "TCP");
    const target = port["targetPort"];
    if (target === undefined || target === 0 || target === "") port["targetPort"] = port["port"];
  }
  const outside = spec["type"] === "NodePort" || spec["type"] === "LoadBalancer" ||
    asList(spec["externalIPs"]).length > 0;
  // The field exists only for services that are reached from outside. The default that a former
  // type has left goes away.
  if (outside) fillIn(spec, "externalTrafficPolicy", "Cluster");
  else if (spec["externalTrafficPolicy"] === "Cluster") delete spec["externalTrafficPolicy"];
  if (spec["type"] !== "ExternalName") fillIn(spec, "internalTrafficPolicy", "Cluster");
  if (spec["type"] === "LoadBalancer") fillIn(spec, "allocateLoadBalancerNodePorts", true);
}

/** Fills in a NetworkPolicy. */
export function networkPolicyDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  for (const list of ["ingress", "egress"]) {
    for (const rule of objectsOf(spec[list])) {
      for (const port of objectsOf(rule["ports"])) fillIn(port, "protocol", "TCP");
    }
  }
  // `SetDefaults_NetworkPolicy`: a policy is always for ingress, and for egress only when it has
  // such rules.
  if (asList(spec["policyTypes"]).length === 0) {
    spec["policyTypes"] = asList(spec["egress"]).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
  }
}

/** Fills in Endpoints. */
export function endpointsDefaults(object: JsonObject): void {
  for (const subset of objectsOf(object["subsets"])) {
    for (const port of objectsOf(subset["ports"])) fillIn(port, "protocol", "TCP");
  }
}

/** Fills in an EndpointSlice. */
export function endpointSliceDefaults(object: JsonObject): void {
  for (const port of objectsOf(object["ports"])) {
    fillIn(port, "name", "");
    fillIn(port, "protocol", "TCP");
  }
}
