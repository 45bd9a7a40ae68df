/**
 * Records in this process: for tests, and for trying without a cluster.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/memory.go`. Unlike there, a record
 * is found by name and revision, so that `.v` may stand in a name, and a query
 * that finds nothing rejects as it does everywhere else.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Release } from "../engine/model/mod.ts";
import { type Driver, type FetchOptions, type RecordQuery, releaseKey } from "./driver.ts";
import { headOf } from "./heads.ts";

/** Where memory drivers keep records; two drivers over one store see each other's writes. */
export type MemoryStore = Map<string, Release>;

/** Returns a driver over `store`, empty unless given. */
export function memoryDriver(store: MemoryStore = new Map()): Driver {
  /** What this driver last read or wrote: what an update is guarded by. */
  const seen = new Map<string, Release>();
  const remember = (release: Release): Release => {
    seen.set(releaseKey(release.name, release.revision), release);
    return release;
  };
  const labelled = ({ name, status }: RecordQuery): Release[] =>
    [...store.values()].filter((release) =>
      (name === undefined || release.name === name) && (status === undefined || release.info.status.code === status)
    );
  const take = (key: string): Release => {
    const release = store.get(key);
    if (release === undefined) throw notFound(key);
    return remember(release);
  };
  return {
    name: "Memory",
    get: (key) => attempt(() => take(key)),
    list: () => attempt(() => [...store.values()]),
    heads: (labels) => attempt(() => labelled(labels).map(headOf)),
    fetch: (keys, { as = (release: Release) => release, onRecord }: FetchOptions = {}) =>
      attempt(() =>
        keys.flatMap((key) => {
          const release = store.get(key);
          if (release === undefined) return [];
          const given = as(release);
          onRecord?.(key, given);
          return [given];
        })
      ),
    query: (labels) =>
      attempt(() => {
        const found = labelled(labels);
        if (found.length === 0) throw notFound(labels.name ?? "");
        return found.map(remember);
      }),
    create: (release) =>
      attempt(() => {
        const key = releaseKey(release.name, release.revision);
        if (store.has(key)) throw new SkegError("exists", `release: ${JSON.stringify(key)} already exists`);
        store.set(key, remember(release));
      }),
    update: (release) =>
      attempt(() => {
        const key = releaseKey(release.name, release.revision);
        const current = store.get(key);
        if (current === undefined) throw notFound(key);
        if (seen.has(key) && seen.get(key) !== current) {
          throw new SkegError("conflict", `release: ${JSON.stringify(key)} was changed by somebody else meanwhile`, {
            hint: "Look at the release's history, then run the command again.",
          });
        }
        store.set(key, remember(release));
      }),
    delete: (key) =>
      attempt(() => {
        const release = take(key);
        store.delete(key);
        seen.delete(key);
        return release;
      }),
  };
}

function notFound(what: string): SkegError {
  return new SkegError("not-found", `release: ${JSON.stringify(what)} not found`);
}

/** Runs now; failures come as rejections. */
function attempt<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => resolve(run()));
}
