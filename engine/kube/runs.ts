/**
 * Processes objects in order, those of one kind concurrently.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go` (batchPerform);
 * `release-pipeline.md` 8.3.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { throwIfAborted } from "./abort.ts";
import type { ResourceInfo } from "./types.ts";

/** The most objects that are processed concurrently; the connection has its own limit of requests. */
export const CONCURRENT_MAX = 128;

/** Returns the error of an operation on no objects. */
export function nothingVisited(): SkegError {
  return new SkegError("kube", "no objects visited", {
    hint: "The manifest holds no object. If that is right, install and upgrade have --allow-empty.",
  });
}

/** Splits the list where the kind changes. */
function kindRuns(infos: readonly ResourceInfo[]): ResourceInfo[][] {
  const runs: ResourceInfo[][] = [];
  let kind: string | undefined;
  for (const info of infos) {
    if (runs.length === 0 || info.resource.kind !== kind) runs.push([]);
    kind = info.resource.kind;
    runs.at(-1)?.push(info);
  }
  return runs;
}

/**
 * Calls `action` for every object: in order, and concurrently within a run of equal kind. A run is always
 * finished; after an error in it no further run starts, and the error of its first failed object is thrown.
 *
 * @returns The results, in the order of `infos`.
 * @throws SkegError `no objects visited` for an empty list.
 */
export async function inKindRuns<T>(
  infos: readonly ResourceInfo[],
  action: (info: ResourceInfo) => Promise<T>,
  signal?: AbortSignal,
): Promise<T[]> {
  if (infos.length === 0) throw nothingVisited();
  const results: T[] = [];
  for (const run of kindRuns(infos)) {
    throwIfAborted(signal);
    // Helm 2 returns at the first error and does not wait for the rest of the run.
    for (const outcome of await settleAll(run, action)) {
      if (outcome.status === "rejected") throw outcome.reason;
      results.push(outcome.value);
    }
  }
  return results;
}

/**
 * Calls `action` for every item, in no particular order, with a concurrency limit. All calls are finished,
 * even if one fails; then the error of the first failed item is thrown.
 *
 * @returns The results, in the order of `items`.
 */
export async function concurrently<I, T>(items: readonly I[], action: (item: I) => Promise<T>): Promise<T[]> {
  return (await settleAll(items, action)).map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}

async function settleAll<I, T>(
  run: readonly I[],
  action: (item: I) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const outcomes: PromiseSettledResult<T>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < run.length; index = next++) {
      try {
        outcomes[index] = { status: "fulfilled", value: await action(run[index] as I) };
      } catch (reason) {
        outcomes[index] = { status: "rejected", reason };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(run.length, CONCURRENT_MAX) }, worker));
  return outcomes;
}
