/**
 * `settle`: ends an operation that was interrupted, by giving its revision a final status.
 *
 * Tiller refuses to upgrade a release whose newest revision is PENDING, and a DELETING one is neither there nor gone.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Environment } from "../environment.ts";
import { openStatus } from "./at_work.ts";
import { refuseUnlessLive } from "./live_evidence.ts";
import { isDeployed, markRecord } from "./mark.ts";
import { nothingToDo, type PreparedRepair, type ReleaseRecords, type Repair } from "./repair.ts";
import { supersedeAll } from "./supersede.ts";

/** Options of `settle`. */
export interface SettleOptions {
  /** The status that the newest revision gets. */
  readonly as: "failed" | "deployed";
  /** The revision that is DEPLOYED by the caller's word, against the evidence of live objects; absent: by the evidence. */
  readonly trustMe?: number | undefined;
}

/** The repair. */
export const settle: Repair<SettleOptions> = { name: "settle", prepare };

async function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  options: SettleOptions,
): Promise<PreparedRepair> {
  const newest = records.at(-1);
  if (newest === undefined) return nothingToDo(name, "there are no records");
  const { release } = newest;
  const status = openStatus(newest);
  if (status === undefined) {
    return nothingToDo(newest.key, `it is ${release?.info.status.code ?? "unreadable"}: no operation was interrupted`);
  }
  if (release === undefined) {
    throw new SkegError("conflict", `${newest.key} cannot be settled: ${newest.problem}`, {
      hint: `Run 'skeg repair salvage ${name}' or 'skeg repair quarantine ${name}' first.`,
    });
  }
  if (options.as === "failed") {
    const { changes, write } = markRecord(newest, release, "FAILED");
    return { changes, notes: [], writes: [write] };
  }
  const others = records.filter((record) => record !== newest);
  const details = await refuseUnlessLive(env, name, newest, others, options.trustMe);
  // Supersede first: a stop in between leaves no DEPLOYED revision, and never two.
  const old = supersedeAll(others.filter(isDeployed));
  const { changes, write } = markRecord(newest, release, "DEPLOYED");
  return {
    changes: [...old.changes, ...changes.map((each) => each.subject === "status" ? { ...each, details } : each)],
    notes: old.notes,
    writes: [...old.writes, write],
  };
}
