/**
 * The first upgrade by Helm 3 deletes surplus revisions.
 *
 * Source: Helm 3.22.0, `pkg/storage/storage.go` (`removeLeastRecent`), `pkg/cli/environment.go` (rates).
 *
 * @module
 */

/** Revisions that Helm 3 keeps of a release, unless it is told otherwise. */
const HISTORY_MAX = 10;
/** Requests that Helm 3 sends at once, and those that it sends in each second after them. */
const BURST = 100, REQUESTS_PER_SECOND = 5;
/** It reads a record before it deletes it. Measured with Helm 3.22.0: 991 revisions take 379 seconds. */
const REQUESTS_PER_DELETION = 2;
/** A shorter wait is not worth a sentence. */
const WORTH_SECONDS = 30;

/**
 * Returns what Helm 3 deletes of the revisions that are migrated, and how long that takes; empty when it keeps all.
 *
 * @param count Revisions that are migrated.
 */
export function pruningNotes(count: number): string[] {
  const surplus = count + 1 - HISTORY_MAX;
  if (surplus <= 0) return [];
  const notes = [
    `Helm 3 keeps ${HISTORY_MAX} revisions: its first upgrade deletes ${surplus} of these, unless --history-max says otherwise`,
  ];
  const seconds = Math.max(0, surplus * REQUESTS_PER_DELETION - BURST) / REQUESTS_PER_SECOND;
  if (seconds < WORTH_SECONDS) return notes;
  const time = seconds < 100 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`;
  return [
    ...notes,
    `it deletes them one by one, ${
      REQUESTS_PER_SECOND * 60 / REQUESTS_PER_DELETION
    } in a minute: that takes about ${time}. --max ${
      HISTORY_MAX - 1
    } migrates only those that it keeps; Helm 3's --qps and --burst-limit let it send more`,
  ];
}
