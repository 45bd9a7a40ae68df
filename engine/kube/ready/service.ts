/**
 * A Service is ready when it has its address: a cluster IP, and for a load
 * balancer the balancer's address. External names are ready at once.
 *
 * @module
 */
import { asObject, asText } from "../json.ts";
import { getObject } from "../object_calls.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "../types.ts";
import type { Missing } from "./readiness.ts";

/** Reads the service and checks its addresses. */
export async function serviceReady(
  transport: Transport,
  info: ResourceInfo,
  options: KubeCallOptions,
): Promise<Missing> {
  const service = await getObject(transport, info, options);
  const spec = asObject(service.spec);
  if (spec.type === "ExternalName") return "";
  if (asText(spec.clusterIP) === "") return "the service has no cluster IP yet";
  const balancer = asObject(asObject(service.status).loadBalancer);
  // Helm 2: an empty list counts as set; the API server never stores one.
  if (spec.type === "LoadBalancer" && !Array.isArray(balancer.ingress)) return "the load balancer has no address yet";
  return "";
}
