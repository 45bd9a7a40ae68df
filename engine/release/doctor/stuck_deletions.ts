/**
 * O13: objects of the release have been deleting for long.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { ExistingObject } from "../../kube/mod.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { durationText, objectWords, secondsOf, toldOf } from "./_object_words.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck } from "./examination.ts";
import type { FindingDetails } from "./finding.ts";
import { isTerminating } from "./namespace_gone.ts";

/** A deletion that takes longer than this many seconds after its grace period is reported. */
export const STUCK_SECONDS = 600;

/** O13. */
export const stuckDeletions: DoctorCheck = {
  id: "O13",
  name: "stuck-deletions",
  scope: "release",
  async look(examination, examined) {
    const { newest, deployed, unfinished } = await revisionsOf(examined);
    const releases = new Set([newest, deployed, ...unfinished].flatMap((one) => one?.release ?? []));
    const found = new Map<string, ExistingObject>();
    for (const release of releases) {
      const texts = [release.manifest, ...release.hooks.map(({ manifest }) => manifest)];
      for (const manifest of texts) {
        const { infos } = await examined.live.objectsOf({ ...release, manifest });
        for (const [key, one] of await examined.live.existing(infos)) found.set(key, one);
      }
    }
    const facts = clusterFacts(examination);
    const own: ExistingObject[] = [];
    for (const one of found.values()) {
      const { namespace } = one.info;
      const look = one.metadata.deletionTimestamp === undefined || namespace === ""
        ? "unknown"
        : await facts.namespace(namespace);
      // The namespace holds or takes all of its objects, and another check names it.
      if (typeof look === "string" || !isTerminating(look)) own.push(one);
    }
    return stuckAmong(own, examination.now.seconds, newest?.release.namespace ?? "");
  },
};

/** Finds objects whose deletion does not end. Pure. */
export function stuckAmong(found: readonly ExistingObject[], nowSeconds: number, home: string): FindingDetails[] {
  const stuck = found.flatMap(({ info, metadata, isUnread }) => {
    const since = isUnread ? undefined : secondsOf(metadata.deletionTimestamp);
    return since === undefined || nowSeconds - since < STUCK_SECONDS ? [] : [{ info, metadata, since }];
  });
  if (stuck.length === 0) return [];
  return [{
    severity: "warning",
    title: `${counted(stuck.length, "object has", "objects have")} been deleting for more than ${
      STUCK_SECONDS / 60
    } minutes`,
    evidence: stuck.map(({ info, metadata: { finalizers = [] }, since }) => ({
      source: "live objects",
      text: `${objectWords(toldOf(info), home)}: deleting for ${durationText(nowSeconds - since)}; ${
        heldBy(finalizers)
      }`,
    })),
    consequence: "A deletion that waits does not end, and the names stay taken until the objects are gone.",
    noRepair: "finalizers are never removed by skeg: the controllers that serve them must run and finish",
  }];
}

/** Says who has to finish first. Kubernetes' own finalizers have no server of their own. */
function heldBy(finalizers: readonly string[]): string {
  if (finalizers.length === 0) return "no finalizer holds it; its node may not answer";
  return `held by ${
    finalizers.map((finalizer) => {
      const [domain, rest] = finalizer.split("/", 2);
      const isOwn = rest === undefined || /(^|\.)(kubernetes|k8s)\.io$/.test(domain ?? "");
      return isOwn ? finalizer : `${finalizer}, which a controller of ${domain} serves`;
    }).join("; ")
  }`;
}
