/**
 * Waits of hooks: for a hook's objects, for new kinds, and for test pods.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go`; `release-pipeline.md` 3.5, 3.6, 7.8.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { isTransient } from "./call.ts";
import { asList, asObject, asText } from "./json.ts";
import { getObject, report } from "./object_calls.ts";
import { poll } from "./poll.ts";
import { inKindRuns } from "./runs.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "./types.ts";
import { watchUntil } from "./watch.ts";

/** Pause between two looks at a new kind. */
const ESTABLISHED_POLL_MS = 1000;

/**
 * Resolves when every object is done: a Job when it completed, anything else
 * as soon as it is there. Deleted counts as done.
 *
 * @throws SkegError `Job failed: REASON`, or of kind `timeout`.
 */
export async function watchAllUntilDone(
  transport: Transport,
  infos: readonly ResourceInfo[],
  timeoutSeconds: number,
  options: KubeCallOptions,
): Promise<void> {
  const watchOne = (info: ResourceInfo): Promise<void> =>
    watchUntil(transport, info, ({ type, object }) => {
      if (type === "DELETED" || info.resource.kind !== "Job") return true;
      return jobDone(object, (detail) => report(options, "hook-wait", info, detail));
    }, { ...options, timeoutSeconds });
  await inKindRuns(infos, watchOne, options.signal);
}

function jobDone(job: KubeObject, tell: (detail: string) => void): boolean {
  const status = asObject(job.status);
  for (const condition of asList(status.conditions).map(asObject)) {
    if (condition.status !== "True") continue;
    if (condition.type === "Complete") return true;
    if (condition.type === "Failed") throw new SkegError("release", `Job failed: ${asText(condition.reason)}`);
  }
  const count = (value: unknown): string => String(value ?? 0);
  tell(`${count(status.active)} active, ${count(status.failed)} failed, ${count(status.succeeded)} succeeded`);
  return false;
}

/**
 * Resolves when every CustomResourceDefinition is established, of any API version.
 *
 * @throws SkegError when its names collide with another's, or of kind `timeout`.
 */
export async function waitAllEstablished(
  transport: Transport,
  infos: readonly ResourceInfo[],
  timeoutSeconds: number,
  options: KubeCallOptions,
): Promise<void> {
  const waitOne = (info: ResourceInfo): Promise<void> =>
    poll(async () => {
      const established = isEstablished(await readDefinition(transport, info, options));
      if (!established) report(options, "hook-wait", info, "it is not established yet");
      return established;
    }, { timeoutSeconds, intervalMs: ESTABLISHED_POLL_MS, firstMs: 0, growing: true, signal: options.signal });
  await inKindRuns(infos, waitOne, options.signal);
}

async function readDefinition(transport: Transport, info: ResourceInfo, options: KubeCallOptions): Promise<KubeObject> {
  if (info.resource.kind !== "CustomResourceDefinition") {
    throw new SkegError(
      "release",
      `unable to convert to CRD type: ${info.resource.kind} ${
        JSON.stringify(info.name)
      } is no CustomResourceDefinition`,
      { hint: "Give only CustomResourceDefinitions the hook crd-install." },
    );
  }
  try {
    return await getObject(transport, info, options);
  } catch (cause) {
    if (!(cause instanceof KubeError) || isTransient(cause)) throw cause;
    const message = `unable to get CRD: ${cause.message}`;
    throw new KubeError(message, cause.status, cause.reason, { cause, kind: cause.kind, hint: cause.hint });
  }
}

function isEstablished(definition: KubeObject): boolean {
  for (const { type, status } of asList(asObject(definition.status).conditions).map(asObject)) {
    if (type === "Established" && status === "True") return true;
    if (type === "NamesAccepted" && status === "False") {
      throw new SkegError("release", `naming conflict detected for CRD ${definition.metadata?.name ?? ""}`);
    }
  }
  return false;
}

/**
 * Waits until a pod has Succeeded or Failed.
 *
 * @returns The phase it ended in.
 * @throws SkegError `pod not found` when it is deleted meanwhile, or of kind `timeout`.
 */
export async function podPhase(
  transport: Transport,
  info: ResourceInfo,
  timeoutSeconds: number,
  options: KubeCallOptions,
): Promise<string> {
  if (info.resource.kind !== "Pod") throw new SkegError("release", `${info.name} is not a Pod`);
  let told = "";
  await watchUntil(transport, info, ({ type, object }) => {
    if (type === "DELETED") throw new SkegError("not-found", "pod not found");
    const phase = phaseOf(object);
    if (phase === "Succeeded" || phase === "Failed") return true;
    if (phase !== told) report(options, "hook-wait", info, `the pod is ${phase || "not started yet"}`);
    told = phase;
    return false;
  }, { ...options, timeoutSeconds });
  return phaseOf(await getObject(transport, info, options));
}

function phaseOf(pod: KubeObject): string {
  return asText(asObject(pod.status).phase);
}
