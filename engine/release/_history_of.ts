/**
 * The records of a release that may not exist.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { releaseHistory, type StoredRelease } from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";

/** Returns the records of a release, oldest first; none if there is no release. */
export async function historyOf(env: Environment, name: string): Promise<StoredRelease[]> {
  try {
    return await releaseHistory(env.driver, name, recordOptions(env));
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return [];
    throw error;
  }
}
