/**
 * Heads of records: the facts that a list, a history or a search for the newest revision needs, without
 * reading the content of every record.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Release } from "../engine/model/mod.ts";
import {
  type HeadsOptions,
  type RecordFetchOptions,
  type RecordHead,
  type RecordQuery,
  type RecordReader,
  releaseKey,
} from "./driver.ts";
import { withDetail } from "./detail.ts";

/** Returns heads by label; for a driver without `heads` they are made from whole records. Empty when there are none. */
export async function recordHeads(
  driver: RecordReader,
  labels: RecordQuery,
  options?: HeadsOptions,
): Promise<readonly RecordHead[]> {
  if (driver.heads !== undefined) return await driver.heads(labels, options);
  try {
    return (await driver.query(labels, options)).map(headOf);
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return [];
    throw error;
  }
}

/**
 * Returns the records under `keys`, in their order, for reading only. Leaves out missing ones and those that
 * cannot be decoded.
 */
export async function fetchRecords(
  driver: RecordReader,
  keys: readonly string[],
  options?: RecordFetchOptions,
): Promise<readonly Release[]> {
  if (keys.length === 0) return [];
  const detail = options?.detail;
  // A driver that honours `detail` holds fewer whole records at once; the result of one that does not is cut
  // down here.
  if (driver.fetch !== undefined) return (await driver.fetch(keys, options)).map((each) => withDetail(each, detail));
  const found: Release[] = [];
  for (const key of keys) {
    const release = await driver.get(key, options).catch(leftOut);
    if (release === undefined) continue;
    const shown = withDetail(release, detail);
    found.push(shown);
    options?.onRecord?.(key, shown);
  }
  return found;
}

/** Options of {@linkcode fetchFirst}. */
export interface FetchFirstOptions extends RecordFetchOptions {
  /** Skips the records for which this returns false. */
  readonly keep?: ((release: Release) => boolean) | undefined;
}

/**
 * Returns the first `count` records of `heads` that exist, can be decoded and pass `keep`, and how many heads
 * were read to find them.
 */
export async function fetchFirst(
  driver: RecordReader,
  heads: readonly RecordHead[],
  count: number,
  options?: FetchFirstOptions,
): Promise<{ readonly releases: readonly Release[]; readonly seen: number }> {
  const releases: Release[] = [];
  let seen = 0;
  while (releases.length < count && seen < heads.length) {
    const next = heads.slice(seen, seen + count - releases.length);
    seen += next.length;
    const found = await fetchRecords(driver, next.map(({ key }) => key), options);
    releases.push(...options?.keep === undefined ? found : found.filter(options.keep));
  }
  return { releases, seen };
}

/** Returns the head of a release that was already read. */
export function headOf(release: Release): RecordHead {
  const { name, revision, info } = release;
  return { key: releaseKey(name, revision), name, revision, status: info.status.code, certain: true };
}

/** Returns `undefined` for a missing or broken record; throws every other error again. */
export function leftOut(error: unknown): undefined {
  if (error instanceof SkegError && (error.kind === "not-found" || error.kind === "record")) return undefined;
  throw error;
}
