/**
 * Finds the Tillers that run, and when they started.
 *
 * Source: Helm 2.17.0, `cmd/helm/installer/install.go` (labels of its pods).
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { callFor } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

const SELECTOR = encodeURIComponent("app=helm,name=tiller");

/** A pod of Tiller. */
export interface RunningTiller {
  /** Of the pod. */
  readonly name: string;
  /** Of the pod. */
  readonly namespace: string;
  /** When its process started, in Unix seconds; `undefined` when it has not. */
  readonly startedAt: number | undefined;
}

/** A pod's fields that count here. */
interface Pod extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly startTime?: string;
    readonly containerStatuses?: readonly {
      readonly name?: string;
      readonly state?: { readonly running?: { readonly startedAt?: string } };
    }[];
  };
}

/**
 * Returns the pods of Tiller that have not ended, in a namespace, or with an empty name in all of them. `undefined` when the
 * user may not list pods there.
 */
export async function runningTillers(env: Environment, namespace: string): Promise<RunningTiller[] | undefined> {
  const within = namespace === "" ? "" : `namespaces/${encodeURIComponent(namespace)}/`;
  const path = `/api/v1/${within}pods?labelSelector=${SELECTOR}`;
  const { signal } = callOptions(env);
  try {
    const list = await callFor(env.kube.cluster.transport, { method: "GET", path, signal }, { list: true });
    return ((list.items ?? []) as readonly Pod[])
      .filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed")
      .map((pod) => ({
        name: pod.metadata?.name ?? "",
        namespace: pod.metadata?.namespace ?? namespace,
        startedAt: startOf(pod),
      }));
  } catch (error) {
    if (error instanceof KubeError && (error.status === 401 || error.status === 403)) return undefined;
    throw error;
  }
}

/** A container that was restarted has a later time than its pod. */
function startOf({ status }: Pod): number | undefined {
  const containers = status?.containerStatuses ?? [];
  const tiller = containers.find(({ name }) => name === "tiller") ?? containers[0];
  const seconds = Date.parse(tiller?.state?.running?.startedAt ?? status?.startTime ?? "") / 1000;
  return Number.isFinite(seconds) ? seconds : undefined;
}
