/**
 * What revisions that were never finished made of objects.
 *
 * Tiller sends the difference of two manifests. That is right only when every
 * object is as the first one has it. After a revision that failed or was
 * interrupted, some are as that one has them, and others as the one before.
 *
 * Helm 2 leaves such objects as they are, and records them as DEPLOYED.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import { callOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { NOTHING_CHANGED } from "./was_deployed.ts";

/**
 * The manifests that live objects may show instead of the newest one, with API
 * versions that the server has.
 *
 * @param releases Revisions whose objects may be live, in any order.
 */
export async function manifestsLeft(env: Environment, releases: readonly Release[]): Promise<string[]> {
  const acted = releases.filter(({ info }) => !info.description.endsWith(NOTHING_CHANGED));
  const [first] = acted;
  if (first === undefined) return [];
  const texts = new Set(acted.map(({ manifest }) => manifest));
  const requests = [...texts].map((manifest) => ({ manifest, use: "original" as const }));
  // What has no successor is left out here, and dealt with where the manifest itself is.
  const mapped = await env.kube.mapRemoved(first.namespace, requests, { ...callOptions(env), skipRemoved: true });
  return mapped.map(({ manifest }) => manifest);
}
