/**
 * The objects of a release as the page shows them: read once, or followed.
 *
 * @module
 */
import { sameJson } from "../../engine/base/mod.ts";
import type { ReleaseMask, ReleaseResources } from "../../engine/release/mod.ts";
import type { UiCall } from "./call.ts";
import type { UiCluster } from "./clusters.ts";
import { keepHealth } from "./health.ts";
import { maskOf } from "./masks.ts";
import { type Drifted, nodeOf } from "./resource_nodes.ts";
import type { ResourcesAnswer } from "./types.ts";

/** Where watching is not allowed, a page that is left open lists this often. */
const POLL_MS = 10_000;

/** Returns the answer for objects that were read, without secrets. */
export async function resourcesAnswer(
  call: UiCall,
  cluster: UiCluster,
  found: ReleaseResources,
  drifted?: Drifted,
): Promise<ResourcesAnswer> {
  return masked(call, cluster, found, await maskOf(call.ui, [found.release]), drifted);
}

/** Yields the answer for the objects of a revision, and again when it has changed, until the signal of the call fires. */
export async function* followedAnswers(
  call: UiCall,
  cluster: UiCluster,
  name: string,
  revision: number | undefined,
): AsyncGenerator<ResourcesAnswer> {
  const { signal } = call;
  let mask: ReleaseMask | undefined;
  let last: object | undefined;
  for await (const found of cluster.skeg.followResources(name, { revision, pollMs: POLL_MS, signal })) {
    mask ??= await maskOf(call.ui, [found.release]);
    const answer = masked(call, cluster, found, mask);
    // The time of the look is no change.
    const content = { ...answer, health: { ...answer.health, at: 0 } };
    if (last !== undefined && sameJson(last, content)) continue;
    last = content;
    yield answer;
  }
}

function masked(
  call: UiCall,
  cluster: UiCluster,
  found: ReleaseResources,
  { text }: ReleaseMask,
  drifted?: Drifted,
): ResourcesAnswer {
  const { name, revision } = found.release;
  const isNewest = revision === cluster.fleet.newestRevision(name);
  return {
    revision,
    health: keepHealth(call, cluster, found, { mask: text, isNewest }),
    objects: found.objects.map((each) => nodeOf(each, text, drifted)),
    hooks: found.hooks.map((each) => nodeOf(each, text, undefined)),
    errors: found.problems.map((message) => ({ kind: "kube", message: text(message), hint: "" })),
  };
}
