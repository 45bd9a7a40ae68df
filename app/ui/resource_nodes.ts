/**
 * Objects of a release as nodes of a tree.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { asList, asObject } from "../../engine/base/mod.ts";
import type { ChangeReport } from "../../engine/kube/explain/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import type { ReleaseResource } from "../../engine/release/mod.ts";
import type { ResourceNode } from "./types.ts";

/** Keys of objects that differ from the record. */
export type Drifted = ReadonlySet<string>;

/** Returns the keys of objects that differ from the record; `undefined` when the comparison failed. */
export async function driftedObjects(
  comparing: Promise<ChangeReport>,
  signal: AbortSignal,
): Promise<Drifted | undefined> {
  try {
    const { objects } = await comparing;
    return new Set(objects.filter(({ action }) => action !== "none").map(({ id }) => keyOf(id)));
  } catch (error) {
    // The tree is worth more than its marks.
    if (signal.aborted || !(error instanceof SkegError)) throw error;
    return undefined;
  }
}

const keyOf = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string =>
  `${kind}/${namespace}/${name}`;

/** Returns the node of an object, with the nodes of what it owns. */
export function nodeOf(
  resource: ReleaseResource,
  mask: (text: string) => string,
  drifted: Drifted | undefined,
): ResourceNode {
  const { apiVersion, kind, namespace, name, state, reason, live, events, owned } = resource;
  const below = owned.map((one) => nodeOf(one, mask, undefined));
  return {
    gvk: `${apiVersion}/${kind}`,
    kind,
    namespace,
    name,
    state,
    reason: mask(reason),
    created: unixSeconds(live?.metadata?.creationTimestamp),
    restarts: kind === "Pod" ? restartsOf(live) : sumOf(below.map(({ restarts }) => restarts)),
    drift: drifted === undefined ? null : drifted.has(keyOf(resource)),
    ...events === undefined ? {} : { events },
    owned: below,
  };
}

function restartsOf(pod: KubeObject | undefined): number | null {
  if (pod === undefined) return null;
  const { initContainerStatuses, containerStatuses } = asObject(pod.status);
  return [...asList(initContainerStatuses), ...asList(containerStatuses)]
    .reduce<number>((sum, each) => sum + (Number(asObject(each).restartCount) || 0), 0);
}

function sumOf(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((each) => each !== null);
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
}

/** Returns Unix seconds of a time of the server; `null` when there is none. */
export function unixSeconds(time: unknown): number | null {
  const ms = typeof time === "string" ? Date.parse(time) : NaN;
  return Number.isFinite(ms) ? ms / 1000 : null;
}
