/**
 * Converts objects between the version they are stored in and the version asked for. Two kinds need
 * more than another apiVersion: Events and HorizontalPodAutoscalers.
 *
 * Source: `pkg/apis/events/v1/conversion.go` and `pkg/apis/autoscaling/v1/conversion.go`.
 *
 * @module
 */
import { parseJson } from "../base/mod.ts";
import type { KubeObject } from "../model/mod.ts";
import { apiVersionOf } from "./call.ts";
import { at, copy, isEmpty, isMap, type Json, mapOf, mapsOf, textOf } from "./json.ts";
import type { Registry, Resource } from "./registry.ts";

type Convert = (object: Json) => Json;

/**
 * Renames the fields of a core Event to those of `events.k8s.io`. Fields without successor get the
 * prefix `deprecated`.
 */
function eventToNew(object: Json): Json {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, ...rest } = object;
  const made: Json = { ...rest };
  if (involvedObject !== undefined) made["regarding"] = involvedObject;
  if (message !== undefined) made["note"] = message;
  if (!isEmpty(reportingComponent)) made["reportingController"] = reportingComponent;
  if (isEmpty(made["reportingInstance"])) delete made["reportingInstance"];
  if (!isEmpty(source)) made["deprecatedSource"] = source;
  if (!isEmpty(firstTimestamp)) made["deprecatedFirstTimestamp"] = firstTimestamp;
  if (!isEmpty(lastTimestamp)) made["deprecatedLastTimestamp"] = lastTimestamp;
  if (count !== undefined) made["deprecatedCount"] = count;
  return made;
}

function eventToOld(object: Json): Json {
  const {
    regarding,
    note,
    reportingController,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    ...rest
  } = object;
  // `involvedObject` has no `omitempty`: it is written even when it is empty.
  const made: Json = { ...rest, involvedObject: regarding ?? {} };
  if (note !== undefined) made["message"] = note;
  if (reportingController !== undefined) made["reportingComponent"] = reportingController;
  if (deprecatedSource !== undefined) made["source"] = deprecatedSource;
  if (deprecatedFirstTimestamp !== undefined) made["firstTimestamp"] = deprecatedFirstTimestamp;
  if (deprecatedLastTimestamp !== undefined) made["lastTimestamp"] = deprecatedLastTimestamp;
  if (deprecatedCount !== undefined) made["count"] = deprecatedCount;
  return made;
}

function isCpu(metric: Json): boolean {
  const resource = mapOf(metric["resource"]);
  return metric["type"] === "Resource" && resource["name"] === "cpu" &&
    at(resource, "target", "averageUtilization") !== undefined;
}

/** The annotation in which version 1 keeps the metrics it has no field for. */
const METRICS = "autoscaling.alpha.kubernetes.io/metrics";

function scalerToOld(object: Json): Json {
  const made = copy(object);
  const spec = mapOf(made["spec"]);
  const metrics = mapsOf(spec["metrics"]);
  // Version 1 has one field for metrics: CPU utilisation. All others go into an annotation, so that
  // they survive the way there and back.
  const cpu = metrics.find(isCpu);
  if (cpu) spec["targetCPUUtilizationPercentage"] = at(cpu, "resource", "target", "averageUtilization");
  const others = metrics.filter((metric) => metric !== cpu);
  if (others.length > 0) {
    const metadata = mapOf(made["metadata"]);
    metadata["annotations"] = { ...mapOf(metadata["annotations"]), [METRICS]: JSON.stringify(others) };
  }
  delete spec["metrics"];
  // Version 1 has no place for behavior, conditions and current metrics. Kubernetes keeps them in
  // annotations; here they are left out.
  delete spec["behavior"];
  const status = mapOf(made["status"]);
  // Both counts are required in version 1.
  made["status"] = { currentReplicas: 0, desiredReplicas: 0, ...status };
  delete mapOf(made["status"])["conditions"];
  delete mapOf(made["status"])["currentMetrics"];
  return made;
}

/** Puts the CPU target and the metrics of the annotation into one list. */
function scalerToNew(object: Json): Json {
  const made = copy(object);
  const spec = mapOf(made["spec"]);
  const metrics: Json[] = [];
  const percent = spec["targetCPUUtilizationPercentage"];
  if (typeof percent === "number") {
    metrics.push({
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: percent } },
    });
  }
  delete spec["targetCPUUtilizationPercentage"];
  const kept = textOf(at(made, "metadata", "annotations", METRICS));
  if (kept !== "") {
    metrics.push(...mapsOf(parseJson(kept)));
    delete mapOf(at(made, "metadata", "annotations"))[METRICS];
  }
  if (metrics.length > 0) spec["metrics"] = metrics;
  return made;
}

const FROM_STORED: Record<string, Convert> = {
  "events.k8s.io/v1/events": eventToNew,
  "autoscaling/v1/horizontalpodautoscalers": scalerToOld,
};
const TO_STORED: Record<string, Convert> = {
  "events.k8s.io/v1/events": eventToOld,
  "autoscaling/v1/horizontalpodautoscalers": scalerToNew,
};

/** Returns a stored object in the resource's version. */
export function fromStored(resource: Resource, object: KubeObject): KubeObject {
  const convert = FROM_STORED[`${resource.group}/${resource.version}/${resource.plural}`];
  const apiVersion = apiVersionOf(resource);
  if (object.apiVersion === apiVersion && convert === undefined) return object;
  return { ...(convert ? convert(object as Json) : object), apiVersion, kind: resource.kind } as KubeObject;
}

/** Returns an object of the resource's version in the version it is stored in. */
export function toStored(registry: Registry, resource: Resource, object: KubeObject): KubeObject {
  const home = registry.stored(resource.storage) ?? resource;
  const convert = TO_STORED[`${resource.group}/${resource.version}/${resource.plural}`];
  const made = convert !== undefined && isMap(object) ? convert(object) : object;
  return { ...made, apiVersion: apiVersionOf(home), kind: home.kind } as KubeObject;
}
