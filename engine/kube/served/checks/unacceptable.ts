import { refusal, type Work } from "../work.ts";

/** What the newer version does not take, and the object does not say otherwise. */
export interface Unacceptable {
  /** The field. */
  readonly field: string;
  /** What was found, and the rule. */
  readonly text: string;
  /** What to do in the chart. */
  readonly hint: string;
}

/**
 * Refuses an object that the server would refuse, before anything is changed.
 *
 * With consent to lossy mappings it is sent as it is, and the server decides: releases differ in what they refuse.
 */
export function refuseUnacceptable(work: Work, { field, text, hint }: Unacceptable): void {
  if (!work.options.allowLossy) {
    throw refusal(work, { situation: "invalid", field, text: `cannot be sent as ${work.to}: ${text}`, hint });
  }
  work.changes.push(`${field} is left as it is, and the server may refuse it: ${text}`);
}
