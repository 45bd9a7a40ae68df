/**
 * All revisions of a release, whole, with the sizes of their records.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Release } from "../../model/mod.ts";
import type { RawRecords } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { history } from "../history.ts";
import { checkExistingName } from "../names.ts";

/** Options of {@linkcode wholeRevisions}. */
export interface WholeRevisionsOptions {
  /** The release. */
  readonly name: string;
  /** The most revisions, the newest first; default: all. */
  readonly max?: number | undefined;
}

/** A revision, and its record. */
export interface WholeRevision {
  /** As recorded. */
  readonly release: Release;
  /** Size of the record's content as it is stored; absent for storages that keep no text. */
  readonly sizeBytes?: number | undefined;
  /** Changes with every write of the record; absent for storages that have none. */
  readonly version?: string | undefined;
}

/**
 * Returns the revisions of a release, newest first. Records that cannot be decoded are left out.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function wholeRevisions(env: Environment, { name, max }: WholeRevisionsOptions): Promise<WholeRevision[]> {
  checkExistingName(name);
  const { raw } = env.driver;
  const objects = await raw?.list({ name }, recordOptions(env)) ?? [];
  // Without records here, the error is that of a history, which also says where else they are.
  if (raw === undefined || objects.length === 0) {
    return (await history(env, { name, max })).map((release) => ({ release }));
  }
  const found = await Promise.all(objects.map((object) => decoded(raw, object)));
  return found.filter((each) => each !== undefined)
    .sort((a, b) => b.release.revision - a.release.revision).slice(0, max ?? Infinity);
}

async function decoded(
  raw: RawRecords,
  object: Awaited<ReturnType<RawRecords["list"]>>[number],
): Promise<WholeRevision | undefined> {
  try {
    const release = await raw.decode(object);
    return { release, sizeBytes: object.data?.release?.length, version: object.metadata?.resourceVersion };
  } catch (error) {
    if (error instanceof SkegError && error.kind === "record") return undefined;
    throw error;
  }
}
