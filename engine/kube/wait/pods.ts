/**
 * How a pod is doing, in words and numbers for a person.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { conditionOf, isPodReady, numberOf, specOf, statusOf } from "../ready/mod.ts";
import type { PodProgress } from "./pod_words.ts";

/** The status of one container. */
export interface ContainerTrouble {
  readonly name: string;
  readonly restarts: number;
  /** Reason and message of the state `waiting`; empty when it runs or has ended. */
  readonly waiting: { readonly reason: string; readonly message: string };
  /** How its last run ended; `undefined` when it never did. */
  readonly ended: { readonly exitCode: number; readonly reason: string; readonly message: string } | undefined;
  /** True if the last run is not the current one: its log is the previous. */
  readonly isPrevious: boolean;
  readonly ready: boolean;
}

/** Returns the containers of a pod, init containers first. */
export function containersOf(pod: KubeObject): ContainerTrouble[] {
  const { initContainerStatuses, containerStatuses } = statusOf(pod);
  return [...asList(initContainerStatuses), ...asList(containerStatuses)].map(asObject).map(containerOf);
}

function containerOf({ name, restartCount, state, lastState, ready }: JsonObject): ContainerTrouble {
  const { waiting, terminated } = asObject(state);
  const last = asObject(lastState).terminated;
  const ended = terminated ?? last;
  return {
    name: asText(name),
    restarts: numberOf(restartCount),
    waiting: { reason: asText(asObject(waiting).reason), message: asText(asObject(waiting).message) },
    ended: ended === undefined ? undefined : endOf(asObject(ended)),
    isPrevious: terminated === undefined && last !== undefined,
    ready: ready === true,
  };
}

function endOf({ exitCode, reason, message }: JsonObject): NonNullable<ContainerTrouble["ended"]> {
  return { exitCode: numberOf(exitCode), reason: asText(reason), message: asText(message) };
}

/** Returns the container that keeps a pod from being ready, if one does. */
export function troubledContainer(pod: KubeObject): ContainerTrouble | undefined {
  const all = containersOf(pod);
  const isWaiting = ({ waiting }: ContainerTrouble): boolean =>
    waiting.reason !== "" && waiting.reason !== "PodInitializing";
  const hasFailed = ({ ended, ready }: ContainerTrouble): boolean =>
    !ready && ended !== undefined && ended.exitCode !== 0;
  return all.find((each) => isWaiting(each) && each.waiting.reason !== "ContainerCreating") ?? all.find(hasFailed) ??
    all.find(isWaiting);
}

/** Returns how a pod is doing. */
export function podProgress(pod: KubeObject): PodProgress {
  const name = pod.metadata?.name ?? "";
  const { phase, reason, message } = statusOf(pod);
  const base = { name, restarts: 0, message: "" };
  if (pod.metadata?.deletionTimestamp !== undefined) return { ...base, ready: false, reason: "is being deleted" };
  if (phase === "Succeeded") return { ...base, ready: true, reason: "completed" };
  if (phase !== "Failed" && isPodReady(pod)) return { ...base, ready: true, reason: "ready" };
  const container = troubledContainer(pod);
  if (container !== undefined) {
    const { waiting, ended, restarts } = container;
    const isKilled = ended?.reason === "OOMKilled";
    const word = waiting.reason || ended?.reason || asText(phase);
    return {
      ...base,
      ready: false,
      reason: isKilled && word !== "OOMKilled" ? `${word}, OOMKilled` : word,
      message: waiting.message || (ended?.message ?? ""),
      restarts,
      exitCode: ended?.exitCode,
      container: container.name,
    };
  }
  if (phase === "Failed") {
    return { ...base, ready: false, reason: asText(reason) || "Failed", message: asText(message) };
  }
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status === "False") {
    return { ...base, ready: false, reason: scheduled.reason, message: scheduled.message };
  }
  const gates = asList(specOf(pod).schedulingGates);
  if (gates.length > 0) return { ...base, ready: false, reason: "waits for its scheduling gates" };
  const isRunning = phase === "Running";
  const words = conditionOf(pod, "Ready")?.message ?? "";
  return {
    ...base,
    ready: false,
    reason: isRunning ? "is running, but not ready" : asText(phase) || "Pending",
    message: words,
  };
}
