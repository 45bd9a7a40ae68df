/**
 * What is known when an operation fails on the way.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release } from "../model/mod.ts";

/** Facts of a {@linkcode ReleaseError}. */
export interface ReleaseErrorFacts {
  /** The release that was being made or removed, as last known. */
  readonly release: Release | undefined;
  /** True when this operation had written the release's record. */
  readonly recorded: boolean;
  /** The revision that was DEPLOYED before, for upgrades. */
  readonly before: Release | undefined;
  /** What can be done, when the cause does not say it. */
  readonly hint?: string | undefined;
  /** The error that ended the operation. */
  readonly cause: unknown;
}

/**
 * An operation on a release failed on the way; the message is Tiller's, the
 * `kind` that of the cause. Failures before anything was done are not of this
 * class.
 */
export class ReleaseError extends SkegError {
  /** The release that was being made or removed, as last known. */
  readonly release: Release | undefined;
  /** True when this operation had written the release's record: only then is there something to take back. */
  readonly recorded: boolean;
  /** The revision that was DEPLOYED before, for upgrades. */
  readonly before: Release | undefined;

  /** Keeps the message that the user is to see. */
  constructor(message: string, facts: ReleaseErrorFacts) {
    const { cause } = facts;
    super(cause instanceof SkegError ? cause.kind : "release", message, {
      cause,
      hint: (cause instanceof SkegError ? cause.hint : undefined) ?? facts.hint,
      details: cause instanceof SkegError ? cause.details : undefined,
      exitCode: cause instanceof SkegError ? cause.exitCode : undefined,
      elsewhere: cause instanceof SkegError ? cause.elsewhere : undefined,
    });
    this.release = facts.release;
    this.recorded = facts.recorded;
    this.before = facts.before;
  }
}
