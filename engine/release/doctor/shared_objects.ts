/**
 * O3: one object is in the DEPLOYED manifests of two releases.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { ObjectMeta } from "../../model/mod.ts";
import { isSameKind, type NamedObject, type ResourceInfo } from "../../kube/mod.ts";
import { keyOf } from "../object_names.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { objectLines, type ToldObject } from "./_object_words.ts";
import { otherOwners } from "./_other_owners.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DeployedObjects, DoctorCheck, Examination, PlacedFinding } from "./examination.ts";
import type { FindingDetails, FindingFact, ProposedRepair } from "./finding.ts";
import type { RecordStore } from "./inventory.ts";
import { propose } from "./repairs.ts";

/** O3, for all releases: one pass over the names in DEPLOYED manifests. */
export const sharedObjects: DoctorCheck = {
  id: "O3",
  name: "shared-objects",
  scope: "cluster",
  async look(examination) {
    if (examination.options.release !== undefined) return [];
    const snapshot = await clusterFacts(examination).snapshot();
    const isNamespaced = (object: NamedObject): boolean => {
      const groups = [object.group, ...snapshot.discovered.versions.keys()].filter((group) =>
        isSameKind(group, object.group)
      );
      return groups.map((group) => snapshot.resourceOf(group, object.kind)).find((one) => one)?.namespaced ?? true;
    };
    return sharedBetween(examination.deployedObjects, isNamespaced).map((
      { release, store, namespace, others },
    ): PlacedFinding => ({
      release,
      store,
      ...finding(others, [], repairs(store, release, namespace, others)),
    }));
  },
};

/** O3, when one release is examined: the others' DEPLOYED manifests are searched for its objects. */
export const sharedWithOthers: DoctorCheck = {
  id: "O3",
  name: "shared-objects",
  scope: "release",
  async look(examination: Examination, examined) {
    if (examination.options.release === undefined) return [];
    const { deployed } = await revisionsOf(examined);
    if (deployed === undefined) return [];
    const { name, store, live } = examined;
    const { infos } = await live.objectsOf(deployed.release);
    const owners = await otherOwners(examination, examined, infos);
    // Another check names releases of one name in two places of records.
    const shared = infos.filter((info) => ![undefined, name].includes(owners.get(keyOf(info))));
    if (shared.length === 0) return [];
    const existing = await live.existing(shared);
    const others = Map.groupBy(shared, (info) => owners.get(keyOf(info)) ?? "");
    const told = new Map([...others].map(([other, objects]) => [other, objects.map(toToldObject)]));
    const makers = shared.flatMap((info) => makerFacts(info, existing.get(keyOf(info))?.metadata));
    return [finding(told, makers, repairs(store, name, deployed.release.namespace, told))];
  },
};

const toToldObject = ({ resource, namespace, name }: ResourceInfo): ToldObject => ({
  kind: resource.kind,
  namespace,
  name,
});

/** A release, and the objects that it shares with others. */
export interface SharedBetween {
  /** The release. */
  readonly release: string;
  /** Where its records are. */
  readonly store: RecordStore;
  /** Namespace of the release. */
  readonly namespace: string;
  /** Shared objects, by the other release. */
  readonly others: ReadonlyMap<string, readonly ToldObject[]>;
}

/**
 * Finds objects that two or more releases name. Pure; one pass over the names.
 *
 * Releases of one name in two places of records are not compared: another check names them.
 */
export function sharedBetween(
  deployed: readonly DeployedObjects[],
  isNamespaced: (object: NamedObject) => boolean,
): SharedBetween[] {
  const owners = new Map<string, { object: ToldObject; by: Map<string, DeployedObjects> }>();
  for (const one of deployed) {
    for (const object of one.objects) {
      if (object.name === "") continue;
      const namespace = isNamespaced(object) ? object.namespace || one.namespace : "";
      // Kubernetes' own kinds move between its groups.
      const family = isSameKind(object.group, "") ? "" : object.group;
      const key = `${family}/${object.kind}/${namespace}/${object.name}`;
      const known = owners.get(key);
      if (known !== undefined) known.by.set(one.release, one);
      else {owners.set(key, {
          object: { kind: object.kind, namespace, name: object.name },
          by: new Map([[one.release, one]]),
        });}
    }
  }
  const shared = new Map<DeployedObjects, Map<string, ToldObject[]>>();
  for (const { object, by } of owners.values()) {
    if (by.size < 2) continue;
    for (const [release, one] of by) {
      const others = shared.get(one) ?? new Map<string, ToldObject[]>();
      shared.set(one, others);
      for (const other of by.keys()) {
        if (other !== release) others.set(other, [...others.get(other) ?? [], object]);
      }
    }
  }
  return [...shared].map(([{ release, store, namespace }, others]) => ({ release, store, namespace, others }));
}

/** The most commands that are proposed. */
const COMMANDS_MAX = 10;

/** Proposes one command for each object. */
function repairs(
  store: RecordStore,
  release: string,
  home: string,
  others: ReadonlyMap<string, readonly ToldObject[]>,
): ProposedRepair[] {
  const objects = new Map([...others.values()].flat().map((object) => [objectLines([object]).join(), object]));
  const byHand = { command: "", effect: "take them out of the chart of one of the releases" };
  const commands = [...objects].slice(0, COMMANDS_MAX).flatMap(([words, { kind, namespace, name }]) => {
    // A name of a role may have characters that a shell reads.
    if (!/^[\w.:-]+$/.test(name)) return [];
    const place = namespace === "" || namespace === home ? "" : ` --object-namespace ${namespace}`;
    return propose(store, {
      fix: "disown",
      release,
      flags: `--object ${kind}/${name}${place}`,
      effect: `takes ${words} out of the manifests of ${release}, so that the other release alone owns it`,
    });
  });
  return [...commands, byHand];
}

function finding(
  others: ReadonlyMap<string, readonly ToldObject[]>,
  makers: readonly FindingFact[],
  repairs: readonly ProposedRepair[],
): FindingDetails {
  const count = new Set([...others.values()].flat().map((object) => objectLines([object]).join())).size;
  const names = [...others.keys()].sort();
  return {
    severity: "warning",
    title: `${counted(count, "object is", "objects are")} also in the DEPLOYED manifest of ${
      names.map((name) => JSON.stringify(name)).join(", ")
    }`,
    evidence: [
      ...names.flatMap((name) =>
        objectLines(others.get(name) ?? []).map((text) => ({
          source: `DEPLOYED manifest of ${JSON.stringify(name)}`,
          text,
        }))
      ),
      ...makers,
    ],
    consequence:
      "Helm 2 deletes them for both releases when one is deleted, and each upgrade overwrites the other's fields.",
    repairs,
  };
}

/** Returns what the live object says about who made it. */
export function makerFacts(info: ResourceInfo, metadata: ObjectMeta | undefined): FindingFact[] {
  if (metadata === undefined) return [];
  const { labels = {}, annotations = {} } = metadata;
  const said = [
    annotations["meta.helm.sh/release-name"],
    labels["app.kubernetes.io/instance"],
    labels["release"],
  ].find((name) => name !== undefined && name !== "");
  const entries = Array.isArray(metadata.managedFields)
    ? metadata.managedFields as { manager?: string; time?: string }[]
    : [];
  const first =
    entries.filter(({ time }) => time !== undefined).sort((a, b) => (a.time ?? "") < (b.time ?? "") ? -1 : 1)[0];
  const parts = [
    ...said === undefined ? [] : [`its labels name release ${JSON.stringify(said)}`],
    ...first?.manager === undefined ? [] : [`first written by ${first.manager} at ${first.time}`],
  ];
  if (parts.length === 0) return [];
  return [{ source: "live object", text: `${objectLines([toToldObject(info)]).join()}: ${parts.join(", ")}` }];
}
