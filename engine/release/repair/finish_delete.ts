/**
 * `finish-delete`: ends the deletion of a release that was interrupted, or that left objects behind.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_uninstall.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Release } from "../../model/mod.ts";
import { liveReader } from "../doctor/live.ts";
import type { Environment } from "../environment.ts";
import { claimedBefore } from "../uninstall.ts";
import { changedSomething } from "../was_deployed.ts";
import { deletableObjects } from "./deletable.ts";
import { isDeployed, markRecord } from "./mark.ts";
import { keptKeys } from "./kept_objects.ts";
import { keyOf } from "../object_names.ts";
import { nothingToDo, type PreparedRepair, type ReleaseRecords, type Repair, type StoredRecord } from "./repair.ts";
import { supersedeAll } from "./supersede.ts";

/** Options of `finish-delete`. */
export interface FinishDeleteOptions {
  /** Namespaces, CustomResourceDefinitions, volumes and claims to delete, too, as `KIND/NAME`. */
  readonly also?: readonly string[] | undefined;
}

/** The repair. */
export const finishDelete: Repair<FinishDeleteOptions> = {
  name: "finish-delete",
  notForAll: "it deletes objects",
  prepare,
};

async function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  { also }: FinishDeleteOptions,
): Promise<PreparedRepair> {
  const newest = records.at(-1);
  const release = newest?.release;
  if (newest === undefined) return nothingToDo(name, "there are no records");
  if (release === undefined) {
    throw new SkegError("conflict", `${newest.key} cannot be read: ${newest.problem}`, {
      hint: `Run 'skeg repair salvage ${name}' or 'skeg repair quarantine ${name}' first.`,
    });
  }
  const status = release.info.status.code;
  if (status !== "DELETING" && status !== "DELETED") {
    return nothingToDo(newest.key, `it is ${status}: no deletion was begun`);
  }
  const live = liveReader(env);
  const { infos, problem } = await objectsToDelete(live, records, release);
  const { deletions, notes } = await deletableObjects(env, live, {
    name,
    record: newest.key,
    reason: "the deletion of its release was begun",
    infos,
    before: status === "DELETING" ? release : undefined,
    // Without a time, nothing is known.
    deletedAt: release.info.deleted?.seconds || undefined,
    also,
  });
  const all = problem === "" ? notes : [...notes, {
    record: newest.key,
    subject: "",
    text: `a part of its manifest cannot be read: ${problem}`,
    unsolved: true,
    hint: "",
  }];
  const isWhole = !all.some(({ unsolved }) => unsolved);
  if (status === "DELETED" || !isWhole) return { changes: [], notes: all, writes: [], deletions };
  // Supersede first, as after any deletion: no older revision may look deployed.
  const old = supersedeAll(records.filter((record) => record !== newest && isDeployed(record)));
  const { changes, write } = markRecord(newest, release, "DELETED");
  return {
    changes: [...old.changes, ...changes],
    notes: [...all, ...old.notes],
    writes: [...old.writes, write],
    deletions,
  };
}

/** Returns the objects that a deletion of the release would delete: those of the newest revision and of older ones in force. */
async function objectsToDelete(
  live: ReturnType<typeof liveReader>,
  records: readonly StoredRecord[],
  release: Release,
) {
  const history = records.map((record) => record.release).filter((one) => one !== undefined);
  const isDeleting = release.info.status.code === "DELETING";
  const releases = [release, ...isDeleting ? claimedBefore(history) : []].filter(changedSomething);
  const found = await Promise.all(releases.map((one) => live.objectsOf(one)));
  // Older revisions count, too: an upgrade that failed may have dropped the document that keeps an object.
  const kept = keptKeys(found.flatMap((one) => one.infos));
  const infos = new Map(found.flatMap((one) => one.infos.map((info) => [keyOf(info), info] as const)));
  for (const key of kept) infos.delete(key);
  return { infos: [...infos.values()], problem: found.map(({ problem }) => problem).join("") };
}
