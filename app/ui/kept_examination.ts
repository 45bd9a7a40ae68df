/**
 * An examination of a cluster by doctor.
 *
 * @module
 */
import type { FindingsLine } from "./types.ts";

/** An examination that is kept, or on its way. */
export interface KeptExamination {
  readonly line: Promise<FindingsLine>;
  readonly control: AbortController;
  /** Unix milliseconds. */
  readonly untilMs: number;
  /** Requests that wait for it. Without one it is ended. */
  waiting: number;
}
