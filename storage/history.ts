/**
 * A release's revisions, from any driver.
 *
 * Source: Helm 2.17.0, `pkg/storage/storage.go`.
 *
 * @module
 */
import { recordNotFound } from "./_record_errors.ts";
import { SkegError } from "../errors.ts";
import type { Release } from "../engine/model/mod.ts";
import type { Driver, DriverOptions, RecordFetchOptions, RecordHead, RecordVersion, StoredRelease } from "./driver.ts";
import { fetchFirst, leftOut, recordHeads } from "./heads.ts";

/**
 * Returns all revisions of `name`, oldest first.
 *
 * @throws SkegError of kind `not-found`: `release: "name" not found`.
 */
export async function releaseHistory(driver: Driver, name: string, options?: DriverOptions): Promise<StoredRelease[]> {
  return byRevision(await driver.query({ name }, options));
}

/**
 * Returns the newest revision, of any status.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function lastRelease(driver: Driver, name: string, options?: DriverOptions): Promise<StoredRelease> {
  const newest = await revisionHeads(driver, name, options);
  for (const { key } of newest) {
    const release = await driver.get(key, options).catch(leftOut);
    if (release !== undefined) return release;
  }
  throw new SkegError("not-found", `no revision for release ${JSON.stringify(name)}`);
}

/**
 * Returns the newest `count` revisions, newest first, for reading only.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function newestRevisions(
  driver: Driver,
  name: string,
  count: number,
  options?: RecordFetchOptions,
): Promise<readonly Release[]> {
  return (await fetchFirst(driver, await revisionHeads(driver, name, options), count, options)).releases;
}

/** Returns the heads of all revisions, newest first; at least one. */
async function revisionHeads(driver: Driver, name: string, options?: DriverOptions): Promise<readonly RecordHead[]> {
  const heads = await recordHeads(driver, { name }, options);
  if (heads.length === 0) {
    throw recordNotFound(name);
  }
  return heads.toSorted((a, b) => b.revision - a.revision);
}

/**
 * Returns all revisions whose label says DEPLOYED, oldest first.
 *
 * Helm 2: the label decides here, while lists look at the record itself. The two differ after a record was
 * relabelled by hand to recover a release.
 *
 * @throws SkegError of kind `not-found`: `"name" has no deployed releases`.
 */
export async function deployedReleases(
  driver: Driver,
  name: string,
  options?: DriverOptions,
): Promise<StoredRelease[]> {
  try {
    const found = byRevision(await driver.query({ name, status: "DEPLOYED" }, options));
    if (found.length > 0) return found;
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind !== "not-found") throw error;
  }
  throw new SkegError("not-found", `${JSON.stringify(name)} has no deployed releases`);
}

/** Returns the newest of {@linkcode deployedReleases}. */
export async function deployedRelease(driver: Driver, name: string, options?: DriverOptions): Promise<StoredRelease> {
  const [newest] = (await deployedReleases(driver, name, options)).slice(-1);
  if (newest === undefined) throw new SkegError("not-found", `${JSON.stringify(name)} has no deployed releases`);
  return newest;
}

/** Options of {@linkcode createRecord}. */
export interface CreateRecordOptions extends DriverOptions {
  /** Revisions to keep, the new one included; 0 or less keeps all. */
  readonly historyMax?: number | undefined;
  /** Called when old revisions could not be removed. */
  readonly warn?: ((text: string) => void) | undefined;
}

/**
 * Writes a new record and returns its version. First removes the oldest revisions when there would
 * be more than `historyMax`. The newest DEPLOYED revision always stays.
 *
 * @throws SkegError of kind `exists` when the revision exists.
 */
export async function createRecord(
  driver: Driver,
  release: Release,
  options: CreateRecordOptions = {},
): Promise<RecordVersion> {
  if ((options.historyMax ?? 0) > 0) await prune(driver, release.name, (options.historyMax ?? 0) - 1, options);
  return await driver.create(release, options);
}

/** Removes the oldest revisions until `keep` are left. A failure here must not stop an operation. */
async function prune(driver: Driver, name: string, keep: number, options: CreateRecordOptions): Promise<void> {
  let heads: readonly RecordHead[];
  try {
    heads = await revisionHeads(driver, name, options);
  } catch {
    return; // usually because this is the first revision
  }
  if (heads.length <= keep) return;
  const deployed = heads.find(({ status }) => status === "DEPLOYED");
  if (deployed === undefined) {
    // Helm 2: nothing is pruned while nothing is deployed.
    options.warn?.(`no revision of release ${JSON.stringify(name)} is DEPLOYED: its history is not shortened`);
    return;
  }
  const spare = heads.filter((head) => head !== deployed).reverse();
  for (const { key } of spare.slice(0, heads.length - keep)) {
    try {
      await driver.delete(key, options);
    } catch (error) {
      options.warn?.(`cannot remove record ${JSON.stringify(key)}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

function byRevision(releases: readonly StoredRelease[]): StoredRelease[] {
  return releases.toSorted((a, b) => a.revision - b.revision);
}
