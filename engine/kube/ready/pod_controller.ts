/**
 * `--wait`: ReplicationControllers, ReplicaSets, DaemonSets and StatefulSets are ready when every pod that their
 * selector currently matches is ready.
 *
 * Helm 2: no pods at all count as ready, and pods of an older generation count.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { isPodReady, podTrouble } from "./pod.ts";
import type { Related } from "./related.ts";

/** Checks each pod; the controller itself is not read. */
export function podsReady(_controller: KubeObject, { pods = [] }: Related): string {
  const late = pods.filter((pod) => !isPodReady(pod));
  const [first] = late;
  if (first === undefined) return "";
  return `${pods.length - late.length} of ${pods.length} pods are ready: ${podTrouble(first)}`;
}
