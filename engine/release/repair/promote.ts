/**
 * `promote`: makes a revision DEPLOYED in a release that has none.
 *
 * Without a DEPLOYED revision, Tiller answers an upgrade with `"web" has no deployed releases`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Environment } from "../environment.ts";
import { openStatus } from "./at_work.ts";
import type { ChooseOptions } from "./dedupe.ts";
import { chooseLive } from "./live_evidence.ts";
import { isDeployed, markRecord } from "./mark.ts";
import { nothingToDo, type PreparedRepair, type ReleaseRecords, type Repair, statusOf } from "./repair.ts";

/** The repair. The highest revision that the live objects agree with becomes DEPLOYED. */
export const promote: Repair<ChooseOptions> = { name: "promote", prepare };

async function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  options: ChooseOptions,
): Promise<PreparedRepair> {
  const newest = records.at(-1);
  const deployed = records.filter(isDeployed);
  if (newest === undefined || deployed.length > 0) {
    return nothingToDo(deployed.at(-1)?.key ?? name, "it is DEPLOYED");
  }
  const status = openStatus(newest);
  if (status !== undefined) {
    throw new SkegError("conflict", `${newest.key} is ${status}: an operation was interrupted`, {
      hint: `Run 'skeg repair settle ${name}' first.`,
    });
  }
  if (statusOf(newest) === "DELETED") return nothingToDo(newest.key, "the release was deleted");
  const { record, release, details } = await chooseLive(env, name, records, records, options.trustMe);
  const { changes, write } = markRecord(record, release, "DEPLOYED");
  return {
    changes: changes.map((each) =>
      each.subject === "status" ? { ...each, details: [...each.details, ...details] } : each
    ),
    notes: [],
    writes: [write],
  };
}
