import { refusal, type Work } from "../work.ts";

/** A value that the newer version does not accept. */
export interface Unacceptable {
  /** The field. */
  readonly field: string;
  /** The value found, and the rule. */
  readonly text: string;
  /** The change to make in the chart. */
  readonly hint: string;
}

/**
 * Refuses an object that the server would refuse, before anything is changed.
 *
 * With consent to lossy mappings it is sent unchanged and the server decides, as releases refuse different things.
 */
export function refuseUnacceptable(work: Work, { field, text, hint }: Unacceptable): void {
  if (!work.options.allowLossy) {
    throw refusal(work, { situation: "invalid", field, text: `cannot be sent as ${work.to}: ${text}`, hint });
  }
  work.changes.push(`${field} is not changed, and the server may refuse it: ${text}`);
}
