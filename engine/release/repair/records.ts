/**
 * Reads the records of a release as whole objects.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { type RawRecords, readKey, recordHeads, type RecordObject } from "../../../storage/mod.ts";
import { messageOf, recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import type { ReleaseRecords, StoredRecord } from "./repair.ts";

/**
 * Returns the driver's access to whole objects.
 *
 * @throws SkegError of kind `usage` when records are not objects of a cluster.
 */
export function rawRecords({ driver }: Environment): RawRecords {
  if (driver.raw !== undefined) return driver.raw;
  throw new SkegError(
    "usage",
    `records in ${driver.name} storage cannot be repaired: they are not objects of a cluster`,
    {
      hint: "Use --storage configmap or --storage secret.",
    },
  );
}

/**
 * Reads all records of a release, oldest first.
 *
 * @throws SkegError of kind `not-found`: `release: "web" not found`.
 */
export async function readRecords(env: Environment, name: string): Promise<ReleaseRecords> {
  const raw = rawRecords(env);
  const records: StoredRecord[] = [];
  for (const object of await raw.list({ name }, recordOptions(env))) {
    const key = readKey(object.metadata?.name ?? "");
    if (key !== undefined) records.push(await decoded(raw, object, key.revision));
  }
  if (records.length === 0) {
    throw new SkegError("not-found", `release: ${JSON.stringify(name)} not found`, { missing: name });
  }
  return { name, records: records.sort((a, b) => a.revision - b.revision) };
}

async function decoded(raw: RawRecords, object: RecordObject, revision: number): Promise<StoredRecord> {
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
