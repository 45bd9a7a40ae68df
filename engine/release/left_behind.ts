/**
 * Finds the manifests of unfinished revisions, which live objects may match.
 *
 * Tiller sends the difference of two manifests. That is correct only if every object matches the first. After
 * a failed or interrupted revision, some objects match that revision and others the one before.
 *
 * Helm 2 does not repair such objects, and records them as DEPLOYED.
 *
 * @module
 */
import { type KnownDocuments, KubeManifest } from "../kube/mod.ts";
import type { Release } from "../model/mod.ts";
import { callOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { NOTHING_CHANGED } from "./was_deployed.ts";

/**
 * Returns the manifests that live objects may match instead of the newest one, mapped to API versions that
 * the server has.
 *
 * @param releases Revisions whose objects may be live, in any order.
 * @param known Documents that are decoded already.
 */
export async function manifestsLeft(
  env: Environment,
  releases: readonly Release[],
  known: KnownDocuments,
): Promise<KubeManifest[]> {
  const acted = releases.filter(({ info }) => !info.description.endsWith(NOTHING_CHANGED));
  const [first] = acted;
  if (first === undefined) return [];
  const texts = new Set(acted.map(({ manifest }) => manifest));
  const requests = [...texts].map((text) => ({ manifest: new KubeManifest(text, known), use: "original" as const }));
  // Objects without a successor are left out here; they are handled where the manifest itself is mapped.
  const mapped = await env.kube.mapRemoved(first.namespace, requests, { ...callOptions(env), skipRemoved: true });
  return mapped.map(({ manifest }) => manifest);
}
