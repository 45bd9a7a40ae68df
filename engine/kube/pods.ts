/**
 * Pods by name: their logs, and a Tiller among them.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go` (GetPodLogs),
 * `pkg/helm/portforwarder`; `release-pipeline.md` 7.8.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { KubeError } from "../../errors.ts";
import { callFor } from "./answers.ts";
import { send } from "./call.ts";
import { asList, asObject } from "./json.ts";
import { objectPath, query } from "./paths.ts";
import { PODS } from "./object_calls.ts";
import type { KubeCallOptions, Transport } from "./types.ts";

/** Labels of Tiller's deployment and pods. */
const TILLER_LABELS = "app=helm,name=tiller";

/**
 * Returns a pod's log so far. Names no container, so the server refuses a pod with several.
 *
 * @throws KubeError `error in opening log stream, got: …`.
 */
export async function podLog(
  transport: Transport,
  namespace: string,
  pod: string,
  { signal }: KubeCallOptions = {},
): Promise<string> {
  try {
    const path = `${objectPath(PODS, namespace, pod)}/log`;
    return await (await send(transport, { method: "GET", path, accept: "*/*", signal })).text();
  } catch (cause) {
    if (!(cause instanceof KubeError) || cause.kind === "aborted") throw cause;
    const message = `error in opening log stream, got: ${cause.message}`;
    throw new KubeError(message, cause.status, cause.reason, { cause, kind: cause.kind, hint: cause.hint });
  }
}

/**
 * Returns the name of Tiller's deployment in `namespace`, if one is running there. A namespace that may not
 * be read counts as one without Tiller.
 */
export async function findTiller(
  transport: Transport,
  namespace: string,
  { signal }: KubeCallOptions = {},
): Promise<string | undefined> {
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments` +
    query({ labelSelector: TILLER_LABELS });
  try {
    const list = await callFor(transport, { method: "GET", path, signal }, { list: true });
    const running = (asList(list.items) as KubeObject[]).find((deployment) => asObject(deployment.spec).replicas !== 0);
    return running?.metadata?.name;
  } catch (error) {
    if (error instanceof KubeError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}
