/**
 * Events of the cluster about objects.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { type ApiResource, listPaged } from "../../kube/mod.ts";
import { asObject, asText } from "../../base/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

const EVENTS: ApiResource = { group: "", version: "v1", kind: "Event", plural: "events", namespaced: true };

/** An object that events are about. */
export interface EventSubject {
  /** Such as `Pod`. */
  readonly kind: string;
  /** Empty for objects of the whole cluster, whose events are in the namespace `default`. */
  readonly namespace: string;
  /** Of the object. */
  readonly name: string;
}

/**
 * Returns the events about objects, as the server has them, the oldest first. Reads one list for each namespace; for a single
 * object only its own.
 *
 * @throws KubeError when the server refuses the first list; lists of other namespaces are then left out.
 */
export async function objectEvents(env: Environment, subjects: readonly EventSubject[]): Promise<KubeObject[]> {
  const [first] = subjects;
  if (first === undefined) return [];
  const fieldSelector = subjects.length > 1
    ? undefined
    : `involvedObject.kind=${first.kind},involvedObject.name=${first.name}`;
  const wanted = new Set(subjects.map(keyOf));
  const namespaces = [...new Set(subjects.map(({ namespace }) => namespace || "default"))];
  const lists = await Promise.allSettled(
    namespaces.map((namespace) =>
      listPaged(env.kube.cluster.transport, EVENTS, namespace, { ...callOptions(env), whole: true, fieldSelector })
    ),
  );
  const failed = lists.find((list) => list.status === "rejected");
  if (failed !== undefined && (lists.length === 1 || !(failed.reason instanceof KubeError))) throw failed.reason;
  const found = lists.flatMap((list) => list.status === "fulfilled" ? list.value ?? [] : []);
  return found.filter((event) => wanted.has(keyOf(subjectOf(event)))).sort((a, b) => timeOf(a) - timeOf(b));
}

/** Returns the object that an event is about. */
export function subjectOf({ involvedObject }: KubeObject): EventSubject {
  const { kind, namespace, name } = asObject(involvedObject);
  return { kind: asText(kind), namespace: asText(namespace), name: asText(name) };
}

const keyOf = ({ kind, namespace, name }: EventSubject): string => `${kind}/${namespace}/${name}`;

function timeOf(event: KubeObject): number {
  const time = asText(event.lastTimestamp) || asText(asObject(event.series).lastObservedTime) ||
    asText(event.eventTime) || asText(event.firstTimestamp);
  return Date.parse(time) || 0;
}
