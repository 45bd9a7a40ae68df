/**
 * Revisions of a release, whole, with the sizes of their records.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { inPool } from "../../base/mod.ts";
import type { Release } from "../../model/mod.ts";
import { type RawRecords, recordHeads, type RecordObject } from "../../../storage/mod.ts";
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

/** Records that are read at the same time. */
const READS_MAX = 16;

/** Revisions of a release. */
export interface WholeRevisions {
  /** Newest first. Those that cannot be decoded are left out. */
  readonly revisions: readonly WholeRevision[];
  /** Number of records of the release. */
  readonly records: number;
}

/**
 * Returns the revisions of a release. Reads heads, and then the records of the newest ones.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function wholeRevisions(env: Environment, { name, max }: WholeRevisionsOptions): Promise<WholeRevisions> {
  checkExistingName(name);
  const { raw } = env.driver;
  const heads = await recordHeads(env.driver, { name }, recordOptions(env));
  // Without records here, the error is that of a history, which also says where else they are.
  if (raw === undefined || heads.length === 0) {
    const found = await history(env, { name, max });
    return { revisions: found.map((release) => ({ release })), records: Math.max(heads.length, found.length) };
  }
  const newest = heads.toSorted((a, b) => b.revision - a.revision).slice(0, max ?? Infinity);
  const found: (WholeRevision | undefined)[] = [];
  await inPool(newest, READS_MAX, async ({ key }, at) => {
    const object = await raw.get(key, recordOptions(env));
    found[at] = object && await decoded(raw, object);
  });
  return { revisions: found.filter((each) => each !== undefined), records: heads.length };
}

async function decoded(raw: RawRecords, object: RecordObject): Promise<WholeRevision | undefined> {
  try {
    const release = await raw.decode(object);
    return { release, sizeBytes: object.data?.release?.length, version: object.metadata?.resourceVersion };
  } catch (error) {
    if (error instanceof SkegError && error.kind === "record") return undefined;
    throw error;
  }
}
