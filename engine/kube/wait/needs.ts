/**
 * The requests of a wait: one list and watch for each resource and namespace.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asObject, asText } from "../json.ts";
import { PODS } from "../object_calls.ts";
import { collectionPath } from "../paths.ts";
import { selectorText } from "../selectors.ts";
import type { ApiResource, ResourceInfo } from "../types.ts";
import type { FeedQuery } from "./feed.ts";
import type { WaitTarget } from "./targets.ts";
import { isBuiltInGroup, rulesOf } from "../ready/mod.ts";

const resource = (group: string, version: string, kind: string, plural: string, namespaced = true): ApiResource => ({
  group,
  version,
  kind,
  plural,
  namespaced,
});

/** Replica sets of Deployments. */
export const REPLICA_SETS: ApiResource = resource("apps", "v1", "ReplicaSet", "replicasets");
/** Events. */
export const EVENTS: ApiResource = resource("", "v1", "Event", "events");
/** Endpoints of Services. */
export const SLICES: ApiResource = resource("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices");
/** Classes of claims. */
export const STORAGE_CLASSES: ApiResource = resource("storage.k8s.io", "v1", "StorageClass", "storageclasses", false);
/** Classes of ingresses. */
export const INGRESS_CLASSES: ApiResource = resource(
  "networking.k8s.io",
  "v1",
  "IngressClass",
  "ingressclasses",
  false,
);
/** Definitions of custom resources. */
export const DEFINITIONS: ApiResource = resource(
  "apiextensions.k8s.io",
  "v1",
  "CustomResourceDefinition",
  "customresourcedefinitions",
  false,
);

/** More distinct values would make a selector too long for a request's address. */
const VALUES_MAX = 40;
/** Kinds whose pods are shown. */
const WITH_PODS = ["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job"];

/** True for objects that have pods. */
export function hasOwnPods({ info, rule }: WaitTarget): boolean {
  return WITH_PODS.includes(info.resource.kind) && rulesOf(info.resource.group, info.resource.kind) !== undefined ||
    rule?.pods !== undefined || info.resource.kind === "Pod" && info.resource.group === "";
}

/** Returns the lists without which no verdict is possible. */
export function requiredQueries(targets: readonly WaitTarget[]): FeedQuery[] {
  const own = targets.filter(({ reads }) => reads !== "pods");
  const byPath = Map.groupBy(own, ({ resource, info }) => collectionPath(resource, info.namespace));
  const queries: FeedQuery[] = [...byPath.values()].flatMap((group): FeedQuery[] => {
    const [first] = group;
    if (first === undefined) return [];
    const names = [...new Set(group.map(({ info }) => info.name))];
    return [{ resource: first.resource, namespace: first.info.namespace, names, isMetadata: isAlwaysReady(first) }];
  });
  for (const namespace of namespacesOf(targets.filter(({ reads }) => reads === "replicaSets"))) {
    queries.push({ resource: REPLICA_SETS, namespace });
  }
  return [...queries, ...podQueries(targets.filter(({ reads }) => reads === "pods"))];
}

/** True for kinds of Kubernetes without a rule, whose content does not matter: only their metadata is read. */
function isAlwaysReady({ isStrict, info, rule }: WaitTarget): boolean {
  const { group, kind } = info.resource;
  return isStrict && rule === undefined && isBuiltInGroup(group) && rulesOf(group, kind) === undefined;
}

/** Returns the lists that strict rules also look at, where they may be read. */
export function relatedQueries(targets: readonly WaitTarget[]): FeedQuery[] {
  const strict = targets.filter(({ isStrict }) => isStrict);
  const services = strict.filter(({ info }) => info.resource.kind === "Service" && info.resource.group === "");
  const claims = strict.filter(({ info }) => info.resource.kind === "PersistentVolumeClaim");
  return [
    ...namespacesOf(services).map((namespace) => ({ resource: SLICES, namespace })),
    // A claim may wait for its first consumer, which any pod can be.
    ...namespacesOf(claims).map((namespace) => ({ resource: PODS, namespace })),
  ];
}

/** Returns the lists that say why something is not ready. */
export function detailQueries(
  targets: readonly WaitTarget[],
  objectOf: (target: WaitTarget) => KubeObject,
): FeedQuery[] {
  const workloads = targets.filter(hasOwnPods);
  const deployments = workloads.filter(({ info }) => info.resource.kind === "Deployment");
  return [
    ...podQueries(workloads.map((target) => ({ ...target, info: { ...target.info, object: objectOf(target) } }))),
    ...namespacesOf(deployments).map((namespace) => ({ resource: REPLICA_SETS, namespace })),
    ...namespacesOf(targets.filter(({ info }) => info.resource.namespaced)).map((namespace) => ({
      resource: EVENTS,
      namespace,
    })),
  ];
}

function namespacesOf(targets: readonly WaitTarget[]): string[] {
  return [...new Set(targets.map(({ info }) => info.namespace))];
}

/** Returns one list of pods for each namespace, with a selector that finds the pods of all its workloads. */
function podQueries(targets: readonly WaitTarget[]): FeedQuery[] {
  return [...Map.groupBy(targets, ({ info }) => info.namespace)].map(([namespace, group]) => ({
    resource: PODS,
    namespace,
    labelSelector: commonSelector(group.map(({ info }) => info)),
  }));
}

/**
 * Returns a label selector for the pods of all workloads: their own if there is one, else by a label that all of them
 * select by; `undefined` when there is no such label.
 */
export function commonSelector(infos: readonly ResourceInfo[]): string | undefined {
  const texts = new Set(infos.map(({ object }) => selectorText(object)));
  if (texts.has(undefined)) return undefined;
  if (texts.size === 1) return [...texts][0];
  const labels = infos.map(({ object }) => labelsOf(object));
  const shared = Object.keys(labels[0] ?? {}).filter((key) => labels.every((each) => Object.hasOwn(each, key)));
  const values = shared.map((key) => ({ key, values: [...new Set(labels.map((each) => asText(each[key])))].sort() }))
    .filter(({ values }) => values.length <= VALUES_MAX).toSorted((a, b) => a.values.length - b.values.length);
  const [best] = values;
  if (best === undefined) return undefined;
  return best.values.length === 1 ? `${best.key}=${best.values[0]}` : `${best.key} in (${best.values.join(",")})`;
}

function labelsOf(object: KubeObject): Record<string, unknown> {
  const selector = asObject(asObject(object.spec).selector);
  return object.kind === "ReplicationController" ? selector : asObject(selector.matchLabels);
}
