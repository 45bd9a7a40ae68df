/**
 * Whether a revision was DEPLOYED, also when its status says something else by
 * now.
 *
 * @module
 */
import type { Release, StatusCode } from "../model/mod.ts";

/** End of the description of a FAILED revision that made nothing. */
export const NOTHING_CHANGED = "; nothing was changed";

/** Descriptions of revisions that failed, or were given up before they were done; of Tiller and of skeg. */
const NEVER_RAN =
  /^(Release|Upgrade|Rollback) (replace )?".*" failed|^(Initial install underway|Preparing upgrade|Rollback to \d+)$/s;

/** Follows the description of a revision that is being deleted; a deletion that is cut off is begun again. */
const BEFORE_DELETION = /; it was ([A-Z_]+)$/;

/**
 * End of the description that a revision gets when its deletion begins:
 * `; it was DEPLOYED`. Helm 2 forgets the status, but what a release owns
 * depends on it.
 */
export function statusMark(release: Release): string {
  const status = statusBeforeDeletion(release);
  return status === "DELETING" ? "" : `; it was ${status}`;
}

/** The status of a revision; of one that is DELETING, that before, as far as its description tells. */
export function statusBeforeDeletion({ info }: Release): StatusCode {
  const { code } = info.status;
  return code === "DELETING" ? BEFORE_DELETION.exec(info.description)?.[1] as StatusCode ?? code : code;
}

/** False for a FAILED revision that made nothing: its manifest names what others have. */
export function changedSomething({ info }: Release): boolean {
  return !info.description.endsWith(NOTHING_CHANGED);
}

/** True for a revision whose objects are the release's: DEPLOYED, or DEPLOYED until its deletion began. */
export function isInForce(release: Release): boolean {
  return statusBeforeDeletion(release) === "DEPLOYED";
}

/** True for a revision that was deleted, whatever became of it then. */
export function wasDeleted({ info }: Release): boolean {
  return info.status.code === "DELETED" || info.status.code === "SUPERSEDED" && (info.deleted?.seconds ?? 0) > 0;
}

/**
 * True for a revision that was in force at some time. A SUPERSEDED one may
 * also have failed, or have been interrupted: its description tells. That of a
 * rollback is the same before and after; it does not count.
 */
export function hasRun(release: Release): boolean {
  const { status, description } = release.info;
  return isInForce(release) ||
    status.code === "SUPERSEDED" && !wasDeleted(release) && !NEVER_RAN.test(description);
}

/**
 * Where no revision is DEPLOYED: the one that ran last and all since, oldest
 * first. A rollback that fails leaves a release so, and what ran still runs.
 *
 * @param history Oldest first.
 */
export function sinceLastRun(history: readonly Release[]): Release[] {
  return history.slice(Math.max(0, history.findLastIndex(hasRun), history.findLastIndex(wasDeleted) + 1));
}
