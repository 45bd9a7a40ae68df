/**
 * Records that are fetched while the heads of others still come.
 *
 * @module
 */
import type { Release } from "../engine/model/mod.ts";
import type { FetchOptions, RecordHead, RecordReader } from "./driver.ts";

/** Options of {@linkcode readAhead}. */
export interface ReadAheadOptions extends FetchOptions {
  /** Whether the record of a head will be asked for. */
  readonly wants: (head: RecordHead) => boolean;
  /** So many of the first are fetched before somebody asks. */
  readonly count: number;
}

/** Records that are fetched at the same time: fewer while heads come, which have to get through beside them. */
const FETCHES_MAX = 16, FETCHES_MAX_AHEAD = 6;

/**
 * Returns a reader for one list: it fetches each record once, with the options
 * given here, and begins as soon as its head is there. A driver without heads
 * is returned as it is.
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
      // One that failed stays: who asks for records is told of it.
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
