/**
 * ReplicationControllers, ReplicaSets, DaemonSets and StatefulSets are ready when every pod that their
 * selector currently matches is ready.
 *
 * Helm 2: no pods at all count as ready, and pods of an older generation count.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList } from "../json.ts";
import { listObjects, PODS } from "../object_calls.ts";
import { selectorText } from "../selectors.ts";
import { isPodReady, podTrouble } from "./pod.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "../types.ts";
import type { Missing } from "./readiness.ts";

/** Lists the pods and checks each. */
export async function podsReady(
  transport: Transport,
  info: ResourceInfo,
  options: KubeCallOptions,
): Promise<Missing> {
  const labelSelector = selectorText(info.object);
  const list = await listObjects(transport, PODS, info.namespace, { labelSelector }, options);
  const pods = asList(list.items) as KubeObject[];
  const late = pods.filter((pod) => !isPodReady(pod));
  const [first] = late;
  if (first === undefined) return "";
  return `${pods.length - late.length} of ${pods.length} pods are ready: ${podTrouble(first)}`;
}
