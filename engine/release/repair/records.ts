/**
 * Reads the records of a release as whole objects.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { type RawRecords, readKey, recordHeads, type RecordObject } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import type { ReleaseRecords, StoredRecord } from "./repair.ts";
import { messageOf } from "../../base/mod.ts";

/**
 * Returns the driver's access to whole objects.
 *
 * @throws SkegError of kind `usage` when the driver keeps no objects or rows.
 */
export function rawRecords({ driver }: Environment): RawRecords {
  if (driver.raw !== undefined) return driver.raw;
  throw new SkegError(
    "usage",
    `records in ${driver.name} storage cannot be repaired: they end with this process`,
    { hint: "Use --storage configmap, secret or sql." },
  );
}

/** Options of {@linkcode readRecords}. */
export interface ReadRecordsOptions {
  /**
   * If true, also returns objects whose key is that of a record of the release, even if they lack the labels by which records
   * are found. Reads the metadata of all objects of the namespace.
   */
  readonly unlabelled?: boolean | undefined;
}

/**
 * Reads all records of a release, oldest first.
 *
 * @throws SkegError of kind `not-found`: `release: "web" not found`.
 */
export async function readRecords(
  env: Environment,
  name: string,
  options: ReadRecordsOptions = {},
): Promise<ReleaseRecords> {
  const raw = rawRecords(env);
  const records: StoredRecord[] = [];
  for (const object of await readObjects(env, name, options)) {
    const revision = readKey(object.metadata?.name ?? "")?.revision;
    if (revision !== undefined) records.push(await decoded(raw, object, revision));
  }
  if (records.length === 0) {
    throw new SkegError("not-found", `release: ${JSON.stringify(name)} not found`, { missing: name });
  }
  return { name, records: records.sort((a, b) => a.revision - b.revision) };
}

/** Returns the objects of a release that have the key of a record, in storage order; empty when there are none. */
export async function readObjects(
  env: Environment,
  name: string,
  options: ReadRecordsOptions = {},
): Promise<readonly RecordObject[]> {
  const raw = rawRecords(env);
  const objects = [...await raw.list({ name }, recordOptions(env))];
  if (options.unlabelled === true) objects.push(...await unlabelled(env, raw, name, objects));
  return objects.filter(({ metadata }) => readKey(metadata?.name ?? "") !== undefined);
}

/** Returns objects with the key of a record of the release that are not among `known`. */
async function unlabelled(
  env: Environment,
  raw: RawRecords,
  name: string,
  known: readonly RecordObject[],
): Promise<RecordObject[]> {
  const keys = new Set(known.map(({ metadata }) => metadata?.name));
  const heads = await recordHeads(env.driver, {}, { ...recordOptions(env), anyOwner: true });
  const found: RecordObject[] = [];
  for (const { key } of heads) {
    if (readKey(key)?.name !== name || keys.has(key)) continue;
    const object = await raw.get(key, recordOptions(env));
    // Other programs have objects with such names, too; a record has the key `release`.
    if (object?.data?.release !== undefined) found.push(object);
  }
  return found;
}

/** Returns a record with its decoded release, or with the problem of a record that cannot be decoded. */
export async function decoded(raw: RawRecords, object: RecordObject, revision: number): Promise<StoredRecord> {
  const record = { key: object.metadata?.name ?? "", revision, object };
  try {
    return { ...record, release: await raw.decode(object) };
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind !== "record") throw error;
    return { ...record, problem: messageOf(error) };
  }
}

/** Returns the names of all releases of the storage namespace, sorted. */
export async function releaseNames(env: Environment): Promise<string[]> {
  rawRecords(env);
  const heads = await recordHeads(env.driver, {}, recordOptions(env));
  return [...new Set(heads.map(({ name }) => name))].sort();
}
