/**
 * O5: objects of a DELETED or purged release are still live.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { Release } from "../../model/mod.ts";
import type { ExistingObject, ObjectMeta } from "../../kube/mod.ts";
import { keyOf } from "../object_names.ts";
import { changedSomething } from "../was_deployed.ts";
import { objectLines, toldOf } from "./_object_words.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { deletableKeys, proposeDeletion } from "./_deletable.ts";
import { isDeployedObject } from "./_deployed_object.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, Examination, PlacedFinding } from "./examination.ts";
import type { FindingDetails, ProposedRepair } from "./finding.ts";
import type { LabelledObject } from "./labelled.ts";
import { hasHelm3Annotation } from "../repair/other_claims.ts";
import { hasRepair } from "./repairs.ts";
import { tillerDeployments } from "./tiller_facts.ts";

/** O5, for releases whose record is DELETED. */
export const deletedOrphans: DoctorCheck = {
  id: "O5",
  name: "orphans",
  scope: "release",
  async look(examination, examined) {
    const { newest } = await revisionsOf(examined);
    if (newest?.release.info.status.code !== "DELETED") return [];
    const { release } = newest;
    const { infos } = await examined.live.objectsOf(release);
    const left = leftOfDeleted(release, [...(await examined.live.existing(infos)).values()]);
    const deletedAt = release.info.deleted?.seconds || undefined;
    const keys = await deletableKeys(examination, examined, left, { deletedAt });
    const own = left.filter(({ info }) => keys.has(keyOf(info)));
    return own.length === 0 ? [] : [deletedFinding(release, own, proposeDeletion(examined, "finish-delete", own))];
  },
};

/** O5, for releases without any record. */
export const purgedOrphans: DoctorCheck = {
  id: "O5",
  name: "orphans",
  scope: "cluster",
  async look(examination) {
    if (!isWholeCluster(examination)) return [];
    const labelled = await clusterFacts(examination).labelled();
    if (labelled.length === 0) return [];
    const names = await recordedNames(examination);
    if (names === undefined) return [];
    const found = leftOfPurged({
      labelled,
      isRecorded: (release) => names.has(release),
      isOthers: ({ resource, metadata }) =>
        hasHelm3Annotation(metadata) || isDeployedObject(examination, resource, metadata),
      repairs,
    });
    return found.map(({ release, finding }): PlacedFinding => ({ ...finding, release }));
  },
};

/** True if all places of records are looked at, so that a name without a record has none anywhere. */
export function isWholeCluster({ options }: Pick<Examination, "options">): boolean {
  return options.release === undefined && options.recordsNamespace === undefined;
}

/** Returns the names of all releases, those of Helm 3 included; `undefined` if some records could not be looked at. */
async function recordedNames(examination: Examination): Promise<ReadonlySet<string> | undefined> {
  const { stores, unseen, noteUnseen } = examination;
  const helm3 = await examination.helm3();
  if (unseen.some(({ what }) => /ConfigMaps|Secrets/.test(what))) {
    noteUnseen("objects of purged releases", "records that could not be listed may own them");
    return undefined;
  }
  for (const { namespace, settings } of await tillerDeployments(examination)) {
    const { storage } = settings;
    if (storage === "configmap" || storage === "secret" || stores.some((store) => store.storage === storage)) continue;
    noteUnseen(`records of the Tiller in namespace ${namespace}`, `it keeps them in storage ${storage}`);
    return undefined;
  }
  const entries = stores.flatMap((store) => [...store.entries, ...store.strays, ...store.misnamed]);
  return new Set([
    ...entries.flatMap(({ name, labels }) => [name, labels.NAME ?? name]),
    ...helm3.map(({ name }) => name),
  ]);
}

function repairs(release: string): readonly ProposedRepair[] {
  if (!hasRepair("delete-orphans")) return [];
  const command = `skeg repair delete-orphans ${release}`;
  return [{ command, effect: "deletes the objects that are named to it, after a preview and a backup" }];
}

const POLICY = "helm.sh/resource-policy";
/** Annotation of a hook's object. */
export const HOOK = "helm.sh/hook";

/** True if a resource policy keeps the object. Helm 2: every policy but `delete` does. */
export function isKept({ annotations }: Pick<ObjectMeta, "annotations">): boolean {
  const policy = annotations?.[POLICY];
  return policy !== undefined && policy !== "delete";
}

/** Returns the objects of a DELETED release that its deletion should have deleted. Pure. */
export function leftOfDeleted(deleted: Release, existing: readonly ExistingObject[]): ExistingObject[] {
  // A revision that changed nothing has made no object.
  if (!changedSomething(deleted)) return [];
  const deletedAt = deleted.info.deleted?.seconds || Infinity;
  return existing.filter(({ info, metadata, isUnread = false }) => {
    if (isUnread || isKept(info.object.metadata ?? {}) || isKept(metadata)) return false;
    // An object that was created after the deletion belongs to another client.
    const created = Date.parse(metadata.creationTimestamp ?? "") / 1000;
    return metadata.deletionTimestamp === undefined && !(created > deletedAt);
  });
}

function deletedFinding(
  { revision, namespace }: Release,
  left: readonly ExistingObject[],
  repairs: readonly ProposedRepair[],
): FindingDetails {
  return {
    severity: "warning",
    title: `the release is DELETED, and ${counted(left.length, "of its objects is", "of its objects are")} still live`,
    revision,
    evidence: objectLines(left.map(({ info }) => toldOf(info)), namespace).map((text) => ({
      source: "live objects",
      text,
    })),
    consequence: "The objects go on running and keep their names: an install that has them says `already exists`.",
    repairs,
  };
}

/** Facts about objects without a record. */
export interface PurgedFacts {
  /** Objects with the labels of a release, without an owner. */
  readonly labelled: readonly LabelledObject[];
  /** True if some storage has records of this release. */
  readonly isRecorded: (release: string) => boolean;
  /** True if the object belongs to a release after all: a DEPLOYED revision names it, or Helm 3 has taken it over. */
  readonly isOthers: (object: LabelledObject) => boolean;
  /** Returns possible repairs for objects of a release. */
  readonly repairs: (release: string) => readonly ProposedRepair[];
}

/** One release without records, and the finding about it. */
export interface PurgedRelease {
  /** The release that the labels name. */
  readonly release: string;
  /** The finding. */
  readonly finding: FindingDetails;
}

/** Finds live objects of releases that have no record anywhere. Pure. */
export function leftOfPurged({ labelled, isRecorded, isOthers, repairs }: PurgedFacts): PurgedRelease[] {
  const orphans = labelled.filter((one) => {
    const { release, metadata } = one;
    if (release === "" || isRecorded(release) || isKept(metadata)) return false;
    return metadata.deletionTimestamp === undefined && !isOthers(one);
  });
  const byRelease = Map.groupBy(orphans, ({ release }) => release);
  return [...byRelease.keys()].sort().map((release) => {
    const left = byRelease.get(release) ?? [];
    const tell = (objects: readonly LabelledObject[]): string[] =>
      objectLines(objects.map(({ resource, metadata }) => ({
        kind: resource.kind,
        namespace: metadata.namespace ?? "",
        name: metadata.name ?? "",
      })));
    const isHook = ({ metadata }: LabelledObject): boolean => metadata.annotations?.[HOOK] !== undefined;
    const plain = tell(left.filter((one) => !isHook(one)));
    const hooks = tell(left.filter(isHook)).map((text) => `${text}, made by a hook`);
    return {
      release,
      finding: {
        severity: "warning",
        title: `${
          counted(left.length, "live object carries", "live objects carry")
        } the labels of a release without a record`,
        evidence: [
          { source: "records", text: `no storage has a record of release ${JSON.stringify(release)}` },
          ...[...plain, ...hooks].map((text) => ({ source: "labels of live objects", text })),
        ],
        consequence: "No release owns the objects, and nothing deletes them. An install of that name that has them " +
          "says `already exists`.",
        ...withRepairs(repairs(release)),
      },
    };
  });
}

function withRepairs(repairs: readonly ProposedRepair[]): Pick<FindingDetails, "repairs" | "noRepair"> {
  if (repairs.length > 0) return { repairs };
  return { noRepair: "labels do not prove whose the objects are: check them, and delete them by hand" };
}
