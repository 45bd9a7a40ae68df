/**
 * O9: a namespace of the release is gone, or is being deleted.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import { isObject, type JsonObject, type KubeObject } from "../../kube/mod.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { durationText, secondsOf } from "./_object_words.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import type { FindingDetails, FindingFact } from "./finding.ts";
import { propose } from "./repairs.ts";

/** O9. */
export const namespaceGone: DoctorCheck = {
  id: "O9",
  name: "namespace-gone",
  scope: "release",
  async look(examination, examined) {
    const { newest, deployed } = await revisionsOf(examined);
    const subject = deployed ?? newest;
    if (subject === undefined || newest?.release.info.status.code === "DELETED") return [];
    const { infos } = await examined.live.objectsOf(subject.release);
    const counts = new Map<string, number>();
    for (const { namespace } of infos) if (namespace !== "") counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
    const facts = clusterFacts(examination);
    const findings: FindingDetails[] = [];
    for (const [namespace, count] of counts) {
      const look = await facts.namespace(namespace);
      if (look === "gone") findings.push(gone(examined, namespace, count, infos.length));
      else if (look !== "unknown" && isTerminating(look)) {
        findings.push(terminating(look, count, examination.now.seconds));
      }
    }
    return findings;
  },
};

function gone({ name, store }: ExaminedRelease, namespace: string, count: number, all: number): FindingDetails {
  return {
    severity: "broken",
    title: `namespace ${JSON.stringify(namespace)} is gone, with ${counted(count, "object")} of the release`,
    evidence: [
      { source: "namespaces", text: `the server has no namespace ${JSON.stringify(namespace)}` },
      { source: "manifest", text: `${count} of ${counted(all, "object")} belong there` },
    ],
    consequence:
      "The release does not run. The next upgrade creates the namespace and all objects anew, without their data.",
    repairs: propose(store, {
      fix: "forget",
      release: name,
      effect: "deletes its records only",
      byHand: `delete its records: skeg delete --purge ${name}`,
    }),
  };
}

/** True for a namespace that is being deleted. */
export function isTerminating({ metadata, status }: KubeObject): boolean {
  return metadata?.deletionTimestamp !== undefined || isObject(status) && status.phase === "Terminating";
}

/** Returns the finding about a namespace that is being deleted: its conditions, and what holds it. Pure. */
export function terminating(namespace: KubeObject, count: number, nowSeconds: number): FindingDetails {
  const { name = "", deletionTimestamp } = namespace.metadata ?? {};
  const since = secondsOf(deletionTimestamp);
  const facts: FindingFact[] = [
    {
      source: `namespace ${name}`,
      text: `Terminating${since === undefined ? "" : ` for ${durationText(nowSeconds - since)}`}`,
    },
    ...heldBy(namespace).map((text) => ({ source: `namespace ${name}`, text })),
  ];
  return {
    severity: "broken",
    title: `namespace ${JSON.stringify(name)} is being deleted, with ${counted(count, "object")} of the release`,
    evidence: facts,
    consequence: "Nothing can be created in it: upgrades and rollbacks fail. A deletion waits with it.",
    noRepair: "finalizers are never removed by skeg: their controllers must finish first",
  };
}

/** Returns the conditions that hold a namespace, and its finalizers other than Kubernetes' own. */
function heldBy({ spec, status }: KubeObject): string[] {
  const conditions = isObject(status) && Array.isArray(status.conditions) ? status.conditions.filter(isObject) : [];
  const finalizers = isObject(spec) && Array.isArray(spec.finalizers) ? spec.finalizers.map(String) : [];
  const others = finalizers.filter((finalizer) => finalizer !== "kubernetes");
  return [
    ...conditions.filter(({ status }) => status === "True").map(({ type, message }: JsonObject) =>
      `${type}: ${message}`
    ),
    ...others.length === 0 ? [] : [`finalizers: ${others.join(", ")}`],
  ];
}
