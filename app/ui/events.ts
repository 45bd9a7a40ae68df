/**
 * Events of the cluster as the page shows them.
 *
 * @module
 */
import { asObject, asText } from "../../engine/base/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import type { EventSubject, ReleaseResource, ReleaseResources } from "../../engine/release/mod.ts";
import { unixSeconds } from "./resource_nodes.ts";
import type { UiEvent } from "./types.ts";

/** Returns the objects of a release, and all that they own. */
export function subjectsOf({ objects, hooks }: ReleaseResources): EventSubject[] {
  const below = (resource: ReleaseResource): EventSubject[] => [
    { kind: resource.kind, namespace: resource.namespace, name: resource.name },
    ...resource.owned.flatMap(below),
  ];
  return [...objects, ...hooks].flatMap(below);
}

/** Returns one event, its message masked. */
export function eventOf(event: KubeObject, mask: (text: string) => string): UiEvent {
  const { kind, name, namespace } = asObject(event.involvedObject);
  const series = asObject(event.series);
  const first = unixSeconds(event.firstTimestamp) ?? unixSeconds(event.eventTime);
  return {
    type: asText(event.type),
    reason: asText(event.reason),
    message: mask(asText(event.message)),
    object: `${asText(kind)}/${asText(name)}`,
    namespace: asText(namespace),
    count: Number(event.count ?? series.count) || 1,
    first,
    last: unixSeconds(event.lastTimestamp) ?? unixSeconds(series.lastObservedTime) ?? first,
    source: asText(asObject(event.source).component) || asText(event.reportingComponent),
  };
}
