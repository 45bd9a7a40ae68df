/**
 * A Deployment is ready when its newest replica set has enough ready pods.
 *
 * Source: Helm 2.17.0, `pkg/kube/wait.go`, which uses the deployment
 * controller's own helpers; `release-pipeline.md` 8.8.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, copyJson, isObject, type JsonObject, sameJson } from "../json.ts";
import { getObject, listObjects } from "../object_calls.ts";
import { selectorText } from "../selectors.ts";
import type { ApiResource, KubeCallOptions, ResourceInfo, Transport } from "../types.ts";
import type { Missing } from "./readiness.ts";

const DEPLOYMENTS: ApiResource = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
};
const REPLICA_SETS: ApiResource = { ...DEPLOYMENTS, kind: "ReplicaSet", plural: "replicasets" };

/** Reads the deployment and its replica sets. A paused one counts as ready, because it would never become ready. */
export async function deploymentReady(
  transport: Transport,
  info: ResourceInfo,
  options: KubeCallOptions,
): Promise<Missing> {
  const deployment = await getObject(transport, { ...info, resource: DEPLOYMENTS }, options);
  if (asObject(deployment.spec).paused === true) return "";
  const labelSelector = selectorText(deployment);
  const list = await listObjects(transport, REPLICA_SETS, info.namespace, { labelSelector }, options);
  const set = newestSet(deployment, asList(list.items) as KubeObject[]);
  if (set === undefined) return "its new replica set does not exist yet";
  const ready = numberOf(asObject(set.status).readyReplicas);
  const wanted = replicasOf(deployment) - maxUnavailable(deployment);
  if (ready >= wanted) return "";
  return `${ready} of at least ${wanted} pods of its new replica set are ready`;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function replicasOf(deployment: KubeObject): number {
  return numberOf(asObject(deployment.spec).replicas);
}

/** Returns the replica set with the deployment's pod template: the oldest of those it owns. */
function newestSet(deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined {
  const uid = deployment.metadata?.uid;
  const template = plainTemplate(asObject(deployment.spec).template);
  return sets
    .filter((set) => set.metadata?.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid))
    .toSorted((a, b) => compareAge(a, b))
    .find((set) => sameJson(plainTemplate(asObject(set.spec).template), template));
}

function compareAge(a: KubeObject, b: KubeObject): number {
  const age = (object: KubeObject): string => object.metadata?.creationTimestamp ?? "";
  if (age(a) !== age(b)) return age(a) < age(b) ? -1 : 1;
  return (a.metadata?.name ?? "") < (b.metadata?.name ?? "") ? -1 : 1;
}

/** Returns the template without the label `pod-template-hash` and without empty parts. */
function plainTemplate(template: unknown): unknown {
  const copy = copyJson(asObject(template));
  const metadata = isObject(copy.metadata) ? copy.metadata : {};
  const labels: JsonObject = isObject(metadata.labels) ? metadata.labels : {};
  delete labels["pod-template-hash"];
  return withoutEmpty({ ...copy, metadata: { ...metadata, labels } });
}

/** Removes empty values: Go's typed objects do not distinguish absent, null and empty. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  const kept: JsonObject = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    const plain = withoutEmpty(inner);
    const empty = plain === null || plain === "" || (Array.isArray(plain) && plain.length === 0);
    // An empty object can have a meaning, such as the volume source `emptyDir: {}`; in metadata it has none.
    if (
      !empty && !(isObject(plain) && Object.keys(plain).length === 0 && /^(labels|annotations|metadata)$/.test(key))
    ) {
      kept[key] = plain;
    }
  }
  return kept;
}

/** Returns how many pods may be unavailable. */
export function maxUnavailable(deployment: KubeObject): number {
  const replicas = replicasOf(deployment);
  const strategy = asObject(asObject(deployment.spec).strategy);
  if (strategy.type !== "RollingUpdate" || replicas === 0) return 0;
  const { maxSurge, maxUnavailable: given } = asObject(strategy.rollingUpdate);
  const surge = resolve(maxSurge, replicas, Math.ceil);
  const allowed = resolve(given, replicas, Math.floor);
  return Math.min(surge === 0 && allowed === 0 ? 1 : allowed, replicas);
}

/** Returns a number, or a percentage of `total`. */
function resolve(value: unknown, total: number, round: (value: number) => number): number {
  if (typeof value !== "string") return numberOf(value);
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? 0 : round(Number(percent) * total / 100);
}
