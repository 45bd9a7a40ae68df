/**
 * Waits of hooks: for a hook's objects, for new kinds, and for test pods.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go`; `release-pipeline.md` 3.5, 3.6, 7.8.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { isTransient } from "./call.ts";
import { type Discovery, findResource } from "./discovery.ts";
import type { WantedKind } from "./entries.ts";
import { asList, asObject, asText, type JsonObject, scalarText } from "./json.ts";
import { getObject, report } from "./object_calls.ts";
import { poll } from "./poll.ts";
import { inKindRuns } from "./runs.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "./types.ts";
import { withReasons } from "./wait/hook_reasons.ts";
import { watchUntil } from "./watch.ts";

/** Pause between two checks of a new kind. */
const ESTABLISHED_POLL_MS = 1000;
/** The longest wait until an established kind appears in discovery. */
const DISCOVERY_SECONDS = 10;

/**
 * Resolves when every object is done: a Job when it has completed, anything else when it exists. A deleted
 * object counts as done.
 *
 * @throws SkegError `Job failed: REASON`, or of kind `timeout`.
 */
export async function watchAllUntilDone(
  transport: Transport,
  infos: readonly ResourceInfo[],
  timeoutSeconds: number,
  options: KubeCallOptions,
): Promise<void> {
  const watchOne = (info: ResourceInfo, options: KubeCallOptions): Promise<void> => {
    let told = "";
    return watchUntil(transport, info, ({ type, object }) => {
      if (type === "DELETED" || info.resource.kind !== "Job" || isJobComplete(object)) return true;
      const detail = jobCounts(object);
      if (detail !== told) report(options, "hook-wait", info, detail);
      told = detail;
      return false;
    }, { ...options, timeoutSeconds });
  };
  await withReasons(
    transport,
    infos,
    options,
    (watched) => inKindRuns(infos, (info) => watchOne(info, watched), watched.signal),
  );
}

function isJobComplete(job: KubeObject): boolean {
  for (const condition of asList(asObject(job.status).conditions).map(asObject)) {
    if (condition.status !== "True") continue;
    if (condition.type === "Complete") return true;
    if (condition.type === "Failed") throw new SkegError("release", `Job failed: ${asText(condition.reason)}`);
  }
  return false;
}

function jobCounts(job: KubeObject): string {
  const { active, failed, succeeded } = asObject(job.status);
  const count = (given: unknown): string => scalarText(given ?? 0) ?? "?";
  return `${count(active)} active, ${count(failed)} failed, ${count(succeeded)} succeeded`;
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
      } is not a CustomResourceDefinition`,
      { hint: "Use the hook crd-install only for CustomResourceDefinitions." },
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
 * Resolves when discovery shows the kinds of the definitions, so that objects of them can be built. Gives up
 * without an error: creating an object of an unknown kind reports it.
 */
export async function waitUntilDiscovered(
  discovery: Discovery,
  infos: readonly ResourceInfo[],
  options: KubeCallOptions,
): Promise<void> {
  const wanted = infos.flatMap(({ object }) => servedKinds(asObject(object.spec)));
  const isKnown = async (): Promise<boolean> => {
    const known = await discovery.refresh(options);
    return wanted.every((kind) => findResource(known, kind) !== undefined);
  };
  try {
    await poll(isKnown, {
      timeoutSeconds: DISCOVERY_SECONDS,
      intervalMs: ESTABLISHED_POLL_MS,
      firstMs: 0,
      growing: true,
      signal: options.signal,
    });
  } catch (error) {
    if (!(error instanceof SkegError && error.kind === "timeout")) throw error;
  }
}

function servedKinds(spec: JsonObject): WantedKind[] {
  const group = asText(spec.group);
  const kind = asText(asObject(spec.names).kind);
  const listed = asList(spec.versions).map(asObject).filter(({ served }) => served === true);
  // The older API has a single version outside the list.
  const versions = listed.length > 0 ? listed.map(({ name }) => asText(name)) : [asText(spec.version)];
  return versions.filter((version) => version !== "").map((version) => ({ group, version, kind }));
}

/**
 * Waits until a pod has Succeeded or Failed.
 *
 * @returns The final phase.
 * @throws SkegError `pod not found` when it is deleted during the wait, or of kind `timeout`.
 */
export async function podPhase(
  transport: Transport,
  info: ResourceInfo,
  timeoutSeconds: number,
  options: KubeCallOptions,
): Promise<string> {
  if (info.resource.kind !== "Pod") throw new SkegError("release", `${info.name} is not a Pod`);
  let told = "";
  await withReasons(transport, [info], options, (watched) =>
    watchUntil(transport, info, ({ type, object }) => {
      if (type === "DELETED") throw new SkegError("not-found", "pod not found");
      const phase = phaseOf(object);
      if (phase === "Succeeded" || phase === "Failed") return true;
      if (phase !== told) report(watched, "hook-wait", info, `the pod is ${phase || "not started yet"}`);
      told = phase;
      return false;
    }, { ...watched, timeoutSeconds }));
  return phaseOf(await getObject(transport, info, options));
}

function phaseOf(pod: KubeObject): string {
  return asText(asObject(pod.status).phase);
}
