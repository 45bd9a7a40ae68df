/**
 * Defaults of Jobs and CronJobs.
 *
 * Source: Kubernetes 1.34, `pkg/apis/batch/v1/defaults.go`.
 *
 * @module
 */
import { asObject, asText, childOf, fieldAt, fillIn, type JsonObject } from "../../base/mod.ts";
import { templateDefaults } from "./pod.ts";

function jobSpecDefaults(spec: JsonObject): void {
  // Completions get a default only when parallelism is absent too: a Job that names parallelism
  // alone is a work queue.
  const parallelism = spec["parallelism"];
  if (spec["completions"] === undefined && parallelism === undefined) {
    spec["completions"] = 1;
    spec["parallelism"] = 1;
  }
  fillIn(spec, "parallelism", 1);
  fillIn(spec, "backoffLimit", 6);
  fillIn(spec, "completionMode", "NonIndexed");
  fillIn(spec, "suspend", false);
  // With a failure policy a pod must have failed for good before its replacement starts.
  fillIn(spec, "podReplacementPolicy", spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed");
  fillIn(spec, "manualSelector", false);
}

/** Fills in a Job. */
export function jobDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  jobSpecDefaults(spec);
  templateDefaults(spec["template"]);
  // A Job without labels takes those of its template (`SetDefaults_Job`).
  const labels = asObject(fieldAt(spec, "template", "metadata", "labels"));
  if (Object.keys(labels).length > 0 && Object.keys(asObject(fieldAt(object, "metadata", "labels"))).length === 0) {
    childOf(object, "metadata")["labels"] = { ...labels };
  }
}

/** Fills in a CronJob. The server fills in a pod of its Jobs, and leaves the rest to the Job itself. */
export function cronJobDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  if (asText(spec["concurrencyPolicy"]) === "") spec["concurrencyPolicy"] = "Allow";
  fillIn(spec, "suspend", false);
  fillIn(spec, "successfulJobsHistoryLimit", 3);
  fillIn(spec, "failedJobsHistoryLimit", 1);
  templateDefaults(fieldAt(spec, "jobTemplate", "spec", "template"));
}
