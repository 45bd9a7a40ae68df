/**
 * Finds out if a revision was DEPLOYED once, although its status has changed since.
 *
 * @module
 */
import type { Release, StatusCode } from "../model/mod.ts";

/** End of the description of a FAILED revision that changed nothing. */
export const NOTHING_CHANGED = "; nothing was changed";

/** Descriptions, by Tiller and skeg, of revisions that failed or were abandoned before they were done. */
const NEVER_RAN =
  /^(Release|Upgrade|Rollback) (replace )?".*" failed|^Marked FAILED by skeg repair|^(Initial install underway|Preparing upgrade|Rollback to \d+)$/s;

/** End of the description of a revision that is being deleted; an interrupted deletion is run again. */
const BEFORE_DELETION = /; it was ([A-Z_]+)$/;

/**
 * Returns the end of the description that a revision gets when its deletion begins: `; it was DEPLOYED`. Helm
 * 2 forgets the status, but ownership of objects depends on it.
 */
export function statusMark(release: Release): string {
  const status = statusBeforeDeletion(release);
  return status === "DELETING" ? "" : `; it was ${status}`;
}

/** Returns the status of a revision; for DELETING, the status before the deletion, if the description has it. */
export function statusBeforeDeletion({ info }: Release): StatusCode {
  const { code } = info.status;
  return code === "DELETING" ? BEFORE_DELETION.exec(info.description)?.[1] as StatusCode ?? code : code;
}

/** False for a FAILED revision that changed nothing: objects in its manifest may belong to others. */
export function changedSomething({ info }: Release): boolean {
  return !info.description.endsWith(NOTHING_CHANGED);
}

/** True for a revision whose objects belong to the release: DEPLOYED, or DEPLOYED until its deletion began. */
export function isInForce(release: Release): boolean {
  return statusBeforeDeletion(release) === "DEPLOYED";
}

/** True for a revision that was deleted, even if it was superseded since. */
export function wasDeleted({ info }: Release): boolean {
  return info.status.code === "DELETED" || info.status.code === "SUPERSEDED" && (info.deleted?.seconds ?? 0) > 0;
}

/**
 * True for a revision that was DEPLOYED at some time. A SUPERSEDED one may also have failed or been
 * interrupted, which its description shows. A rollback has the same description before and after it finished;
 * it does not count.
 */
export function hasRun(release: Release): boolean {
  const { status, description } = release.info;
  return isInForce(release) ||
    status.code === "SUPERSEDED" && !wasDeleted(release) && !NEVER_RAN.test(description);
}

/**
 * For a history without a DEPLOYED revision: returns the revision that ran last and all since, oldest first.
 * A failed rollback leaves such a history, and the objects that ran before still run.
 *
 * @param history Oldest first.
 */
export function sinceLastRun(history: readonly Release[]): Release[] {
  return history.slice(Math.max(0, history.findLastIndex(hasRun), history.findLastIndex(wasDeleted) + 1));
}
