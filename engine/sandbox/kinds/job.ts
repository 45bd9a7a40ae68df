/**
 * Jobs.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/batch` (`v1/defaults.go`, `validation/validation.go`) and `pkg/registry/batch/job/strategy.go`.
 *
 * @module
 */
import { jobDefaults } from "../../kube/defaults/mod.ts";
import { jobController } from "../controllers/job.ts";
import { at, child, type Json, mapOf, numberOf, same, textOf } from "../json.ts";
import { type FieldError, invalidValue, notSupported, required } from "../status.ts";
import {
  age,
  type Cells,
  containers,
  hasCondition,
  humanDuration,
  nameOf,
  type RowContext,
  selectorText,
} from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import { checkTemplate, notNegative } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";
import { status } from "./workload_checks.ts";

const COUNTS = ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"];

const RESTART = ["OnFailure", "Never"];

/** Returns the errors of a Job's spec, which a CronJob has in its template. */
export function checkJobSpec(spec: Json, field: string): FieldError[] {
  const errors = COUNTS.flatMap((name) => notNegative(spec[name], `${field}.${name}`));
  const mode = spec["completionMode"];
  if (mode !== undefined && !["NonIndexed", "Indexed"].includes(textOf(mode))) {
    errors.push(notSupported(`${field}.completionMode`, mode, ["NonIndexed", "Indexed"]));
  }
  if (mode === "Indexed" && spec["completions"] === undefined) {
    errors.push(required(`${field}.completions`, "when completion mode is Indexed"));
  }
  errors.push(...checkTemplate(spec["template"], `${field}.template`));
  // Always is what the template's defaults fill in, so it is reported like a missing value.
  const restart = textOf(at(spec, "template", "spec", "restartPolicy"));
  const where = `${field}.template.spec.restartPolicy`;
  if (restart === "Always" || restart === "") errors.push(required(where, 'valid values: "OnFailure", "Never"'));
  else if (!RESTART.includes(restart)) errors.push(notSupported(where, restart, RESTART));
  return errors;
}

function immutable(object: Json, before: Json, name: string): FieldError[] {
  const value = at(object, "spec", name);
  return same(value, at(before, "spec", name)) ? [] : [invalidValue(`spec.${name}`, value, "field is immutable")];
}

/** Rules of Jobs. */
const jobRules: Rules = {
  generation: true,
  defaults: jobDefaults,
  prepare(object) {
    const spec = child(object, "spec");
    // `generateSelector`: the uid makes the selector unique, so that two Jobs never count the same
    // pods. The labels without domain are kept for old clients.
    if (spec["manualSelector"] === true) return;
    const uid = textOf(at(object, "metadata", "uid"));
    const name = textOf(at(object, "metadata", "name"));
    const added = {
      "batch.kubernetes.io/controller-uid": uid,
      "batch.kubernetes.io/job-name": name,
      "controller-uid": uid,
      "job-name": name,
    };
    const metadata = child(child(spec, "template"), "metadata");
    // A Job without labels of its own takes those of its template, the generated ones included.
    const given = mapOf(at(object, "metadata", "labels"));
    const shared = Object.keys(given).length === 0 || same(given, mapOf(metadata["labels"]));
    metadata["labels"] = { ...mapOf(metadata["labels"]), ...added };
    if (shared) child(object, "metadata")["labels"] = { ...mapOf(metadata["labels"]) };
    const selector = child(spec, "selector");
    selector["matchLabels"] = {
      ...mapOf(selector["matchLabels"]),
      "batch.kubernetes.io/controller-uid": uid,
    };
  },
  validate(object) {
    const spec = mapOf(object["spec"]);
    const errors: FieldError[] = [];
    // More labels than the generated one mean that the user wrote a selector.
    const labels = Object.keys(mapOf(at(spec, "selector", "matchLabels"))).length;
    if (spec["manualSelector"] !== true && labels > 1) {
      errors.push(invalidValue("spec.selector", spec["selector"], "`selector` not auto-generated"));
    }
    errors.push(...checkJobSpec(spec, "spec"));
    if (spec["selector"] === undefined) errors.push(required("spec.selector"));
    return errors;
  },
  validateUpdate(object, before) {
    // An indexed Job may be resized, and a suspended Job has no pods yet, so its template may
    // change.
    const indexed = at(object, "spec", "completionMode") === "Indexed";
    return [
      ...(indexed ? [] : immutable(object, before, "completions")),
      ...immutable(object, before, "selector"),
      ...(at(before, "spec", "suspend") === true ? [] : immutable(object, before, "template")),
      ...["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"]
        .flatMap((name) => immutable(object, before, name)),
    ];
  },
};

/**
 * Conditions and the status shown for them; the first that holds counts. The empty one is the
 * deletion mark.
 */
const JOB_STATES: [string, string][] = [
  ["Complete", "Complete"],
  ["Failed", "Failed"],
  ["", "Terminating"],
  ["Suspended", "Suspended"],
  ["FailureTarget", "FailureTarget"],
  ["SuccessCriteriaMet", "SuccessCriteriaMet"],
];

function jobState(object: Json): string {
  for (const [condition, shown] of JOB_STATES) {
    const leaving = condition === "" && at(object, "metadata", "deletionTimestamp") !== undefined;
    if (leaving || (condition !== "" && hasCondition(object, condition))) return shown;
  }
  return "Running";
}

function jobDuration(object: Json, context: RowContext): string {
  const start = Date.parse(textOf(at(object, "status", "startTime")));
  if (Number.isNaN(start)) return "";
  const end = Date.parse(textOf(at(object, "status", "completionTime")));
  return humanDuration((Number.isNaN(end) ? context.now.getTime() : end) - start);
}

const jobCells: Cells = (object, context) => {
  const completions = at(object, "spec", "completions");
  const parallelism = numberOf(at(object, "spec", "parallelism"));
  const succeeded = status(object, "succeeded");
  // A work queue is done after one success, so it counts to 1.
  const progress = typeof completions === "number"
    ? `${succeeded}/${completions}`
    : parallelism > 1
    ? `${succeeded}/1 of ${parallelism}`
    : `${succeeded}/1`;
  return [
    nameOf(object),
    jobState(object),
    progress,
    jobDuration(object, context),
    age(object, context),
    ...containers(at(object, "spec", "template")),
    selectorText(at(object, "spec", "selector")),
  ];
};

/** Jobs. */
export const jobs: Kind = {
  resource: "batch/jobs",
  rules: jobRules,
  controller: jobController,
  cells: jobCells,
  selectable: ["status.successful"],
  orphans: true,
};
