/**
 * Records by their heads: what a list, a history or a search for the newest
 * revision needs to know, without the content of every record there is.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Release } from "../engine/model/mod.ts";
import {
  type FetchOptions,
  type HeadsOptions,
  type RecordHead,
  type RecordQuery,
  type RecordReader,
  releaseKey,
} from "./driver.ts";
import { withDetail } from "./detail.ts";

/** Heads by label; with a driver that has none, from the records themselves. None is no error. */
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

/** The records under `keys`, in their order, but for those that are gone or cannot be decoded. To be looked at only. */
export async function fetchRecords(
  driver: RecordReader,
  keys: readonly string[],
  options?: FetchOptions,
): Promise<readonly Release[]> {
  if (keys.length === 0) return [];
  const detail = options?.detail;
  // A driver that knows details holds fewer whole records at once. One that does not returns all of each.
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
export interface FetchFirstOptions extends FetchOptions {
  /** Passes over the records for which this is false. */
  readonly keep?: ((release: Release) => boolean) | undefined;
}

/**
 * The first `count` records of `heads` that are there, can be decoded and are
 * to be kept, and how many heads were looked at to find them.
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

/** The head of a record that is at hand. */
export function headOf(release: Release): RecordHead {
  const { name, revision, info } = release;
  return { key: releaseKey(name, revision), name, revision, status: info.status.code, certain: true };
}

/** For a record that is gone or broken: nothing. Every other failure goes on. */
export function leftOut(error: unknown): undefined {
  if (error instanceof SkegError && (error.kind === "not-found" || error.kind === "record")) return undefined;
  throw error;
}
