/**
 * Fetches records while the heads of others are still arriving.
 *
 * @module
 */
import type { Release } from "../engine/model/mod.ts";
import type { RecordFetchOptions, RecordHead, RecordReader } from "./driver.ts";

/** Options of {@linkcode readAhead}. */
export interface ReadAheadOptions extends RecordFetchOptions {
  /** True if the record of a head will be requested. */
  readonly wants: (head: RecordHead) => boolean;
  /** Number of records that are fetched ahead, before they are requested. */
  readonly count: number;
}

/** Records that are fetched concurrently: fewer while heads are still arriving on the same connection. */
const FETCHES_MAX = 16, FETCHES_MAX_AHEAD = 6;

/**
 * Returns a reader for one list. It fetches each record once, with the options given here, as soon as its
 * head arrives. A driver without heads is returned unchanged.
 */
export function readAhead(driver: RecordReader, { wants, count, ...options }: ReadAheadOptions): RecordReader {
  if (driver.heads === undefined || driver.fetch === undefined) return driver;
  const found = new Map<string, Release | undefined>();
  const queue: string[] = [];
  const workers = new Set<Promise<void>>();
  const work = async (): Promise<void> => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
      found.set(key, (await driver.fetch?.([key], options))?.[0]);
    }
  };
  let workersMax = FETCHES_MAX_AHEAD;
  const order = (key: string): void => {
    found.set(key, undefined);
    queue.push(key);
    start();
  };
  const start = (): void => {
    while (workers.size < workersMax && queue.length > 0) {
      const worker = work();
      workers.add(worker);
      // A worker that failed stays in the set, so that the caller who requests records gets its error.
      worker.then(() => workers.delete(worker), () => queue.length = 0);
    }
  };
  const onHead = (head: RecordHead): void => {
    if (found.size < count && wants(head)) order(head.key);
  };
  return {
    get: (key, more) => driver.get(key, more),
    query: (labels, more) => driver.query(labels, more),
    heads: async (labels, more) => await driver.heads?.(labels, { ...more, onHead }) ?? [],
    fetch: async (keys) => {
      workersMax = FETCHES_MAX;
      for (const key of keys) if (!found.has(key)) order(key);
      start();
      await Promise.all(workers);
      return keys.map((key) => found.get(key)).filter((release) => release !== undefined);
    },
  };
}
