/**
 * A PersistentVolumeClaim is ready when it is bound.
 *
 * Helm 2: a claim that waits for its first consumer is not ready until a pod uses it.
 *
 * @module
 */
import { asObject, asText } from "../json.ts";
import { getObject } from "../object_calls.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "../types.ts";
import type { Missing } from "./readiness.ts";

/** Reads the claim and checks its phase. */
export async function claimReady(
  transport: Transport,
  info: ResourceInfo,
  options: KubeCallOptions,
): Promise<Missing> {
  const phase = asText(asObject((await getObject(transport, info, options)).status).phase);
  return phase === "Bound" ? "" : `the claim is not bound (${phase || "Pending"})`;
}
