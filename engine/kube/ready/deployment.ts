/**
 * Deployments.
 *
 * Source of the rule of `--wait`: Helm 2.17.0, `pkg/kube/wait.go`, which uses the deployment controller's own helpers;
 * `release-pipeline.md` 8.8. Source of the strict rule: kstatus.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asObject, copyJson, isObject, type JsonObject, sameJson } from "../../base/mod.ts";
import type { Related } from "./related.ts";
import {
  conditionOf,
  failed,
  fewer,
  numberOf,
  type ObjectState,
  progress,
  ready,
  specOf,
  statusOf,
  unless,
  wantedReplicas,
} from "./state.ts";

/** `--wait`: the newest replica set has enough ready pods. A paused one counts as ready: it would never become so. */
export function deploymentReady(deployment: KubeObject, { replicaSets = [] }: Related): string {
  if (specOf(deployment).paused === true) return "";
  const set = newestSet(deployment, replicaSets);
  if (set === undefined) return "its new replica set does not exist yet";
  const found = numberOf(statusOf(set).readyReplicas);
  const wanted = numberOf(specOf(deployment).replicas) - maxUnavailable(deployment);
  return found >= wanted ? "" : `${found} of at least ${wanted} pods of its new replica set are ready`;
}

/** `--wait-strict`: the newest change has reached all pods, as `kubectl rollout status` judges it. */
export function deploymentRolledOut(deployment: KubeObject): string {
  if (specOf(deployment).paused === true) return "";
  return podsMissing(deployment) ||
    fewer(numberOf(statusOf(deployment).availableReplicas), wantedReplicas(deployment), "available");
}

/** Returns which pods are still missing or old. */
function podsMissing(deployment: KubeObject): string {
  const wanted = wantedReplicas(deployment);
  const { replicas, updatedReplicas } = statusOf(deployment);
  const updated = numberOf(updatedReplicas);
  if (updated < wanted) return `${updated} of ${wanted} pods are of its new version`;
  const old = numberOf(replicas) - updated;
  return old > 0 ? `${old} of its pods are of an older version` : "";
}

/** A deadline of this many seconds means none. Source: the deployment controller. */
const NO_DEADLINE = 2 ** 31 - 1;

/** Strict: all pods are new and available, and the controller says that the rollout is done. */
export function deploymentState(deployment: KubeObject): ObjectState {
  if (specOf(deployment).paused === true) return ready("it is paused");
  const progressing = conditionOf(deployment, "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return failed(progressing.message || "its progress deadline is exceeded");
  }
  const { replicas, availableReplicas, readyReplicas } = statusOf(deployment);
  const wanted = wantedReplicas(deployment);
  const missing = podsMissing(deployment) || fewer(numberOf(replicas), wanted, "there") ||
    tooMany(numberOf(replicas), wanted) || fewer(numberOf(availableReplicas), wanted, "available") ||
    fewer(numberOf(readyReplicas), wanted, "ready");
  if (missing !== "") return progress(missing);
  const hasDeadline = numberOf(specOf(deployment).progressDeadlineSeconds, NO_DEADLINE) !== NO_DEADLINE;
  if (hasDeadline && (progressing?.status !== "True" || progressing.reason !== "NewReplicaSetAvailable")) {
    return progress("its new replica set is not available yet");
  }
  return unless(conditionOf(deployment, "Available")?.status === "True" ? "" : "it is not available yet");
}

function tooMany(found: number, wanted: number): string {
  return found > wanted ? `${found - wanted} of its pods are to be removed` : "";
}

/** Returns the replica set with the deployment's pod template: the oldest of those it owns. */
export function newestSet(deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined {
  const uid = deployment.metadata?.uid;
  const template = plainTemplate(specOf(deployment).template);
  return sets
    .filter((set) => set.metadata?.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid))
    .toSorted((a, b) => compareAge(a, b))
    .find((set) => sameJson(plainTemplate(specOf(set).template), template));
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
  const replicas = numberOf(specOf(deployment).replicas);
  const strategy = asObject(specOf(deployment).strategy);
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
