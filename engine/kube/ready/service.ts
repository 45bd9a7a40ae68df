/**
 * Services.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, asText } from "../../base/mod.ts";
import type { Related } from "./related.ts";
import { type ObjectState, ready, specOf, statusOf, unless } from "./state.ts";

/** `--wait`: it has a cluster IP, and for a load balancer the balancer's address. External names are ready at once. */
export function serviceReady(service: KubeObject): string {
  const { type, clusterIP } = specOf(service);
  if (type === "ExternalName") return "";
  if (asText(clusterIP) === "") return "the service has no cluster IP yet";
  const balancer = asObject(statusOf(service).loadBalancer);
  // Helm 2: an empty list counts as set; the API server never stores one.
  return type === "LoadBalancer" && !Array.isArray(balancer.ingress) ? NO_BALANCER : "";
}

const NO_BALANCER = "the load balancer has no address yet";

/** Strict: its addresses, and a ready endpoint if pods of the release are behind it. */
export function serviceState(service: KubeObject, { readyEndpoints, hasWorkload = false }: Related): ObjectState {
  const { type, clusterIP, selector, publishNotReadyAddresses } = specOf(service);
  if (type === "ExternalName") return ready();
  if (asText(clusterIP) === "") return unless("the service has no cluster IP yet");
  const { ingress } = asObject(statusOf(service).loadBalancer);
  if (type === "LoadBalancer" && asList(ingress).length === 0) return unless(NO_BALANCER);
  const selects = Object.keys(asObject(selector)).length > 0;
  if (!selects || publishNotReadyAddresses === true || !hasWorkload) return ready();
  const found = readyEndpoints?.(service.metadata?.namespace ?? "", service.metadata?.name ?? "");
  return unless(found === 0 ? "no pod behind the service is ready yet" : "");
}
