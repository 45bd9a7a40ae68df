/**
 * The objects that several revisions of a release own together.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import { changedSomething, sinceLastRun } from "./was_deployed.ts";
import { isSameKind, type KnownDocuments, KubeManifest } from "../kube/mod.ts";
import { type Head, splitDocuments } from "../chart/render/mod.ts";
import { DocumentReader } from "./decoded.ts";

/**
 * Returns the first manifest, followed by documents of the others for objects that are not in it yet. The first
 * manifest that names an object decides.
 *
 * @param namespace For objects that name none.
 */
export function joinUnion(namespace: string, manifests: readonly KubeManifest[]): KubeManifest {
  const [first = new KubeManifest(""), ...others] = manifests;
  const different = others.filter(({ text }) => text !== first.text);
  if (different.length === 0) return first;
  const reader = new DocumentReader(new Map(manifests.flatMap((manifest) => [...manifest.byText()])));
  const known = new Set(splitDocuments(first.text).map((text) => identityOf(namespace, text, reader)));
  let joined = first.text;
  for (const { text: manifest } of different) {
    for (const text of splitDocuments(manifest)) {
      const identity = identityOf(namespace, text, reader);
      if (known.has(identity)) continue;
      known.add(identity);
      joined += `\n---\n${text}`;
    }
  }
  return new KubeManifest(joined, reader.known);
}

/**
 * Returns the manifest of a release without a DEPLOYED revision: that of its newest revision, and of earlier
 * ones whose objects may still exist.
 *
 * @param history Oldest first; not empty.
 * @param known Documents that are decoded already.
 */
export function unionOf(history: readonly Release[], known?: KnownDocuments): KubeManifest {
  const last = history.at(-1);
  if (last === undefined) return new KubeManifest("");
  const before = last.info.status.code === "FAILED" ? sinceLastRun(history.slice(0, -1)).toReversed() : [];
  return joinUnion(last.namespace, [last, ...before].map(({ manifest }) => new KubeManifest(manifest, known)));
}

/**
 * Returns how many revisions the history must keep, so that no revision whose objects may still be live is
 * pruned: the DEPLOYED one, those since, and a new one. `undefined` when the newest one is DEPLOYED.
 */
export function keptBeside(
  deployed: Release | undefined,
  last: Release,
  unfinished: readonly Release[],
): number | undefined {
  if (deployed === undefined || deployed.revision >= last.revision) return undefined;
  const since = unfinished.filter(changedSomething)
    .reduce((oldest, { revision }) => Math.min(oldest, revision), last.revision);
  return last.revision - since + 3;
}

/**
 * True for a revision that was begun and did not become DEPLOYED: the objects that it created belong to the
 * release alone.
 */
export function isUnfinished({ info }: Release): boolean {
  return info.status.code === "FAILED" || info.status.code.startsWith("PENDING_");
}

/**
 * True for a revision, newer than the newest DEPLOYED one, that was made or
 * begun: its objects may be the release's own. One that failed becomes
 * SUPERSEDED when a rollback after it fails, too. What a revision only named is
 * told apart by who made it.
 */
export function mayOwn(release: Release): boolean {
  return release.info.status.code === "SUPERSEDED" || isUnfinished(release);
}

/**
 * Which object a parsed document is about: kind, namespace and name, as Helm 2 tells objects apart. Kinds of groups that
 * are not Kubernetes' own are others: Knative has a Service, too.
 */
export function objectOf(namespace: string, { text, head }: { readonly text: string; readonly head: Head }): string {
  const { kind, name, apiVersion } = head;
  // A list has no name: its text identifies it.
  if (name === "") return text;
  const group = apiVersion.includes("/") ? apiVersion.split("/", 1)[0] ?? "" : "";
  // Kubernetes' own kinds move between its groups.
  const family = isSameKind(group, "") ? "" : group;
  return JSON.stringify([family, kind, head.namespace || namespace, name]);
}

function identityOf(namespace: string, text: string, reader: DocumentReader): string {
  try {
    return objectOf(namespace, { text, head: reader.readHead(text) });
  } catch {
    return text; // not YAML: the code that uses it reports that
  }
}
