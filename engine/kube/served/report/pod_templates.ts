/**
 * Pods and pod templates inside objects.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { type JsonMap, mapAt } from "../plain.ts";
import { groupOf } from "../table.ts";

/** A pod, or the template of one. */
export interface PodTemplate {
  /** Its path in the object, with a dot at the end: `spec.template.`; empty for a pod. */
  readonly path: string;
  /** Its `metadata`; empty when there is none. */
  readonly metadata: JsonMap;
  /** Its `spec`; empty when there is none. */
  readonly spec: JsonMap;
}

/** Paths of the pod in built-in kinds. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ["template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  ScheduledJob: ["spec", "jobTemplate", "spec", "template"],
  DaemonSet: ["spec", "template"],
  Deployment: ["spec", "template"],
  Job: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  StatefulSet: ["spec", "template"],
};
const GROUPS = ["", "apps", "batch", "extensions"];

/** Returns the pod or the pod template of a built-in kind; `undefined` when it has none. */
export function podTemplateOf(object: KubeObject): PodTemplate | undefined {
  const { apiVersion, kind } = object;
  if (kind === undefined || !Object.hasOwn(PLACES, kind) || !GROUPS.includes(groupOf(apiVersion ?? ""))) {
    return undefined;
  }
  const place = PLACES[kind] ?? [];
  const template = mapAt(object, ...place);
  return {
    path: place.map((key) => `${key}.`).join(""),
    metadata: mapAt(template, "metadata"),
    spec: mapAt(template, "spec"),
  };
}
