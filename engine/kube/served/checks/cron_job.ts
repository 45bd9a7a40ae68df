import { textAt } from "../plain.ts";
import type { Work } from "../work.ts";
import { refuseUnacceptable } from "./unacceptable.ts";

/**
 * Refuses a time zone in the schedule, as current servers do unless the live object has one.
 *
 * Source: Kubernetes 1.34, `pkg/apis/batch/validation/validation.go`, which searches for `TZ` in the same way.
 */
export function checkCronJob(work: Work): void {
  const schedule = textAt(work.object, "spec", "schedule");
  if (!schedule.includes("TZ") || textAt(work.options.live, "spec", "schedule").includes("TZ")) return;
  refuseUnacceptable(work, {
    field: "spec.schedule",
    text: `spec.schedule is ${JSON.stringify(schedule)}, and current servers do not accept TZ= or CRON_TZ= there`,
    hint: "Write the time zone as spec.timeZone in the chart.",
  });
}
