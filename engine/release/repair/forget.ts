/**
 * `forget`: deletes all records of a release, and no object.
 *
 * @module
 */
import type { Environment } from "../environment.ts";
import { liveReader } from "../doctor/live.ts";
import { describeObject } from "../object_names.ts";
import { change, isDeployed } from "./mark.ts";
import { type PreparedRepair, type ReleaseRecords, type Repair, statusOf, type StoredRecord } from "./repair.ts";

/** Options of `forget`: none. */
export type ForgetOptions = object;

/** The repair. */
export const forget: Repair<ForgetOptions> = {
  name: "forget",
  notForAll: "it deletes the records of releases that may have live objects",
  prepare,
};

/** Objects that the report names; the others are counted. */
const NAMES_MAX = 5;

async function prepare(env: Environment, { name, records }: ReleaseRecords): Promise<PreparedRepair> {
  const newest = records.at(-1);
  const orphans = await liveObjects(env, records.filter((record) => record === newest || isDeployed(record)));
  const shown = orphans.slice(0, NAMES_MAX).join(", ");
  const more = orphans.length > NAMES_MAX ? ` and ${orphans.length - NAMES_MAX} more` : "";
  const text = orphans.length === 0
    ? "no live object loses its owner"
    : `${orphans.length} live object${orphans.length === 1 ? " loses its" : "s lose their"} owner: ${shown}${more}`;
  // A stop in between leaves a shorter history: DEPLOYED revisions go last, the newest one before them.
  const rank = (record: StoredRecord): number => isDeployed(record) ? 2 : record === newest ? 1 : 0;
  const ordered = records.toSorted((a, b) => rank(a) - rank(b) || a.revision - b.revision);
  return {
    changes: records.map((record) => change(record, "record", statusOf(record) || "unknown", "deleted")),
    notes: [{ record: newest?.key ?? name, subject: "", text, unsolved: false, hint: "" }],
    writes: ordered.map((record) => ({ verb: "delete", record })),
  };
}

async function liveObjects(env: Environment, records: readonly StoredRecord[]): Promise<string[]> {
  const live = liveReader(env);
  const found = new Set<string>();
  for (const { release } of records) {
    if (release === undefined) continue;
    const { infos } = await live.objectsOf(release);
    const existing = await live.existing(infos);
    for (const { info } of existing.values()) found.add(describeObject(info));
  }
  return [...found];
}
