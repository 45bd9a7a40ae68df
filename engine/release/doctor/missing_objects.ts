/**
 * O1: objects of the DEPLOYED manifest are missing.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { Release } from "../../model/mod.ts";
import { type ExistingObject, isObject, type ResourceInfo } from "../../kube/mod.ts";
import { keyOf } from "../object_names.ts";
import { objectLines, toldOf } from "./_object_words.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, Examination } from "./examination.ts";
import type { FindingDetails, ProposedRepair } from "./finding.ts";
import { hasRepair, propose, proposeCommand } from "./repairs.ts";

/** O1. */
export const missingObjects: DoctorCheck = {
  id: "O1",
  name: "missing-objects",
  scope: "release",
  async look(examination, examined) {
    const { newest, deployed } = await revisionsOf(examined);
    // While a newer revision is unfinished, another check compares objects with both.
    if (deployed === undefined || newest?.release.revision !== deployed.release.revision) return [];
    const { name, store, live } = examined;
    const { revision } = deployed.release;
    const { infos } = await live.objectsOf(deployed.release);
    const existing = await live.existing(infos);
    const effect = "makes a new revision like it, and creates what is missing";
    const repairs = hasRepair("reapply")
      ? propose(store, { fix: "reapply", release: name, effect })
      : [proposeCommand(store, `skeg rollback ${name} ${revision}`, effect)];
    const goneNamespaces = await goneAmong(examination, infos);
    return missingAmong({ deployed: deployed.release, infos, existing, goneNamespaces, repairs });
  },
};

async function goneAmong(examination: Examination, infos: readonly ResourceInfo[]): Promise<ReadonlySet<string>> {
  const facts = clusterFacts(examination);
  const gone = new Set<string>();
  for (const name of new Set(infos.map(({ namespace }) => namespace))) {
    if (name !== "" && await facts.namespace(name) === "gone") gone.add(name);
  }
  return gone;
}

/** Facts about the objects of a DEPLOYED revision. */
export interface MissingFacts {
  /** The DEPLOYED revision. */
  readonly deployed: Pick<Release, "revision" | "namespace">;
  /** The objects that should exist. */
  readonly infos: readonly ResourceInfo[];
  /** The objects that exist or may not be read, by key. */
  readonly existing: ReadonlyMap<string, ExistingObject>;
  /** Namespaces that are gone: another finding names them. */
  readonly goneNamespaces: ReadonlySet<string>;
  /** Possible repairs. */
  readonly repairs: readonly ProposedRepair[];
}

/** Finds missing objects. Pure. */
export function missingAmong(facts: MissingFacts): FindingDetails[] {
  const { deployed, infos, existing, goneNamespaces, repairs } = facts;
  const missing = infos.filter((info) =>
    !existing.has(keyOf(info)) && !goneNamespaces.has(info.namespace) && !endsByItself(info)
  );
  if (missing.length === 0) return [];
  const lines = objectLines(missing.map(toldOf), deployed.namespace);
  return [{
    severity: "broken",
    title: `${counted(missing.length, "object")} of revision ${deployed.revision} ${
      missing.length === 1 ? "is" : "are"
    } missing`,
    revision: deployed.revision,
    evidence: lines.map((text) => ({ source: "live objects", text: `${text}: missing` })),
    consequence: "The release does not run as recorded. The next upgrade creates the missing objects without a word; " +
      "an old Tiller refuses it with `no resource with the name`.",
    repairs,
  }];
}

/** True for an object that the cluster removes when its work is done. */
function endsByItself({ resource, object }: ResourceInfo): boolean {
  if (resource.kind === "Event") return true;
  const spec = isObject(object.spec) ? object.spec : {};
  return resource.kind === "Job" && spec.ttlSecondsAfterFinished !== undefined;
}
