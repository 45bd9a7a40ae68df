/**
 * Checks the answer of the process or worker that ran Eta templates. It is not
 * trusted, because a chart author's code ran there.
 *
 * @module
 */
import type { EtaAnswer, EtaFailure } from "./eta_worker.ts";

/** The counts that an answer must match. */
export interface EtaCounts {
  /** Number of templates in the job. */
  readonly templates: number;
  /** Number of templates that are not partials. */
  readonly texts: number;
}

/** Returns the parsed answer; `undefined` when it is not a valid `EtaAnswer` to a job with these counts. */
export function readAnswer(answer: string, counts: EtaCounts): EtaAnswer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return undefined;
  }
  if (!isTable(value)) return undefined;
  const { texts, failure } = value;
  if (failure !== undefined) return isFailure(failure, counts) ? { failure } : undefined;
  if (!Array.isArray(texts) || texts.length !== counts.texts) return undefined;
  return texts.every((text) => typeof text === "string") ? { texts } : undefined;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFailure(value: unknown, { templates }: EtaCounts): value is EtaFailure {
  if (!isTable(value)) return false;
  const { phase, index, line, message } = value;
  return (phase === "parse" || phase === "render") && isCount(index) && index < templates && isCount(line) &&
    typeof message === "string";
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
