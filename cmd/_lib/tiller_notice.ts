/**
 * Warns, before anything is changed, that a Tiller works on the same records.
 *
 * Source: Helm 2.17.0, `pkg/helm/portforwarder` (how a Tiller is found), `cmd/helm/installer/install.go` (its name).
 *
 * @module
 */
import type { Cluster, KubeRequest, Transport } from "../../engine/kube/mod.ts";
import type { Printer } from "./print.ts";
import { quote } from "../../engine/base/mod.ts";

/** Longest wait for an answer. */
const WAIT_MS = 3000;

/** Settings of the command that may differ from Tiller's. */
export interface OwnSettings {
  /**
   * True if the command will change something: then the search begins with the first request, else only
   * before a change.
   */
  readonly changes?: boolean | undefined;
  /** Where release records are kept. */
  readonly storage?: string | undefined;
  /** Revisions to keep per release; `undefined` when the user did not set a limit. */
  readonly historyMax?: number | undefined;
}

/**
 * Returns a transport that searches for a Tiller in `namespace`. If there is one, a line on stderr says so
 * before the first request that changes something. Another line names settings of its Deployment that differ
 * from the command's; they are never applied. If the search fails, because the user may not read it or the
 * server is slow, nothing is printed: that must not stop the command.
 */
export function tellOfTiller(
  cluster: Cluster,
  namespace: string,
  print: Printer,
  { changes = false, ...settings }: OwnSettings = {},
): Transport {
  let looked: Promise<FoundTiller> | undefined;
  let told: Promise<void> | undefined;
  const { transport } = cluster;
  return async (request) => {
    const isChange = request.method !== "GET";
    if (isChange || changes) looked ??= findTiller(transport, namespace, request.signal);
    if (isChange) {
      told ??= looked?.then(async ({ runs, deployment }) => {
        if (runs) print.err(`${notice(namespace)}\n`);
        const line = await settingsNote(deployment, namespace, settings);
        if (line !== undefined) print.err(`${line}\n`);
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

/** Returns a note on settings of a Tiller that differ from the command's; `undefined` when there are none. */
async function settingsNote(
  deployment: unknown,
  namespace: string,
  { storage = "configmap", historyMax }: OwnSettings,
): Promise<string | undefined> {
  if (deployment === undefined) return undefined;
  const { tillerSettings } = await import("../../engine/kube/mod.ts");
  const tiller = tillerSettings(deployment);
  if (tiller === undefined || storage === "memory") return undefined;
  // No flag selects the memory of another process.
  const isShared = tiller.storage !== "memory";
  const differences = [
    ...tiller.storage === storage || !isShared ? [] : [["storage", tiller.storage]],
    ...historyMax !== undefined || tiller.historyMax === 0 ? [] : [["history-max", tiller.historyMax]],
  ];
  if (differences.length === 0) return undefined;
  const started = differences.map(([flag, value]) => `--${flag}=${value}`).join(" and ");
  const flags = differences.map(([flag, value]) => `--${flag} ${value}`).join(" ");
  return `Note: the Tiller of namespace ${quote(namespace)} was started with ${started}, and this command was not; ` +
    `to use the same settings: ${flags}` +
    (flags.includes("--storage sql") ? ", and set $SKEG_SQL_CONNECTION_STRING" : "");
}

/** A Tiller, as far as it can be read. */
interface FoundTiller {
  /** True if its pod runs, or its Deployment wants one. */
  readonly runs: boolean;
  /** `undefined` when there is none, or it may not be read. */
  readonly deployment: unknown;
}

async function findTiller(transport: Transport, namespace: string, stop?: AbortSignal): Promise<FoundTiller> {
  const space = `namespaces/${encodeURIComponent(namespace)}`;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), WAIT_MS);
  const signal = stop === undefined ? limit.signal : AbortSignal.any([stop, limit.signal]);
  try {
    const [pods, deployment] = await Promise.all([
      `/api/v1/${space}/pods?labelSelector=${encodeURIComponent("app=helm,name=tiller")}&limit=50`,
      `/apis/apps/v1/${space}/deployments/tiller-deploy`,
    ].map((path) => answerTo({ method: "GET", path, signal }, transport)));
    return { runs: hasRunningPod(pods) || wantsPods(deployment), deployment };
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the document of an answer; `undefined` when there is none. */
async function answerTo(request: KubeRequest, transport: Transport): Promise<unknown> {
  try {
    const answer = await transport(request);
    if (answer.ok) return await answer.json();
    await answer.body?.cancel();
  } catch {
    // The user did not ask for this request, so its failure is not reported.
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
