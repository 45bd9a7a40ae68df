/**
 * Waits until the objects of a manifest are ready.
 *
 * Source: Helm 2.17.0, `pkg/kube/wait.go`; `release-pipeline.md` 8.8.
 *
 * @module
 */
import { groupVersion } from "./paths.ts";
import { objectName, report } from "./object_calls.ts";
import { poll } from "./poll.ts";
import { deploymentReady } from "./ready/deployment.ts";
import { claimReady } from "./ready/persistent_volume_claim.ts";
import { podReady } from "./ready/pod.ts";
import { podsReady } from "./ready/pod_controller.ts";
import type { ReadyCheck } from "./ready/readiness.ts";
import { rolloutCheck } from "./ready/rollout.ts";
import { serviceReady } from "./ready/service.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "./types.ts";

/** Pause before every check, the first included. */
const READY_POLL_MS = 2000;
/** Objects checked concurrently. */
const CHECKS_MAX = 16;

/** Kinds and versions that have a check; all others count as ready. */
const CHECKS: Readonly<Record<string, { readonly versions: readonly string[]; readonly check: ReadyCheck }>> = {
  Pod: { versions: ["v1"], check: podReady },
  ReplicationController: { versions: ["v1"], check: podsReady },
  ReplicaSet: { versions: ["extensions/v1beta1", "apps/v1beta2", "apps/v1"], check: podsReady },
  DaemonSet: { versions: ["extensions/v1beta1", "apps/v1beta2", "apps/v1"], check: podsReady },
  StatefulSet: { versions: ["apps/v1beta1", "apps/v1beta2", "apps/v1"], check: podsReady },
  Deployment: {
    versions: ["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "apps/v1"],
    check: deploymentReady,
  },
  PersistentVolumeClaim: { versions: ["v1"], check: claimReady },
  Service: { versions: ["v1"], check: serviceReady },
};

/** Options of {@linkcode waitUntilReady}. */
export interface WaitOptions extends KubeCallOptions {
  /** 0 means no limit. */
  readonly timeoutSeconds: number;
  /** Pause before every check; default two seconds. */
  readonly intervalMs?: number | undefined;
  /** If true, a workload is ready only when its newest change has reached all of its pods. */
  readonly strictWait?: boolean | undefined;
}

function checkOf({ resource }: ResourceInfo, strict: boolean): ReadyCheck | undefined {
  const entry = CHECKS[resource.kind];
  if (!entry?.versions.includes(groupVersion(resource.group, resource.version))) return undefined;
  return (strict ? rolloutCheck(resource.kind) : undefined) ?? entry.check;
}

/**
 * Resolves when all objects are ready in the same check.
 *
 * The wait continues after temporary failures, such as a restarting API server; Helm 2 gave up.
 *
 * @param infos Objects as returned by the server.
 * @throws SkegError `timed out waiting for the condition` of kind `timeout`.
 */
export async function waitUntilReady(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: WaitOptions,
): Promise<void> {
  const watched = infos.flatMap((info) => {
    const check = checkOf(info, options.strictWait === true);
    return check === undefined ? [] : [{ info, check, missing: "" }];
  });
  const look = async (): Promise<boolean> => {
    const queue = watched.values();
    const worker = async (): Promise<void> => {
      for (const entry of queue) {
        const missing = await entry.check(transport, entry.info, options);
        if (missing !== entry.missing) report(options, missing === "" ? "ready" : "wait", entry.info, missing);
        entry.missing = missing;
      }
    };
    await Promise.all(Array.from({ length: Math.min(CHECKS_MAX, watched.length) }, worker));
    return watched.every(({ missing }) => missing === "");
  };
  await poll(look, {
    timeoutSeconds: options.timeoutSeconds,
    intervalMs: options.intervalMs ?? READY_POLL_MS,
    signal: options.signal,
    missing: () =>
      watched.filter(({ missing }) => missing !== "")
        .map(({ info, missing }) => `${objectName(info)}: ${missing}`).join("; "),
  });
}
