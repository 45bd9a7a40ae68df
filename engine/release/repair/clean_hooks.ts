/**
 * `clean-hooks`: deletes Jobs and Pods that hooks and tests left, once they have finished.
 *
 * The next run of such a hook would end with `already exists`.
 *
 * @module
 */
import { groupVersion } from "../../kube/mod.ts";
import type { Release } from "../../model/mod.ts";
import { liveReader } from "../doctor/live.ts";
import type { Environment } from "../environment.ts";
import { describeObject, keyOf } from "../object_names.ts";
import { finishedState } from "./finished.ts";
import { claimedAnywhere } from "./other_claims.ts";
import {
  nothingToDo,
  type ObjectDeletion,
  type PreparedRepair,
  type ReleaseRecords,
  type Repair,
  type RepairNote,
} from "./repair.ts";

/** Options of `clean-hooks`: none. */
export type CleanHooksOptions = object;

/** The repair. */
export const cleanHooks: Repair<CleanHooksOptions> = {
  name: "clean-hooks",
  notForAll: "it deletes objects",
  prepare,
};

const ANNOTATION = "helm.sh/hook";

async function prepare(env: Environment, { name, records }: ReleaseRecords): Promise<PreparedRepair> {
  const newest = records.findLast(({ release }) => release !== undefined);
  const release = newest?.release;
  if (newest === undefined || release === undefined) return nothingToDo(name, "no record can be read");
  const { key: record } = newest;
  const live = liveReader(env);
  const infos = await hookObjects(live, release);
  const looks = await live.read(infos);
  const found = infos.filter((info) => looks.get(keyOf(info))?.state === "live");
  const owners = await claimedAnywhere(env, name, found);
  const deletions: ObjectDeletion[] = [];
  const notes: RepairNote[] = [];
  const stays = (info: typeof infos[number], text: string, unsolved = false): void =>
    void notes.push({ record, subject: describeObject(info), text: `stays: ${text}`, unsolved, hint: "" });
  for (const info of infos) {
    const look = looks.get(keyOf(info));
    const owner = owners.get(keyOf(info));
    if (look?.state === "unread") stays(info, "you may not read it", true);
    if (look?.state !== "live") continue;
    const state = finishedState(look.object);
    const wanted = info.object.metadata?.annotations?.[ANNOTATION];
    if (owner !== undefined) stays(info, owner);
    else if (look.object.metadata?.annotations?.[ANNOTATION] !== wanted) stays(info, "no hook of this release made it");
    else if (state === undefined) stays(info, "it has not finished");
    else if (look.object.metadata?.["deletionTimestamp"] !== undefined) stays(info, "it is being deleted already");
    else {
      const { group, version, kind } = info.resource;
      deletions.push({
        info,
        object: { apiVersion: groupVersion(group, version), kind, ...look.object },
        record,
        reason: `hook ${wanted}, ${state}`,
      });
    }
  }
  if (deletions.length > 0 || notes.length > 0) return { changes: [], notes, writes: [], deletions };
  return nothingToDo(record, "its hooks have left no Jobs and no Pods");
}

/** Returns the Jobs and Pods among the objects of hooks, each once. */
async function hookObjects(live: ReturnType<typeof liveReader>, { hooks, namespace, revision }: Release) {
  const manifest = hooks.map((hook) => hook.manifest).join("\n---\n");
  const { infos } = await live.objectsOf({ manifest, namespace, revision });
  const jobs = infos.filter(({ resource: { group, kind } }) =>
    kind === "Job" && group === "batch" || kind === "Pod" && group === ""
  );
  return [...new Map(jobs.map((info) => [keyOf(info), info])).values()];
}
