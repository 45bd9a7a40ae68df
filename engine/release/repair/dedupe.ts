/**
 * `dedupe`: leaves one of several DEPLOYED revisions.
 *
 * @module
 */
import type { Environment } from "../environment.ts";
import { chooseLive } from "./live_evidence.ts";
import { isDeployed, markRecord, statusesOf } from "./mark.ts";
import { nothingToDo, type PreparedRepair, type ReleaseRecords, type Repair } from "./repair.ts";
import { supersedeAll } from "./supersede.ts";

/** Options of `dedupe` and `promote`. */
export interface ChooseOptions {
  /** The revision that is DEPLOYED by the caller's word, against the evidence of live objects; absent: by the evidence. */
  readonly trustMe?: number | undefined;
}

/** The repair. The highest DEPLOYED revision that the live objects agree with stays; the others become SUPERSEDED. */
export const dedupe: Repair<ChooseOptions> = { name: "dedupe", prepare };

async function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  options: ChooseOptions,
): Promise<PreparedRepair> {
  const deployed = records.filter(isDeployed);
  const newest = records.at(-1)?.key ?? name;
  if (deployed.length < 2) {
    return nothingToDo(newest, deployed.length === 0 ? "no revision is DEPLOYED" : "only one revision is DEPLOYED");
  }
  const { record, release, details } = await chooseLive(env, name, deployed, records, options.trustMe);
  const old = supersedeAll(deployed.filter((each) => each !== record));
  // Label or content of the one that stays may still say something else.
  const stays = statusesOf(record).length === 1 ? undefined : markRecord(record, release, "DEPLOYED");
  const text = `revision ${record.revision} stays DEPLOYED${details.length === 0 ? "" : `: ${details.join("; ")}`}`;
  return {
    changes: [...old.changes, ...stays?.changes ?? []],
    notes: [...old.notes, { record: record.key, subject: "", text, unsolved: false, hint: "" }],
    writes: [...old.writes, ...stays === undefined ? [] : [stays.write]],
  };
}
