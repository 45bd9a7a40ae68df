/**
 * Hints for a release that an operation left unfinished.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release } from "../model/mod.ts";

/**
 * Returns a hint how to recover a release without a DEPLOYED revision.
 *
 * @param last Its newest revision.
 * @param good An older revision that was DEPLOYED once.
 */
export function recoveryHint(last: Pick<Release, "name" | "revision" | "info">, good?: number): string {
  const { name, revision } = last;
  switch (last.info.status.code) {
    case "PENDING_INSTALL":
      return `If no install is running, it was interrupted: run 'skeg delete --purge ${name}', then install again.`;
    case "PENDING_UPGRADE":
    case "PENDING_ROLLBACK":
    case "SUPERSEDED":
      return `If no other operation is running, revision ${revision} was interrupted: finish it with ` +
        `'skeg rollback ${name} ${revision}'.`;
    case "DELETING":
      return `If no delete is running, it was interrupted: finish it with 'skeg delete ${name}', or go back with ` +
        `'skeg rollback ${name} ${revision}'.`;
    case "DELETED":
      return `The release is deleted: forget it with 'skeg delete --purge ${name}', or bring it back with ` +
        `'skeg rollback ${name} ${revision}'.`;
    default:
      if (good !== undefined && good < revision) {
        return `Revision ${revision} failed: go back to one that was deployed with 'skeg rollback ${name} ${good}', then ` +
          "upgrade again.";
      }
      return `${name} is ${last.info.status.code}, revision ${revision}: remove it with 'skeg delete --purge ${name}' and install ` +
        "again, or upgrade it with --force.";
  }
}

/** Returns the same error with other details. */
export function withDetails(error: SkegError, details: string): SkegError {
  const { kind, message, hint, exitCode } = error;
  return new SkegError(kind, message, { cause: error, hint, details, exitCode });
}

/** Returns the same error with a hint. */
export function withHint(error: SkegError, hint: string): SkegError {
  const { kind, message, details, exitCode } = error;
  return new SkegError(kind, message, { cause: error, hint: error.hint ?? hint, details, exitCode });
}
