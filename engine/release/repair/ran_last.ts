/**
 * Finds the revisions that may be live in a release of which none is DEPLOYED.
 *
 * @module
 */
import { hasRun, wasDeleted } from "../was_deployed.ts";
import { isDeployed } from "./mark.ts";
import { statusOf, type StoredRecord } from "./repair.ts";

/**
 * Returns the revisions that `promote` or a rollback may need, because a failed rollback or a crash left nothing DEPLOYED: the
 * last one that ran, and the last SUPERSEDED one. Empty when a revision is DEPLOYED, or the release was deleted.
 *
 * @param records Oldest first.
 */
export function ranLast(records: readonly StoredRecord[]): ReadonlySet<StoredRecord> {
  const newest = records.at(-1);
  if (newest === undefined || statusOf(newest) === "DELETED" || records.some(isDeployed)) return new Set();
  const last = (is: (release: NonNullable<StoredRecord["release"]>) => boolean): StoredRecord | undefined =>
    records.findLast(({ release }) => release !== undefined && is(release));
  const found = [
    last(hasRun),
    last((release) => release.info.status.code === "SUPERSEDED" && !wasDeleted(release)),
  ];
  return new Set(found.filter((record) => record !== undefined));
}
