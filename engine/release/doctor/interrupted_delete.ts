/**
 * R3: a deletion was interrupted, and the newest revision is DELETING.
 *
 * @module
 */
import { keyOf } from "../object_names.ts";
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import type { FindingFact } from "./finding.ts";
import { propose, proposeCommand } from "./repairs.ts";
import { hookFacts, isRecent, recordFact, someOf, tillerFacts } from "./states.ts";

/** R3. */
export const interruptedDelete: DoctorCheck = {
  id: "R3",
  name: "interrupted-delete",
  scope: "release",
  async look(examination, release) {
    const { newest, name, store } = release;
    const { revision } = newest.entry;
    if (newest.status !== "DELETING") return [];
    const left = await objectsLeft(release);
    const evidence = [
      recordFact(newest, examination.now),
      ...left.facts,
      ...await hookFacts(release, newest, /delete$/),
      ...await tillerFacts(examination, newest),
    ];
    if (isRecent(newest, examination)) {
      return [{
        severity: "note",
        title: "the release is being deleted, or its deletion was interrupted a short time ago",
        revision,
        evidence,
        consequence: "none while the deletion is running",
        noRepair: "wait until the deletion has ended",
      }];
    }
    const back = proposeCommand(
      store,
      `skeg rollback ${name} ${revision}`,
      left.isWhole
        ? "brings the release back: nothing was deleted yet"
        : "brings the release back, and creates what is missing",
    );
    return [{
      severity: "broken",
      title: `the deletion was interrupted: revision ${revision} is DELETING`,
      revision,
      evidence,
      consequence:
        "the release is neither there nor gone: its name is in use, and upgrades are refused. Its pre-delete " +
        "hooks may have run",
      repairs: [
        ...left.isWhole ? [back] : [],
        ...propose(store, { fix: "finish-delete", release: name, effect: "deletes what is left of the objects" }),
        proposeCommand(store, `skeg delete ${name}`, "runs the deletion again"),
        ...left.isWhole ? [] : [back],
      ],
    }];
  },
};

/** Returns which objects of the manifest are left, and what holds those that are being deleted. */
async function objectsLeft(
  { live, newest, content }: ExaminedRelease,
): Promise<{ readonly facts: readonly FindingFact[]; readonly isWhole: boolean }> {
  const { release } = await content(newest) ?? {};
  if (release === undefined) return { facts: [], isWhole: false };
  const { infos, problem } = await live.objectsOf(release);
  if (problem !== "") return { facts: [{ source: `record ${newest.entry.key}`, text: problem }], isWhole: false };
  const existing = await live.existing(infos);
  const left = infos.filter((info) => existing.has(keyOf(info)));
  const names = left.map(({ resource, name }) => `${resource.kind}/${name}`);
  const facts: FindingFact[] = [{
    source: "live objects",
    text: `${left.length} of ${infos.length} are left${names.length === 0 ? "" : `: ${someOf(names)}`}`,
  }];
  for (const info of left) {
    const { metadata } = existing.get(keyOf(info)) ?? {};
    if (typeof metadata?.deletionTimestamp !== "string") continue;
    const holders = metadata.finalizers?.join(", ") ?? "";
    facts.push({
      source: `${info.resource.kind}/${info.name}`,
      text: `being deleted since ${metadata.deletionTimestamp}` +
        (holders === "" ? "" : `, held by finalizers ${holders}`),
    });
  }
  return { facts, isWhole: infos.length > 0 && left.length === infos.length };
}
