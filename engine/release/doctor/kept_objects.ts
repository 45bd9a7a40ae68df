/**
 * O6: objects that a resource policy kept, and that no manifest names now.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import { objectLines } from "./_object_words.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { isDeployedObject } from "./_deployed_object.ts";
import type { DoctorCheck, Examination, PlacedFinding } from "./examination.ts";
import type { FindingDetails } from "./finding.ts";
import { isKept, isWholeCluster } from "./orphans.ts";
import type { LabelledObject } from "./labelled.ts";

/** O6. */
export const keptObjects: DoctorCheck = {
  id: "O6",
  name: "kept-objects",
  scope: "cluster",
  async look(examination) {
    if (!isWholeCluster(examination)) return [];
    const labelled = await clusterFacts(examination).labelled();
    const found = keptAmong({ labelled, isNamed: (object) => isNamed(examination, object) });
    return found.map(({ release, finding }): PlacedFinding => {
      const store = examination.deployedObjects.find((one) => one.release === release)?.store;
      return { ...finding, release, store };
    });
  },
};

/** True if a DEPLOYED revision of any release names the object, or its own release has records and none is DEPLOYED. */
function isNamed(examination: Examination, { resource, metadata, release }: LabelledObject): boolean {
  const { deployedObjects, stores } = examination;
  const isDeployed = deployedObjects.some((one) => one.release === release);
  const isRecorded = stores.some(({ entries }) => entries.some(({ name }) => name === release));
  return isRecorded && !isDeployed || isDeployedObject(examination, resource, metadata);
}

/** Facts about objects with a resource policy. */
export interface KeptFacts {
  /** Objects with the labels of a release, without an owner. */
  readonly labelled: readonly LabelledObject[];
  /** True if the newest or a DEPLOYED revision of the release that the labels name has the object. */
  readonly isNamed: (object: LabelledObject) => boolean;
}

/** One release, and the finding about the objects that it kept. */
export interface KeptBy {
  /** The release that the labels name. */
  readonly release: string;
  /** The finding. */
  readonly finding: FindingDetails;
}

/** Finds kept objects that are in no manifest, by the release that their labels name. Pure. */
export function keptAmong({ labelled, isNamed }: KeptFacts): KeptBy[] {
  const kept = labelled.filter((one) => one.release !== "" && isKept(one.metadata) && !isNamed(one));
  const byRelease = Map.groupBy(kept, ({ release }) => release);
  return [...byRelease.keys()].sort().map((release) => {
    const objects = byRelease.get(release) ?? [];
    const lines = objectLines(objects.map(({ resource, metadata }) => ({
      kind: resource.kind,
      namespace: metadata.namespace ?? "",
      name: metadata.name ?? "",
    })));
    return {
      release,
      finding: {
        severity: "note",
        title: `${
          counted(objects.length, "object was", "objects were")
        } kept by helm.sh/resource-policy, and no manifest names ${objects.length === 1 ? "it" : "them"} now`,
        evidence: lines.map((text) => ({ source: "labels and annotations of live objects", text })),
        consequence: "No release owns them: no upgrade changes them, and no deletion removes them.",
        noRepair: "they were kept on purpose; a chart that names them takes them over with --adopt",
      },
    };
  });
}
