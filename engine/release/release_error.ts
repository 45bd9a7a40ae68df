/**
 * The error of an operation that failed after it began to act.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release } from "../model/mod.ts";

/** Facts of a {@linkcode ReleaseError}. */
export interface ReleaseErrorFacts {
  /** The release that was being created or removed, in its last known state. */
  readonly release: Release | undefined;
  /** True when this operation had written the release's record. */
  readonly recorded: boolean;
  /** The revision that was DEPLOYED before, for upgrades. */
  readonly before: Release | undefined;
  /** The next step for the user, if the cause has no hint. */
  readonly hint?: string | undefined;
  /** Another way out, which follows the hint of the cause. */
  readonly goBack?: string | undefined;
  /** The error that ended the operation. */
  readonly cause: unknown;
}

function hintOf(hint: string | undefined, goBack: string | undefined): string | undefined {
  return hint === undefined || goBack === undefined ? hint ?? goBack : `${hint}\n${goBack}`;
}

/**
 * An operation on a release failed after it began to act; the message is Tiller's, the `kind` is the cause's.
 * Earlier failures are not of this class.
 */
export class ReleaseError extends SkegError {
  /** The release that was being created or removed, in its last known state. */
  readonly release: Release | undefined;
  /** True when this operation had written the release's record: only then is there a record to undo. */
  readonly recorded: boolean;
  /** The revision that was DEPLOYED before, for upgrades. */
  readonly before: Release | undefined;

  /** Takes the message for the user. */
  constructor(message: string, facts: ReleaseErrorFacts) {
    const { cause } = facts;
    super(cause instanceof SkegError ? cause.kind : "release", message, {
      cause,
      hint: hintOf((cause instanceof SkegError ? cause.hint : undefined) ?? facts.hint, facts.goBack),
      details: cause instanceof SkegError ? cause.details : undefined,
      exitCode: cause instanceof SkegError ? cause.exitCode : undefined,
      elsewhere: cause instanceof SkegError ? cause.elsewhere : undefined,
    });
    this.release = facts.release;
    this.recorded = facts.recorded;
    this.before = facts.before;
  }
}
