/**
 * Decides which revisions of a release are migrated, and whether the release is settled enough for it.
 *
 * Helm 3 refuses every upgrade while the newest revision is pending, and takes a failed or superseded one as base when none is
 * deployed. So a release must be in order before it is migrated; the repairs of Helm 2's records bring it there.
 *
 * @module
 */
import { RELEASE_NAME_MAX } from "../names.ts";
import { openStatus } from "../repair/at_work.ts";
import { isDeployed, statusesOf } from "../repair/mark.ts";
import { statusOf, type StoredRecord } from "../repair/repair.ts";
import { HELM3_STATUSES } from "./convert.ts";
import type { MigrationBlocker, MigrationChoices } from "./plan_types.ts";
import type { Helm3Status } from "./record_types.ts";

/** A revision that is migrated, and its status at Helm 3. */
export interface MigratedRevision {
  readonly record: StoredRecord;
  readonly status: Helm3Status;
  /** Why it gets another status than it has; empty when it keeps its own. */
  readonly note: string;
}

/** Returns the revisions to migrate, newest first: the newest `max` of them, and the DEPLOYED one. */
export function chosenRevisions(
  records: readonly StoredRecord[],
  { max = 0 }: Pick<MigrationChoices, "max">,
): MigratedRevision[] {
  const newest = records.at(-1);
  const kept = max <= 0 ? records : records.filter((record, at) => at >= records.length - max || isDeployed(record));
  const wasDeleted = newest !== undefined && statusOf(newest) === "DELETED";
  return kept.toReversed().map((record) => {
    const code = record.release?.info.status.code ?? "UNKNOWN";
    if (record !== newest && /^(PENDING_|DELETING)/.test(code)) {
      return {
        record,
        status: "failed",
        note: `it is ${code}, and a later revision shows that it ended: written as failed`,
      };
    }
    if (record !== newest && code === "DEPLOYED" && wasDeleted) {
      return { record, status: "superseded", note: "the release was deleted after it: written as superseded" };
    }
    return { record, status: HELM3_STATUSES[code], note: "" };
  });
}

/** Returns what must be mended in Helm 2's records first; empty when nothing must. */
export function stateBlockers(name: string, chosen: readonly MigratedRevision[]): MigrationBlocker[] {
  const records = chosen.map(({ record }) => record);
  const blockers: MigrationBlocker[] = nameBlockers(name);
  const broken = records.filter(({ release }) => release === undefined);
  if (broken.length > 0) {
    const [first] = broken;
    blockers.push(blocker(
      "undecodable",
      `${keysOf(broken)} cannot be decoded: ${first?.problem ?? ""}`,
      `Run 'skeg repair salvage ${name}', or take it out of the history with 'skeg repair quarantine ${name}'.`,
    ));
  }
  const other = records.filter((record) => isOfOther(name, record));
  if (other.length > 0) {
    blockers.push(blocker(
      "label",
      `${keysOf(other)}: labels and content do not agree`,
      `Run 'skeg repair relabel ${name}'.`,
    ));
  }
  const [newest] = records;
  const open = newest === undefined ? undefined : openStatus(newest);
  if (newest !== undefined && open !== undefined) {
    const fix = open === "DELETING" ? "finish-delete" : "settle";
    blockers.push(blocker("pending", `${newest.key} is ${open}`, `Run 'skeg repair ${fix} ${name}'.`));
  }
  const wasDeleted = newest !== undefined && statusOf(newest) === "DELETED";
  const deployed = records.filter(isDeployed);
  if (deployed.length > 1 && !wasDeleted) {
    blockers.push(
      blocker("several-deployed", `${keysOf(deployed)} are DEPLOYED`, `Run 'skeg repair dedupe ${name}'.`),
    );
  }
  return blockers;
}

/** Returns the blocker of a release without a DEPLOYED revision whose objects live; `undefined` when all is well. */
export function nothingDeployed(
  name: string,
  records: readonly StoredRecord[],
  liveCount: number,
): MigrationBlocker | undefined {
  const newest = records.at(-1);
  if (newest === undefined || records.some(isDeployed) || statusOf(newest) === "DELETED" || liveCount === 0) {
    return undefined;
  }
  const objects = liveCount === 1 ? "1 of its objects is" : `${liveCount} of its objects are`;
  return blocker(
    "nothing-deployed",
    `no revision is DEPLOYED, the newest is ${statusOf(newest)}, and ${objects} live`,
    `Run 'skeg repair promote ${name}'.`,
  );
}

function nameBlockers(name: string): MigrationBlocker[] {
  // Source: Helm 3.22.0, `pkg/chartutil/validate_name.go`.
  const isValid = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
  if (isValid && name.length <= RELEASE_NAME_MAX) return [];
  return [blocker(
    "name",
    `Helm 3 takes no release of the name ${
      JSON.stringify(name)
    }: it wants small letters, digits, dashes and dots, at most ` +
      `${RELEASE_NAME_MAX}`,
    "Give it another name with 'skeg move-storage --rename OLD=NEW', then migrate it.",
  )];
}

function isOfOther(name: string, record: StoredRecord): boolean {
  const { release, revision } = record;
  if (release === undefined) return false;
  return release.name !== name || release.revision !== revision || statusesOf(record).length > 1;
}

function keysOf(records: readonly StoredRecord[]): string {
  return records.map(({ key }) => key).join(", ");
}

/** Returns a blocker. */
export function blocker(code: string, text: string, hint = ""): MigrationBlocker {
  return { code, text, hint };
}
