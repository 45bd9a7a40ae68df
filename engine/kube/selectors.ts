/**
 * Selects the pods of a workload.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { asList, asObject, asText, isObject, type JsonObject, scalarText } from "./json.ts";
import { groupVersion } from "./paths.ts";
import type { ApiResource } from "./types.ts";

/** Kinds and group versions whose pods Tiller could find. */
const WORKLOADS: Readonly<Record<string, readonly string[]>> = {
  ReplicationController: ["v1"],
  ReplicaSet: ["extensions/v1beta1", "apps/v1"],
  Deployment: ["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "apps/v1"],
  DaemonSet: ["extensions/v1beta1", "apps/v1beta2", "apps/v1"],
  StatefulSet: ["apps/v1beta1", "apps/v1beta2", "apps/v1"],
  Job: ["batch/v1"],
};

/**
 * Returns the label selector of a workload's pods; `undefined` for kinds without one.
 *
 * Helm 2 reads `matchLabels` only. Here `matchExpressions` count too, as for the workload's controller:
 * without them, pods of other workloads would be listed, and deleted by `--recreate-pods`.
 */
export function podSelector(resource: ApiResource, object: KubeObject): string | undefined {
  return hasPods(resource) ? selectorText(object) : undefined;
}

/** True for kinds whose pods can be found. */
export function hasPods(resource: ApiResource): boolean {
  return WORKLOADS[resource.kind]?.includes(groupVersion(resource.group, resource.version)) ?? false;
}

/** True if labels match `spec.selector`; an empty selector selects nothing. */
export function selects(object: KubeObject, labels: JsonObject): boolean {
  const selector = asObject(asObject(object.spec).selector);
  const isPlain = object.kind === "ReplicationController";
  const wanted = Object.entries(isPlain ? selector : asObject(selector.matchLabels));
  const expressions = isPlain ? [] : asList(selector.matchExpressions).filter(isObject);
  if (wanted.length + expressions.length === 0) return false;
  return wanted.every(([key, value]) => labels[key] === value) &&
    expressions.every((expression) => fits(expression, labels));
}

function fits({ key, operator, values }: JsonObject, labels: JsonObject): boolean {
  const label = labels[asText(key)];
  const isListed = asList(values).includes(asText(label));
  switch (operator) {
    case "In":
      return label !== undefined && isListed;
    case "NotIn":
      return label === undefined || !isListed;
    case "DoesNotExist":
      return label === undefined;
    default:
      return label !== undefined;
  }
}

/** Returns `spec.selector` as a query's label selector; `undefined` when it is absent or empty. */
export function selectorText(object: KubeObject): string | undefined {
  const selector = asObject(asObject(object.spec).selector);
  const isPlain = object.kind === "ReplicationController";
  const labels = isPlain ? selector : asObject(selector.matchLabels);
  const terms = Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1).map(([key, value]) =>
    `${key}=${scalarText(value) ?? ""}`
  );
  if (!isPlain) terms.push(...asList(selector.matchExpressions).filter(isObject).map(expressionText));
  return terms.length === 0 ? undefined : terms.join(",");
}

function expressionText(expression: JsonObject): string {
  const key = asText(expression.key);
  const values = asList(expression.values).map(asText).sort().join(",");
  switch (expression.operator) {
    case "In":
      return `${key} in (${values})`;
    case "NotIn":
      return `${key} notin (${values})`;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return key;
  }
}
