/**
 * A pod and its containers as the page shows them.
 *
 * @module
 */
import { asList, asObject, asText, type JsonObject } from "../../engine/base/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { unixSeconds } from "./resource_nodes.ts";
import type { PodContainer, PodDetails } from "./types.ts";

type Mask = (text: string) => string;

/** Returns the details of a pod. */
export function podDetails(pod: KubeObject, mask: Mask): PodDetails {
  const [spec, status] = [asObject(pod.spec), asObject(pod.status)];
  const statuses = [...asList(status.initContainerStatuses), ...asList(status.containerStatuses)].map(asObject);
  const containers = (list: unknown, init: boolean): PodContainer[] =>
    asList(list).map(asObject).map((container) =>
      containerOf(container, statuses.find(({ name }) => name === container.name) ?? {}, init, mask)
    );
  return {
    phase: asText(status.phase),
    node: asText(spec.nodeName),
    ip: asText(status.podIP),
    containers: [...containers(spec.initContainers, true), ...containers(spec.containers, false)],
  };
}

function containerOf(container: JsonObject, status: JsonObject, init: boolean, mask: Mask): PodContainer {
  const state = asObject(status.state);
  const ended = asObject(asObject(status.lastState).terminated);
  const { running, waiting, terminated } = state;
  const since = asObject(running ?? terminated);
  return {
    name: asText(container.name),
    image: asText(container.image),
    init,
    ready: status.ready === true,
    restarts: Number(status.restartCount) || 0,
    state: mask(
      running !== undefined
        ? "running"
        : terminated !== undefined
        ? `terminated: ${endWords(asObject(terminated))}`
        : waitWords(asObject(waiting)),
    ),
    since: unixSeconds(since.startedAt ?? since.finishedAt),
    last: ended.exitCode === undefined ? "" : mask(endWords(ended)),
    lastAt: unixSeconds(ended.finishedAt),
  };
}

function waitWords({ reason, message }: JsonObject): string {
  const parts = [asText(reason), asText(message)].filter((part) => part !== "");
  return parts.length === 0 ? "waiting" : `waiting: ${parts.join(": ")}`;
}

function endWords({ reason, exitCode, signal, message }: JsonObject): string {
  const cause = Number(signal) > 0 ? `signal ${Number(signal)}` : `exit code ${Number(exitCode) || 0}`;
  const words = [asText(reason), cause].filter((part) => part !== "").join(", ");
  const [first = ""] = asText(message).trim().split("\n", 1);
  return first === "" ? words : `${words}: ${first}`;
}
