/**
 * The objects that several revisions of a release own together.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import { changedSomething, sinceLastRun } from "./was_deployed.ts";
import { isSameKind } from "../kube/mod.ts";
import { type ParsedManifest, readHead, splitDocuments } from "../chart/render/mod.ts";

/**
 * Returns the manifest of the first release, followed by documents of the others for objects that are not in
 * it yet. The first revision that names an object decides.
 *
 * @param namespace For objects that name none.
 */
export function joinUnion(namespace: string, releases: readonly Release[]): string {
  const [first, ...others] = releases;
  if (first === undefined) return "";
  const known = new Set(splitDocuments(first.manifest).map((text) => identityOf(namespace, text)));
  let joined = first.manifest;
  for (const release of others) {
    if (release.manifest === first.manifest) continue;
    for (const text of splitDocuments(release.manifest)) {
      const identity = identityOf(namespace, text);
      if (known.has(identity)) continue;
      known.add(identity);
      joined += `\n---\n${text}`;
    }
  }
  return joined;
}

/**
 * Returns the manifest of a release without a DEPLOYED revision: that of its newest revision, and of earlier
 * ones whose objects may still exist.
 *
 * @param history Oldest first; not empty.
 */
export function unionOf(history: readonly Release[]): string {
  const last = history.at(-1);
  if (last === undefined) return "";
  const before = last.info.status.code === "FAILED" ? sinceLastRun(history.slice(0, -1)).toReversed() : [];
  return joinUnion(last.namespace, [last, ...before]);
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
export function objectOf(namespace: string, document: ParsedManifest): string {
  const { kind, name, apiVersion } = document.head;
  // A list has no name: its text identifies it.
  if (name === "") return document.text;
  const group = apiVersion.includes("/") ? apiVersion.split("/", 1)[0] ?? "" : "";
  // Kubernetes' own kinds move between its groups.
  const family = isSameKind(group, "") ? "" : group;
  return JSON.stringify([family, kind, document.head.namespace || namespace, name]);
}

function identityOf(namespace: string, text: string): string {
  try {
    const head = readHead(text);
    return objectOf(namespace, { path: "", kind: head.kind, text, head });
  } catch {
    return text; // not YAML: the code that uses it reports that
  }
}
