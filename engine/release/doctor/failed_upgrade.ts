/**
 * R7: the newest revision FAILED, and an older one is DEPLOYED.
 *
 * @module
 */
import type { ExistingObject } from "../../kube/mod.ts";
import { keyOf } from "../object_names.ts";
import { changedSomething } from "../was_deployed.ts";
import { type AsInSummary, asInText, soleRevision } from "./as_in.ts";
import type { RecordFacts } from "./contents.ts";
import { deletableKeys, proposeDeletion } from "./_deletable.ts";
import type { DoctorCheck, Examination, ExaminedRelease } from "./examination.ts";
import { hasRepair, propose, proposeCommand } from "./repairs.ts";
import { deployedRecords, recordFact, someOf } from "./states.ts";

/** R7. */
export const failedUpgrade: DoctorCheck = {
  id: "R7",
  name: "failed-upgrade",
  scope: "release",
  async look(examination, release) {
    const { newest, name, store } = release;
    const deployed = deployedRecords(release).at(-1);
    if (newest.status !== "FAILED" || deployed === undefined) return [];
    const [old, failed] = [deployed.entry.revision, newest.entry.revision];
    const isUntouched = newest.content !== undefined &&
      !changedSomething({ info: newest.content.info } as Parameters<typeof changedSomething>[0]);
    const summary = isUntouched ? undefined : await release.asIn([deployed, newest]);
    const only = await onlyInFailed(examination, release, deployed, newest);
    const state = stateOf(summary, isUntouched, old);
    const evidence = [
      recordFact(newest, examination.now),
      recordFact(deployed, examination.now),
      ...summary === undefined ? [] : [{ source: "live objects", text: asInText(summary) }],
      ...only.length === 0 || isUntouched
        ? []
        : [{ source: "live objects", text: `only revision ${failed} names ${someOf(only.map(nameOf))}` }],
    ];
    if (state === "as-before") {
      return [{
        severity: "note",
        title: `revision ${failed} FAILED, and everything is as in revision ${old}, which is DEPLOYED`,
        revision: failed,
        evidence,
        consequence: "none: the next upgrade starts from the DEPLOYED revision",
        noRepair: "there is nothing to repair",
      }];
    }
    return [{
      severity: "warning",
      title: `revision ${failed} FAILED and left changes; revision ${old} is DEPLOYED`,
      revision: failed,
      evidence,
      consequence:
        "Tiller's next upgrade sends the difference from the DEPLOYED revision, which the live objects do not have; " +
        `it stops at objects that only revision ${failed} made: they already exist`,
      repairs: [
        // A rollback would delete these objects, so `reapply` refuses while they are there.
        ...only.length === 0 ? [] : proposeDeletion(release, "cleanup-failed", only),
        ...propose(store, {
          fix: "reapply",
          release: name,
          effect: `${
            only.length === 0 ? "" : "after that: "
          }rolls back to revision ${old}: a new revision, and objects as in it`,
        }),
        ...hasRepair("reapply")
          ? []
          : [proposeCommand(store, `skeg rollback ${name} ${old}`, `makes the objects as in revision ${old} again`)],
      ],
    }];
  },
};

function stateOf(summary: AsInSummary | undefined, isUntouched: boolean, deployed: number): "as-before" | "changed" {
  if (isUntouched) return "as-before";
  if (summary === undefined) return "changed";
  const isSilent = summary.asIn.every(({ keys }) => keys.length === 0) && summary.other.length === 0;
  const isBefore = isSilent || soleRevision(summary) === deployed;
  return isBefore && summary.missing.length === 0 ? "as-before" : "changed";
}

/** Returns the live objects that only the failed revision names, and that the release made. */
async function onlyInFailed(
  examination: Examination,
  release: ExaminedRelease,
  deployed: RecordFacts,
  failed: RecordFacts,
): Promise<ExistingObject[]> {
  const [old, target] = await Promise.all([release.content(deployed), release.content(failed)]);
  if (old?.release === undefined || target?.release === undefined) return [];
  const [before, after] = await Promise.all([
    release.live.objectsOf(old.release),
    release.live.objectsOf(target.release),
  ]);
  const added = after.infos.filter((info) => !before.byKey.has(keyOf(info)));
  const found = await release.live.existing(added);
  const keys = await deletableKeys(examination, release, [...found.values()]);
  return added.flatMap((info) => keys.has(keyOf(info)) ? found.get(keyOf(info)) ?? [] : []);
}

function nameOf({ info: { resource, name } }: ExistingObject): string {
  return `${resource.kind}/${name}`;
}
