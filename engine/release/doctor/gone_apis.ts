/**
 * O8: stored manifests name API versions that the server no longer has, or that a given version of Kubernetes will not
 * have.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import {
  type DiscoverySnapshot,
  isObject,
  KubeManifest,
  type KubeObject,
  type RemovedDocument,
} from "../../kube/mod.ts";
import { reportObjects } from "../../kube/served/mod.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import type { FindingDetails, FindingFact } from "./finding.ts";
import { propose } from "./repairs.ts";

/** O8. */
export const goneApis: DoctorCheck = {
  id: "O8",
  name: "gone-apis",
  scope: "release",
  async look(examination, examined) {
    const snapshot = await clusterFacts(examination).snapshot();
    const { kubernetes } = examination.options;
    const now = new Lines();
    const later = new Lines();
    /** Lines of `now` about objects whose API has no successor. */
    const lost = new Set<string>();
    for (const { revision, manifests } of await targets(examined)) {
      const gone = await goneNow(snapshot, manifests);
      for (const { object, changes, to } of gone) {
        const line = `${object}: ${changes.join(", ")}`;
        now.add(line, revision);
        if (to === undefined) lost.add(line);
      }
      if (kubernetes === undefined) continue;
      const objects = new Set(gone.map(({ object }) => object));
      for (const { object, text } of goneIn(kubernetes, manifests)) {
        if (!objects.has(object)) later.add(`${object}: ${text}`, revision);
      }
    }
    return [
      ...now.isEmpty ? [] : [findingNow(examined, now, lost.size)],
      ...later.isEmpty ? [] : [findingLater(later, kubernetes)],
    ];
  },
};

/** A revision and its documents. */
interface Target {
  readonly revision: number;
  readonly manifests: readonly KubeManifest[];
}

/** Returns the DEPLOYED and the newest revision; with `deep` also the others, which may be rolled back to. */
async function targets(examined: ExaminedRelease): Promise<Target[]> {
  const { newest, deployed } = await revisionsOf(examined);
  const known = [deployed?.release, newest?.release].filter((release) => release !== undefined)
    .filter(({ info }) => info.status.code !== "DELETED");
  const whole = [...new Set(known)].map(({ revision, manifest, hooks }): Target => ({
    revision,
    manifests: [manifest, ...hooks.map((hook) => hook.manifest)].map((text) => new KubeManifest(text)),
  }));
  const others = examined.records.toReversed().flatMap(({ entry: { revision }, endingApis }): Target[] => {
    const isKnown = endingApis === undefined || whole.some((target) => target.revision === revision);
    return isKnown ? [] : [{ revision, manifests: [new KubeManifest(endingApis)] }];
  });
  return [...whole, ...others];
}

/** Returns the documents whose API version the server does not have. */
async function goneNow(
  snapshot: DiscoverySnapshot,
  manifests: readonly KubeManifest[],
): Promise<RemovedDocument[]> {
  return (await Promise.all(manifests.map((manifest) => snapshot.findRemoved(manifest)))).flat();
}

/** Returns the documents whose API version a version of Kubernetes does not have. Pure. */
export function goneIn(kubeVersion: string, manifests: readonly KubeManifest[]): { object: string; text: string }[] {
  const objects = manifests.flatMap(({ documents }) =>
    documents.flatMap((document): { object: KubeObject }[] => {
      try {
        const { data } = document;
        return isObject(data) ? [{ object: data as KubeObject }] : [];
      } catch {
        return []; // another check reports a manifest that is not YAML
      }
    })
  );
  return reportObjects(objects, { kubeVersion }).filter(({ level }) => level === "warning")
    .map(({ object, text }) => ({ object, text }));
}

/** Lines, each with the revisions that have it. */
class Lines {
  readonly #revisions = new Map<string, number[]>();

  get isEmpty(): boolean {
    return this.#revisions.size === 0;
  }

  get size(): number {
    return this.#revisions.size;
  }

  add(line: string, revision: number): void {
    const known = this.#revisions.get(line) ?? [];
    if (!known.includes(revision)) this.#revisions.set(line, [...known, revision]);
  }

  facts(): FindingFact[] {
    return [...this.#revisions].map(([text, revisions]) => {
      const [first = 0] = revisions;
      const which = revisions.length === 1
        ? `revision ${first}`
        : `revisions ${revisions.toSorted((a, b) => a - b).join(", ")}`;
      return { source: `manifest of ${which}`, text };
    });
  }
}

/** `lost`: how many of the objects have no successor. They stay in the manifests unless the repair leaves them out. */
function findingNow({ name, store }: ExaminedRelease, lines: Lines, lost: number): FindingDetails {
  const what = lost === 0
    ? "rewrites the stored manifests"
    : `rewrites the stored manifests, without ${counted(lost, "object that has", "objects that have")} no successor`;
  return {
    severity: "note",
    title: `${
      counted(lines.size, "object is", "objects are")
    } recorded under API versions that the server no longer has`,
    evidence: lines.facts(),
    consequence:
      "Helm 2 and Helm 3 can neither upgrade nor delete this release. skeg maps the versions as it reads them.",
    repairs: propose(store, {
      fix: "map-apis",
      release: name,
      flags: lost === 0 ? "" : "--skip-removed",
      effect:
        `${what}: needed before Tiller or Helm 3 takes the release over; 'skeg migrate helm3' maps what it writes without it`,
    }),
  };
}

function findingLater(lines: Lines, kubernetes = ""): FindingDetails {
  return {
    severity: "note",
    title: `${
      counted(lines.size, "object is", "objects are")
    } recorded under API versions that Kubernetes ${kubernetes} does not have`,
    evidence: lines.facts(),
    consequence:
      "After an upgrade of the cluster, charts that still name them are refused. skeg maps stored manifests.",
    noRepair: "upgrade the release with a chart that names the newer API versions",
  };
}
