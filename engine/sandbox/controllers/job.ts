/**
 * Jobs: makes pods until enough have succeeded, or too many have failed.
 *
 * Source: `pkg/controller/job/job_controller.go`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, type Json, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import { type Controller, editObject, type Happening, type Machine, timestamp } from "../machine.ts";
import { deleteByKey, deleteObject } from "../deleting.ts";
import type { Key } from "../store.ts";
import { controllerOf, parseKey } from "./owned.ts";
import { createPod, isActive, isReady, keyText, ownedBy, ownersOfKind, withCondition } from "./owned.ts";

/** The finalizer that holds a pod until its Job has counted it. */
const TRACKING = "batch.kubernetes.io/job-tracking";
const INDEX = "batch.kubernetes.io/job-completion-index";

interface Counts {
  readonly active: KubeObject[];
  readonly succeeded: number;
  readonly failed: number;
  readonly done: ReadonlySet<string>;
}

/** Counts the pods of a Job by phase. Pods that the finalizer holds are still there to be counted. */
function countPods(machine: Machine, job: KubeObject): Counts {
  const pods = ownedBy(machine, "/pods", job);
  const phase = (pod: KubeObject): string => textOf(at(pod, "status", "phase"));
  const succeeded = pods.filter((pod) => phase(pod) === "Succeeded");
  const indexes = succeeded.map((pod) => pod.metadata?.annotations?.[INDEX] ?? "");
  return {
    active: pods.filter(isActive),
    succeeded: succeeded.length,
    failed: pods.filter((pod) => phase(pod) === "Failed").length,
    done: new Set(indexes),
  };
}

function isFinished(job: KubeObject): boolean {
  return mapsOf(at(job, "status", "conditions"))
    .some((c) => ["Complete", "Failed"].includes(textOf(c["type"])) && c["status"] === "True");
}

function addPods(machine: Machine, job: KubeObject, counts: Counts, number: number): void {
  const indexed = at(job, "spec", "completionMode") === "Indexed";
  const taken = new Set([...counts.done, ...counts.active.map((pod) => pod.metadata?.annotations?.[INDEX] ?? "")]);
  const labels = {
    "batch.kubernetes.io/controller-uid": job.metadata?.uid,
    "batch.kubernetes.io/job-name": job.metadata?.name,
    "controller-uid": job.metadata?.uid,
    "job-name": job.metadata?.name,
  };
  for (let made = 0, index = 0; made < number; made++) {
    if (!indexed) {
      createPod(machine, job, at(job, "spec", "template"), { labels, finalizers: [TRACKING] });
      continue;
    }
    // The lowest free index is next. An index that has succeeded never runs again.
    while (taken.has(String(index))) index++;
    taken.add(String(index));
    const own = String(index);
    createPod(machine, job, at(job, "spec", "template"), {
      prefix: `${job.metadata?.name}-${own}-`,
      labels: { ...labels, [INDEX]: own },
      annotations: { [INDEX]: own },
      finalizers: [TRACKING],
      // Pods of an indexed Job reach each other by this host name.
      edit: (spec) => {
        spec["hostname"] = `${job.metadata?.name}-${own}`;
      },
    });
  }
}

function finished(machine: Machine, status: Json, complete: boolean, reason: string, message: string): Json {
  const now = timestamp(machine);
  const first = complete ? "SuccessCriteriaMet" : "FailureTarget";
  let conditions = mapsOf(status["conditions"]);
  // The interim condition comes before the final one, as in the source.
  for (const type of [first, complete ? "Complete" : "Failed"]) {
    conditions = withCondition(machine, conditions, { type, status: "True", reason, message }, "lastProbeTime")
      // `withCondition` writes the null of a pod's condition; a Job's has the time.
      .map((c) => c["lastProbeTime"] === null ? { ...c, lastProbeTime: now } : c);
  }
  return { ...status, conditions, ...(complete ? { completionTime: now } : {}) };
}

/**
 * Removes the tracking finalizer from pods that have been counted, and from all pods of a Job that
 * has ended or is gone.
 */
function release(machine: Machine, key: Key, job: KubeObject | undefined): void {
  const over = job === undefined || isFinished(job);
  for (const pod of machine.store.list("/pods", { namespace: key.namespace })) {
    const owner = controllerOf(pod);
    if (owner?.kind !== "Job" || owner.name !== key.name || !pod.metadata?.finalizers?.includes(TRACKING)) continue;
    if (!over && isActive(pod)) continue;
    editObject(machine, { resource: "/pods", namespace: key.namespace, name: pod.metadata.name ?? "" }, (next) => {
      const meta = next.metadata ??= {};
      const left = (meta.finalizers ?? []).filter((name) => name !== TRACKING);
      if (left.length > 0) meta.finalizers = left;
      else delete meta.finalizers;
    });
  }
}

function reconcile(machine: Machine, text: string): number | void {
  const key = parseKey("batch/jobs", text);
  const job = machine.store.get(key);
  release(machine, key, job);
  if (job === undefined || job.metadata?.deletionTimestamp !== undefined) return;
  if (isFinished(job)) return expire(machine, job);
  const spec = mapOf(job["spec"]);
  const counts = countPods(machine, job);
  const completions = typeof spec["completions"] === "number" ? spec["completions"] : undefined;
  const parallelism = numberOf(spec["parallelism"], 1);
  const limit = numberOf(spec["backoffLimit"], 6);
  const suspended = spec["suspend"] === true;
  let status: Json = { ...mapOf(job["status"]) };
  if (!suspended) status["startTime"] ??= timestamp(machine);
  // A Job without `completions` is a work queue: after one success it is done when no other pod
  // runs.
  const enough = completions === undefined
    ? counts.succeeded > 0 && counts.active.length === 0
    : counts.succeeded >= completions;
  // Failure comes first: a Job beyond its limit fails even when enough pods have succeeded. A work
  // queue starts no pods after its first success.
  if (counts.failed > limit) {
    for (const pod of counts.active) deleteObject(machine, "/pods", pod);
    status = finished(machine, status, false, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
  } else if (enough) {
    for (const pod of counts.active) deleteObject(machine, "/pods", pod);
    status = finished(machine, status, true, "CompletionsReached", "Reached expected number of succeeded pods");
  } else if (suspended) {
    for (const pod of counts.active) deleteObject(machine, "/pods", pod);
  } else if (completions !== undefined || counts.succeeded === 0) {
    const missing = completions === undefined ? parallelism : completions - counts.succeeded;
    addPods(machine, job, counts, Math.min(missing, parallelism) - counts.active.length);
  }
  writeStatus(machine, key, job, status);
}

function writeStatus(machine: Machine, key: ReturnType<typeof parseKey>, job: KubeObject, status: Json): void {
  // Counted again: this pass may have made or deleted pods.
  const counts = countPods(machine, job);
  const next: Json = { ...status };
  const set = (name: string, value: number): void => {
    if (value > 0) next[name] = value;
    else delete next[name];
  };
  set("active", counts.active.length);
  set("succeeded", counts.succeeded);
  set("failed", counts.failed);
  next["ready"] = counts.active.filter(isReady).length;
  // Pods end at once here, so none is terminating or waits to be counted.
  next["terminating"] = 0;
  next["uncountedTerminatedPods"] = {};
  editObject(machine, key, (object) => {
    object["status"] = next;
  });
}

/**
 * Deletes a finished Job after `ttlSecondsAfterFinished`; returns the milliseconds to wait when it
 * is too early. Source: `pkg/controller/ttlafterfinished`.
 */
function expire(machine: Machine, job: KubeObject): number | void {
  const seconds = at(job, "spec", "ttlSecondsAfterFinished");
  if (typeof seconds !== "number") return;
  const ended = mapsOf(at(job, "status", "conditions"))
    .find((c) => ["Complete", "Failed"].includes(textOf(c["type"])));
  const left = Date.parse(textOf(ended?.["lastTransitionTime"])) + seconds * 1000 - machine.now().getTime();
  if (left > 0) return left;
  deleteByKey(machine, {
    resource: "batch/jobs",
    namespace: job.metadata?.namespace ?? "",
    name: job.metadata?.name ?? "",
  });
}

/** Makes and counts the pods of Jobs. */
export const jobController: Controller = {
  name: "job",
  interest(happening: Happening): string[] {
    // A Job that is gone is looked at too: its pods still carry the finalizer.
    if (happening.key.resource === "batch/jobs") return [keyText(happening.key)];
    return happening.key.resource === "/pods" ? ownersOfKind(happening, "Job") : [];
  },
  reconcile,
};
