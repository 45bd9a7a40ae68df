/**
 * The Tillers of a cluster.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { call } from "../../kube/mod.ts";
import type { Environment } from "../environment.ts";
import { messageOf } from "../../base/mod.ts";

/** A pod of a Tiller. */
export interface TillerPod {
  /** Of the pod. */
  readonly namespace: string;
  /** Of the pod. */
  readonly name: string;
  /** Such as `Running`. */
  readonly phase: string;
  /** When its containers began, in Unix seconds; absent if they have not. */
  readonly startedAt?: number | undefined;
}

const LABELS = encodeURIComponent("app=helm,name=tiller");

/**
 * Lists the pods of Tillers.
 *
 * @param namespace Only this namespace; absent: all.
 */
export async function tillerPods(
  env: Environment,
  namespace: string | undefined,
  noteUnseen: (what: string, why: string) => void,
): Promise<readonly TillerPod[]> {
  const within = namespace === undefined ? "" : `namespaces/${encodeURIComponent(namespace)}/`;
  const path = `/api/v1/${within}pods?labelSelector=${LABELS}&limit=100`;
  try {
    const list = await call(env.kube.cluster.transport, { method: "GET", path, signal: env.signal });
    return ((list as { items?: KubeObject[] | null }).items ?? []).map(podOf);
  } catch (error) {
    if (!(error instanceof KubeError) || ![401, 403, 404].includes(error.status)) throw error;
    noteUnseen("pods of Tillers", messageOf(error));
    return [];
  }
}

function podOf({ metadata, status }: KubeObject): TillerPod {
  const { phase, startTime, containerStatuses } = (status ?? {}) as {
    phase?: string;
    startTime?: string;
    containerStatuses?: { state?: { running?: { startedAt?: string } } }[];
  };
  // A container that was restarted began later than its pod.
  const started = containerStatuses?.map(({ state }) => state?.running?.startedAt).find((time) => time) ?? startTime;
  const seconds = Date.parse(started ?? "") / 1000;
  return {
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    phase: phase ?? "Unknown",
    ...Number.isNaN(seconds) ? {} : { startedAt: seconds },
  };
}
