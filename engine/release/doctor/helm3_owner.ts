/**
 * R20: Helm 3 has a release of the same name in the same namespace, and no migration of ours made it.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import type { FindingDetails } from "./finding.ts";
import { type BothWorlds, helm3Facts, lookAtBothWorlds } from "./_both_worlds.ts";
import { hasRepair, propose } from "./repairs.ts";

/** R20. */
export const helm3Owner: DoctorCheck = {
  id: "R20",
  name: "helm3-owner",
  scope: "release",
  async look(examination, release) {
    const worlds = await lookAtBothWorlds(examination, release);
    if (worlds === undefined || worlds.journal !== undefined || worlds.newest === undefined) return [];
    const { title, consequence } = wordsOf(worlds, worlds.newest);
    return [{
      severity: "warning",
      title,
      evidence: helm3Facts(examination, release, worlds),
      consequence,
      repairs: repairsOf(worlds, release),
    }];
  },
};

/** Returns the state in words. */
function wordsOf(
  { namespace, own, records }: BothWorlds,
  { revision, status }: NonNullable<BothWorlds["newest"]>,
): Pick<FindingDetails, "title" | "consequence"> {
  const where = `in namespace ${namespace}`;
  if (status === "uninstalled") {
    return {
      title: `Helm 3 has uninstalled the release of this name ${where}, and the records here do not say so`,
      consequence:
        "lists show a release whose objects are gone; a deletion or an upgrade here acts on objects that may " +
        "belong to others by now",
    };
  }
  if (revision > own) {
    return {
      title: `Helm 3 has a release of this name ${where}, and has gone on to revision ${revision}`,
      consequence:
        `the release has two owners. The records here end at revision ${own}: an upgrade or a rollback here ` +
        "undoes what Helm 3 did since",
    };
  }
  // A conversion that writes the oldest revision first, and was stopped.
  if (revision < own && !records.some((record) => record.status === "deployed")) {
    return {
      title: `Helm 3 has the revisions up to ${revision} of this release ${where}, and none of them is deployed`,
      consequence:
        "a conversion stopped half way. Helm 3 takes the old revision as the state of the release, and its next " +
        "upgrade undoes what came after it",
    };
  }
  return {
    title: `Helm 3 has a release of this name ${where}`,
    consequence: "the release has two owners, and either of them deletes the other's objects",
  };
}

function repairsOf(
  { namespace, own, newest }: BothWorlds,
  { name, store }: { readonly name: string; readonly store: Parameters<typeof propose>[0] },
): FindingDetails["repairs"] {
  const isBehind = newest !== undefined && newest.revision < own && newest.status !== "uninstalled";
  const kind = newest?.storage === "configmap" ? "configmaps" : "secrets";
  const byHand = {
    command: "",
    effect: "if this program is to keep the release: delete the records of Helm 3, and no object, by " +
      `kubectl delete ${kind} -n ${namespace} -l owner=helm,name=${name}`,
  };
  const forget = hasRepair("forget")
    ? propose(store, {
      fix: "forget",
      release: name,
      effect: "deletes the records of Helm 2 and no object, if Helm 3 is to have the release",
    })
    : [{ command: "", effect: "decide which program has the release, and delete the records of the other" }];
  return isBehind ? [byHand, ...forget] : [...forget, byHand];
}
