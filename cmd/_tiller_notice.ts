/**
 * Says, before anything is changed, that a Tiller is at work on the same records.
 *
 * Source: Helm 2.17.0, `pkg/helm/portforwarder` (how a Tiller is found), `cmd/helm/installer/install.go` (what it is called).
 *
 * @module
 */
import type { Cluster, KubeRequest, Transport } from "../engine/kube/mod.ts";
import type { Printer } from "./_print.ts";
import { quote } from "./_values.ts";

/** An answer that comes later than this is not waited for. */
const WAIT_MS = 3000;

/**
 * Returns a transport that looks for a Tiller in `namespace`, and says on
 * stderr in one line when there is one, before the first request that changes
 * something. It looks while the first request is on its way when `changes`
 * says that there will be changes, else only then.
 * What cannot be found out – the user may not look,
 * the server is slow – is passed over in silence: it is no reason not to work.
 */
export function tellOfTiller(cluster: Cluster, namespace: string, print: Printer, changes = false): Transport {
  let looked: Promise<boolean> | undefined;
  let told: Promise<void> | undefined;
  const { transport } = cluster;
  return async (request) => {
    const isChange = request.method !== "GET";
    if (isChange || changes) looked ??= findTiller(transport, namespace, request.signal);
    if (isChange) {
      told ??= looked?.then((found) => {
        if (found) print.err(`${notice(namespace)}\n`);
      });
      await told;
    }
    return await transport(request);
  };
}

function notice(namespace: string): string {
  return `Note: a Tiller runs in namespace ${quote(namespace)}. Do not change a release with both at the same time; ` +
    "'helm reset' removes that Tiller and keeps the releases.";
}

/** True when a Tiller's pod runs, or its Deployment wants one. */
async function findTiller(transport: Transport, namespace: string, stop?: AbortSignal): Promise<boolean> {
  const space = `namespaces/${encodeURIComponent(namespace)}`;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), WAIT_MS);
  const signal = stop === undefined ? limit.signal : AbortSignal.any([stop, limit.signal]);
  try {
    const [pods, deployment] = await Promise.all([
      `/api/v1/${space}/pods?labelSelector=${encodeURIComponent("app=helm,name=tiller")}&limit=50`,
      `/apis/apps/v1/${space}/deployments/tiller-deploy`,
    ].map((path) => answerTo({ method: "GET", path, signal }, transport)));
    return hasRunningPod(pods) || wantsPods(deployment);
  } finally {
    clearTimeout(timer);
  }
}

/** The document that answers a request; `undefined` when there is none. */
async function answerTo(request: KubeRequest, transport: Transport): Promise<unknown> {
  try {
    const answer = await transport(request);
    if (answer.ok) return await answer.json();
    await answer.body?.cancel();
  } catch {
    // Nobody asked for this request, so nobody is told that it failed.
  }
  return undefined;
}

function hasRunningPod(list: unknown): boolean {
  const { items } = (list ?? {}) as { items?: { status?: { phase?: string } }[] | null };
  return Array.isArray(items) && items.some((pod) => pod?.status?.phase === "Running");
}

function wantsPods(deployment: unknown): boolean {
  const { spec } = (deployment ?? {}) as { spec?: { replicas?: number } };
  return spec !== undefined && (spec.replicas ?? 1) > 0;
}
