/**
 * Failures that do not get well by themselves, and how long each may last before `--fail-fast` ends the wait.
 *
 * Pure: it reads the objects that the wait knows. Only pods of the newest version count.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asObject, asText } from "../json.ts";
import { firstLine } from "./pod_words.ts";
import { containersOf, type ContainerTrouble } from "./pods.ts";
import { refusedPods } from "./refused_pods.ts";
import { conditionOf, numberOf, type ObjectState, specOf, statusOf, wantedReplicas } from "../ready/mod.ts";

/** A failure. */
export interface EarlyFailure {
  /** The same while it lasts. */
  readonly key: string;
  /** The words that follow `cannot become ready: `. */
  readonly reason: string;
  /** How long it may last. */
  readonly graceMs: number;
  /** True if it is too early to be sure, whatever the grace. */
  readonly isEarly?: boolean | undefined;
}

/** The facts that {@linkcode failuresOf} needs. */
export interface FailureView {
  readonly kind: string;
  readonly object: KubeObject;
  readonly state: ObjectState;
  readonly pods: readonly KubeObject[];
  /** The newest replica set of a Deployment. */
  readonly newestSet?: KubeObject | undefined;
  /** Events about an object that are not older than the wait. */
  readonly eventsOf: (object: KubeObject) => readonly KubeObject[];
  /** True if the manifest has the object: it may still be on its way. */
  readonly isOfRelease: (kind: string, name: string) => boolean;
  /** Restarts of a container before the wait began. */
  readonly restartsBefore: (pod: KubeObject, container: string) => number;
  /** True if the storage class of a claim does not exist. */
  readonly lacksClass?: boolean | undefined;
}

/** Graces are written for this default of `--fail-fast`. */
export const FAIL_FAST_SECONDS = 30;
/** Restarts after which a crash is no coincidence. */
const CRASHES = 3;
const IMAGE_GONE =
  /not found|manifest unknown|unauthorized|denied|does not exist|no such host|authentication required/i;

/** Returns the failures of an object, the clearest first. */
export function failuresOf(view: FailureView): EarlyFailure[] {
  const { kind, state } = view;
  if (state.state === "ready" || state.state === "deleting") return [];
  const found: EarlyFailure[] = [];
  if (state.state === "failed") {
    found.push({ key: "state", reason: state.reason, graceMs: kind === "Deployment" || kind === "Job" ? 0 : 10_000 });
  }
  for (const pod of view.pods) found.push(...podFailures(view, pod));
  found.push(...workloadFailures(view));
  if (kind === "PersistentVolumeClaim") found.push(...claimFailures(view));
  return found;
}

function podFailures(view: FailureView, pod: KubeObject): EarlyFailure[] {
  const name = pod.metadata?.name ?? "";
  const found = containersOf(pod).flatMap((container) => {
    const failure = containerFailure(view, pod, container);
    return failure === undefined ? [] : [{ ...failure, key: `${name}/${container.name}/${failure.key}` }];
  });
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status === "False" && scheduled.reason === "Unschedulable") {
    const isGrowing = view.eventsOf(pod).some(({ reason }) => reason === "TriggeredScaleUp");
    const reason = `no node for pod ${name}: ${firstLine(scheduled.message)}`;
    found.push({ key: `${name}/unschedulable`, reason, graceMs: isGrowing ? 300_000 : 60_000 });
  }
  const mount = view.eventsOf(pod).findLast(({ reason, message }) =>
    (reason === "FailedMount" || reason === "FailedAttachVolume") && /not found|does not exist/.test(asText(message))
  );
  if (mount !== undefined && statusOf(pod).phase === "Pending") {
    found.push({
      key: `${name}/mount`,
      reason: `volume of pod ${name}: ${firstLine(asText(mount.message))}`,
      graceMs: 60_000,
    });
  }
  return found;
}

function containerFailure(view: FailureView, pod: KubeObject, container: ContainerTrouble): EarlyFailure | undefined {
  const { reason, message } = container.waiting;
  switch (reason) {
    case "InvalidImageName":
    case "ErrImageNeverPull":
      return { key: "image", reason: `image cannot be used: ${firstLine(message) || reason}`, graceMs: 0 };
    case "ErrImagePull":
    case "ImagePullBackOff":
      return imageFailure(view, pod, message);
    case "CreateContainerConfigError": {
      const [, kind = "", missing = ""] = /(secret|configmap) "([^"]+)" not found/i.exec(message) ?? [];
      const isLost = missing !== "" &&
        !view.isOfRelease(kind.toLowerCase() === "secret" ? "Secret" : "ConfigMap", missing);
      return { key: "config", reason: firstLine(message) || reason, graceMs: isLost ? 0 : 30_000 };
    }
    case "CreateContainerError":
    case "RunContainerError":
      return {
        key: "create",
        reason: `container ${container.name} cannot be started: ${firstLine(message) || reason}`,
        graceMs: 30_000,
      };
    case "CrashLoopBackOff":
      return crashFailure(view, pod, container);
    default:
      return undefined;
  }
}

function imageFailure(view: FailureView, pod: KubeObject, message: string): EarlyFailure | undefined {
  const events = view.eventsOf(pod).filter(({ reason }) => reason === "Failed" || reason === "BackOff");
  // The state's message of a back-off says only that; the event before it says why.
  const why = [message, ...events.map((event) => asText(event.message))].find((text) => IMAGE_GONE.test(text));
  if (why !== undefined) {
    const isRight = /unauthorized|denied|authentication/i.test(why) && !/not found|does not exist|unknown/i.test(why);
    return { key: "image", reason: isRight ? "image may not be pulled" : "image not found", graceMs: 10_000 };
  }
  const backOffs = events.filter(({ reason }) => reason === "BackOff").reduce((sum, event) => sum + countOf(event), 0);
  const isEarly = events.length > 0 && backOffs < 2;
  return { key: "image", reason: `image cannot be pulled: ${firstLine(message)}`, graceMs: 30_000, isEarly };
}

function crashFailure(view: FailureView, pod: KubeObject, container: ContainerTrouble): EarlyFailure | undefined {
  const { name, restarts, ended } = container;
  if (restarts - view.restartsBefore(pod, name) < CRASHES) return undefined;
  const how = ended === undefined ? "" : ended.reason === "OOMKilled" ? ": OOMKilled" : `: exit code ${ended.exitCode}`;
  return { key: "crash", reason: `container ${name} crashes${how}`, graceMs: 0 };
}

/** Pods that are not made: quota, policies, webhooks, a missing ServiceAccount. */
function workloadFailures({ kind, object, newestSet, eventsOf, pods }: FailureView): EarlyFailure[] {
  const reason = refusalWords({ kind, object, newestSet, eventsOf, pods });
  return reason === undefined ? [] : [{ key: "pods", reason: `no pods: ${reason}`, graceMs: 20_000 }];
}

/** Returns why a workload has fewer pods than it wants; `undefined` when it has them or that is not known. */
export function refusalWords(
  { kind, object, newestSet, eventsOf, pods }: Pick<FailureView, "kind" | "object" | "newestSet" | "eventsOf" | "pods">,
): string | undefined {
  if (!["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job"].includes(kind)) {
    return undefined;
  }
  for (const owner of [newestSet, object]) {
    const condition = owner === undefined ? undefined : conditionOf(owner, "ReplicaFailure");
    if (condition?.status === "True" && /Create/.test(condition.reason)) return refusedPods(condition.message);
  }
  const wanted = kind === "Job"
    ? 1
    : kind === "DaemonSet"
    ? numberOf(statusOf(object).desiredNumberScheduled)
    : wantedReplicas(object);
  if (pods.length >= wanted || specOf(object).paused === true) return undefined;
  const event = [newestSet, object].flatMap((owner) => owner === undefined ? [] : eventsOf(owner))
    .findLast((each) => each.reason === "FailedCreate");
  return event === undefined ? undefined : refusedPods(asText(event.message));
}

function claimFailures({ object, eventsOf, lacksClass = false }: FailureView): EarlyFailure[] {
  const className = asText(specOf(object).storageClassName);
  if (lacksClass) {
    return [{ key: "class", reason: `storage class "${className}" does not exist`, graceMs: 30_000 }];
  }
  const failed = eventsOf(object).filter(({ reason }) => reason === "ProvisioningFailed");
  const count = failed.reduce((sum, event) => sum + countOf(event), 0);
  const last = failed.at(-1);
  return count < 2 || last === undefined
    ? []
    : [{ key: "volume", reason: `no volume: ${firstLine(asText(last.message))}`, graceMs: 30_000 }];
}

/** Returns how often an event happened. */
export function countOf(event: KubeObject): number {
  return Math.max(numberOf(event.count, 1), numberOf(asObject(event.series).count, 1));
}
