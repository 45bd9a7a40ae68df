/**
 * Decides which pods of a DaemonSet a rolling update replaces now.
 *
 * Source: `rollingUpdate` in `pkg/controller/daemon/update.go`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at } from "../json.ts";
import { scaled } from "./owned.ts";

/** The pods of one node that are not being deleted. */
export interface NodePods {
  readonly node: string;
  /** Of the set's current template. */
  readonly current: readonly KubeObject[];
  /** Of an earlier template. */
  readonly old: readonly KubeObject[];
}

/** One step of an update. */
export interface UpdateStep {
  readonly remove: readonly KubeObject[];
  /** Nodes that get a new pod beside the old one. */
  readonly add: readonly string[];
}

interface Limits {
  readonly unavailable: number;
  readonly surge: number;
}

function limitsOf(set: KubeObject, nodes: number): Limits {
  const rolling = at(set, "spec", "updateStrategy", "rollingUpdate");
  const unavailable = scaled(at(rolling, "maxUnavailable") ?? 1, nodes, true);
  const surge = scaled(at(rolling, "maxSurge") ?? 0, nodes, true);
  // With both at 0 the update could not move.
  return { surge, unavailable: unavailable === 0 && surge === 0 ? 1 : unavailable };
}

type Test = (pod: KubeObject) => boolean;

/** Deletes old pods while no more than `unavailable` nodes are without an available pod. */
function replace(all: readonly NodePods[], { unavailable }: Limits, isAvailable: Test): UpdateStep {
  let down = 0;
  const must: KubeObject[] = [];
  const may: KubeObject[] = [];
  for (const { current, old } of all) {
    const [fresh] = current;
    const [stale] = old;
    if (current.length + old.length !== 1) down++;
    else if (fresh !== undefined) down += isAvailable(fresh) ? 0 : 1;
    else if (stale !== undefined && !isAvailable(stale)) {
      // An old pod that serves nothing is replaced whatever the limit says.
      must.push(stale);
      down++;
    } else if (stale !== undefined && down < unavailable) may.push(stale);
  }
  return { remove: [...must, ...may.slice(0, Math.max(unavailable - down, 0))], add: [] };
}

/** Makes new pods beside old ones, on no more than `surge` nodes at once; an old pod goes when its new one is available. */
function surgeOver(all: readonly NodePods[], { surge }: Limits, isAvailable: Test): UpdateStep {
  let surging = 0;
  const remove: KubeObject[] = [];
  const must: string[] = [];
  const may: string[] = [];
  for (const { node, current, old } of all) {
    const [fresh] = current;
    const [stale] = old;
    if (current.length > 1 || old.length > 1) surging++;
    else if (stale === undefined) continue;
    else if (fresh !== undefined && isAvailable(fresh)) remove.push(stale);
    else if (fresh !== undefined) surging++;
    else if (!isAvailable(stale)) must.push(node);
    else if (surging < surge) may.push(node);
  }
  return { remove, add: [...must, ...may.slice(0, Math.max(surge - surging, 0))] };
}

/**
 * Returns the next step of a rolling update.
 *
 * @param all Every node that the set wants a pod on.
 */
export function updateStep(set: KubeObject, all: readonly NodePods[], isAvailable: Test): UpdateStep {
  const limits = limitsOf(set, all.length);
  return limits.surge === 0 ? replace(all, limits, isAvailable) : surgeOver(all, limits, isAvailable);
}
