/**
 * R1: the first install was interrupted, and its record is PENDING_INSTALL.
 *
 * @module
 */
import { hasAllFields } from "../../kube/explain/mod.ts";
import { keyOf } from "../object_names.ts";
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import { propose, proposeCommand } from "./repairs.ts";
import { hookFacts, isRecent, recordFact, tillerFacts } from "./states.ts";

/** R1. */
export const pendingInstall: DoctorCheck = {
  id: "R1",
  name: "pending-install",
  scope: "release",
  async look(examination, release) {
    const { newest, name, store } = release;
    const { revision } = newest.entry;
    if (newest.status !== "PENDING_INSTALL") return [];
    const objects = await objectsOfInstall(release);
    const evidence = [
      recordFact(newest, examination.now),
      { source: "live objects", text: objects.text },
      ...await hookFacts(release, newest, /install$/),
      ...await tillerFacts(examination, newest),
    ];
    if (isRecent(newest, examination)) {
      return [{
        severity: "note",
        title: `revision ${revision} is being installed, or its install was interrupted a short time ago`,
        revision,
        evidence,
        consequence: "none while the install is running",
        noRepair: "wait until the install has ended",
      }];
    }
    const failed = {
      fix: "settle",
      release: name,
      flags: "--as failed",
      effect: `marks revision ${revision} FAILED; its objects stay`,
    };
    const deployed = {
      fix: "settle",
      release: name,
      flags: "--as deployed",
      effect: `marks revision ${revision} DEPLOYED: all its objects are live and as in the manifest`,
    };
    return [{
      severity: "broken",
      title: `the install was interrupted: revision ${revision} is PENDING_INSTALL`,
      revision,
      evidence,
      consequence: "an upgrade is refused, and an install says that the name is in use",
      repairs: [
        ...propose(store, ...objects.isWhole ? [deployed, failed] : [failed]),
        proposeCommand(
          store,
          `skeg delete --purge ${name}`,
          "deletes the record and the objects that the release made",
        ),
      ],
    }];
  },
};

/** Returns which objects of the only revision are live, and if all of them are as in the manifest. */
async function objectsOfInstall(
  { live, newest, content }: ExaminedRelease,
): Promise<{ text: string; isWhole: boolean }> {
  const { release } = await content(newest) ?? {};
  if (release === undefined) return { text: "not compared: the record cannot be decoded", isWhole: false };
  const { infos, problem } = await live.objectsOf(release);
  if (problem !== "") return { text: `not compared: ${problem}`, isWhole: false };
  const looks = await live.read(infos);
  const states = infos.map((info) => {
    const look = looks.get(keyOf(info));
    if (look?.state !== "live") return look?.state ?? "missing";
    return hasAllFields(info.object, look.object) ? "fitting" : "different";
  });
  const count = (state: string): number => states.filter((one) => one === state).length;
  const parts = [
    `${count("fitting")} of ${infos.length} live and as in the manifest`,
    ...count("different") > 0 ? [`${count("different")} live with other fields`] : [],
    ...count("missing") > 0 ? [`${count("missing")} missing`] : [],
    ...count("unread") > 0 ? [`${count("unread")} may not be read`] : [],
  ];
  return { text: parts.join(", "), isWhole: infos.length > 0 && count("fitting") === infos.length };
}
