/**
 * CronJobs.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/batch` (`v1/defaults.go`, `validation/validation.go`).
 *
 * @module
 */
import { cronJobDefaults } from "../../kube/defaults/mod.ts";
import { at, listOf, mapOf, textOf } from "../json.ts";
import { type FieldError, invalidValue, notSupported, required } from "../status.ts";
import { age, type Cells, containers, nameOf, selectorText, since } from "../tables/format.ts";
import { dnsSubdomain } from "../validation/names.ts";
import { cronProblem } from "./cron.ts";
import { checkJobSpec } from "./job.ts";
import type { Kind } from "./kind.ts";
import { notNegative } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";

const CONCURRENCY = ["Allow", "Forbid", "Replace"];

/** Names of CronJobs leave room for the 11 characters that the names of their Jobs add. */
function cronJobName(name: string): string[] {
  const errors = dnsSubdomain(name);
  return name.length > 52 ? [...errors, "must be no more than 52 characters"] : errors;
}

/** Rules of CronJobs. */
const cronJobRules: Rules = {
  generation: true,
  name: cronJobName,
  defaults: cronJobDefaults,
  validate(object) {
    const spec = mapOf(object["spec"]);
    const errors: FieldError[] = [];
    const schedule = textOf(spec["schedule"]);
    if (schedule === "") errors.push(required("spec.schedule"));
    else {
      // A schedule with a time zone can have both errors, in this order.
      const problem = cronProblem(schedule);
      if (problem !== undefined) errors.push(invalidValue("spec.schedule", schedule, problem));
      if (schedule.includes("TZ")) {
        errors.push(invalidValue(
          "spec.schedule",
          schedule,
          "cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
        ));
      }
    }
    errors.push(...notNegative(spec["startingDeadlineSeconds"], "spec.startingDeadlineSeconds"));
    const policy = textOf(spec["concurrencyPolicy"]);
    if (!CONCURRENCY.includes(policy)) errors.push(notSupported("spec.concurrencyPolicy", policy, CONCURRENCY));
    errors.push(...checkJobSpec(mapOf(at(spec, "jobTemplate", "spec")), "spec.jobTemplate.spec"));
    errors.push(...notNegative(spec["successfulJobsHistoryLimit"], "spec.successfulJobsHistoryLimit"));
    errors.push(...notNegative(spec["failedJobsHistoryLimit"], "spec.failedJobsHistoryLimit"));
    return errors;
  },
};

const cronJobCells: Cells = (object, context) => {
  const last = at(object, "status", "lastScheduleTime");
  const suspend = at(object, "spec", "suspend");
  return [
    nameOf(object),
    textOf(at(object, "spec", "schedule")),
    textOf(at(object, "spec", "timeZone")) || "<none>",
    suspend === undefined ? "<unset>" : suspend === true ? "True" : "False",
    listOf(at(object, "status", "active")).length,
    last === undefined ? "<none>" : since(last, context),
    age(object, context),
    ...containers(at(object, "spec", "jobTemplate", "spec", "template")),
    selectorText(at(object, "spec", "jobTemplate", "spec", "selector")),
  ];
};

/** CronJobs. No controller runs them: time in a sandbox is too short for a schedule. */
export const cronJobs: Kind = { resource: "batch/cronjobs", rules: cronJobRules, cells: cronJobCells };
