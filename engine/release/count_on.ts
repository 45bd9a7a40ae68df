/**
 * Revision numbers after records that were set aside: their objects keep their names, so their numbers stay taken.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { QUARANTINE, recordHeads } from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";

/**
 * Runs an operation that makes a revision. If the record of its number exists because it is in quarantine, runs it once more
 * with numbers above the highest in quarantine.
 *
 * @param run Called with the number that the new revision must be above; 0 at first. Nothing may be changed before it creates
 * its record.
 */
export async function countOn<T>(env: Environment, name: string, run: (above: number) => Promise<T>): Promise<T> {
  try {
    return await run(0);
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind !== "exists") throw error;
    const heads = await recordHeads(env.driver, {}, { ...recordOptions(env), anyOwner: true });
    const taken = heads.filter((head) => head.name === name && head.labels?.OWNER === QUARANTINE);
    if (taken.length === 0) throw error;
    return await run(Math.max(...taken.map(({ revision }) => revision)));
  }
}
