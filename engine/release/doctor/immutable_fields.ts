/**
 * O12: a field that the server does not let change differs from the newest manifest.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { KubeObject, ResourceInfo } from "../../kube/mod.ts";
import type { FieldDifference } from "../../kube/served/mod.ts";
import { keyOf } from "../object_names.ts";
import { mayBeChanged } from "./_changed_by_others.ts";
import { hasImmutableFields, immutableDifference } from "./_immutable.ts";
import { objectWords, toldOf } from "./_object_words.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck } from "./examination.ts";
import type { FindingDetails } from "./finding.ts";

/** O12. */
export const immutableFields: DoctorCheck = {
  id: "O12",
  name: "immutable-fields",
  scope: "release",
  async look(_examination, examined) {
    const { newest, deployed } = await revisionsOf(examined);
    if (newest === undefined || /^(DELETED|DELETING|UNKNOWN)$/.test(newest.release.info.status.code)) return [];
    const isDeployed = newest.release.revision === deployed?.release.revision;
    const { infos } = await examined.live.objectsOf(newest.release);
    const candidates = infos.filter(hasImmutableFields);
    const existing = await examined.live.existing(candidates);
    // What a DEPLOYED revision wrote is as in its manifest, unless another client has written the object since.
    const doubtful = candidates.filter((info) => {
      const found = existing.get(keyOf(info));
      return found !== undefined && !found.isUnread && (!isDeployed || mayBeChanged(found.metadata));
    });
    const looks = await examined.live.read(doubtful);
    const different = doubtful.flatMap((info): DifferentObject[] => {
      const look = looks.get(keyOf(info));
      const difference = look?.state === "live"
        ? immutableDifference(info.object, look.object as KubeObject)
        : undefined;
      return difference === undefined ? [] : [{ info, difference }];
    });
    return different.length === 0 ? [] : [finding(different, newest.release, isDeployed)];
  },
};

interface DifferentObject {
  readonly info: ResourceInfo;
  readonly difference: FieldDifference;
}

function finding(
  objects: readonly DifferentObject[],
  { revision, namespace }: { readonly revision: number; readonly namespace: string },
  isDeployed: boolean,
): FindingDetails {
  return {
    severity: isDeployed ? "warning" : "broken",
    title: `${
      counted(objects.length, "object differs", "objects differ")
    } from revision ${revision} in a field that cannot be changed`,
    revision,
    evidence: objects.map(({ info, difference: { path, live, wanted } }) => ({
      source: "live objects",
      text: `${objectWords(toldOf(info), namespace)}: ${path} is ${live} in the cluster and ${wanted} in the manifest`,
    })),
    consequence: isDeployed
      ? "An upgrade with --apply three-way or server-side is refused: the field is immutable. One in Helm 2's way does " +
        "not send the field."
      : "The next upgrade with this field is refused: the field is immutable.",
    noRepair: "keep the old value in the chart, or delete the object and let the next upgrade create it",
  };
}
