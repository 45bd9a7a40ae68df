import { at, isEmpty } from "../plain.ts";
import type { Work } from "../work.ts";
import { refuseUnacceptable } from "./unacceptable.ts";

const REQUIRED = ["eventTime", "action", "reportingController", "reportingInstance"];

/** Refuses new events without required fields. */
export function checkEvent(work: Work): void {
  const missing = REQUIRED.find((key) => isEmpty(at(work.object, key)));
  if (!work.isCreation || missing === undefined) return;
  refuseUnacceptable(work, {
    field: missing,
    text: `${missing} is missing, and new events need it`,
    hint: `Write ${missing} in the chart.`,
  });
}
