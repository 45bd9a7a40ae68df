/**
 * Which releases a migration is about.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { releaseNames } from "../repair/records.ts";
import { listMetadata } from "../doctor/list_metadata.ts";
import { readKey, recordHeads } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import { checkExistingName } from "../names.ts";
import type { Environment } from "../environment.ts";
import type { MigrateOptions } from "./migrate_types.ts";
import { rowSelector } from "./row_selector.ts";

/** Returns the names of the releases that a migration is about, sorted. */
export async function migrationNames(env: Environment, options: MigrateOptions): Promise<string[]> {
  const { releases = [], all = false, approved } = options;
  if (approved !== undefined) {
    if (all || releases.length > 0) throw new SkegError("usage", "a plan names its releases: give no others");
    return approved.releases.filter(({ blockers, skipped }) => blockers.length === 0 && skipped === undefined)
      .map(({ release }) => release);
  }
  if (all === releases.length > 0) throw new SkegError("usage", "name releases, or all of them, to migrate");
  for (const name of releases) checkExistingName(name);
  return all ? await selectedNames(env, options.selector) : [...new Set(releases)].sort();
}

/** Throws if one of several names has no records: a name that is mistyped should not leave a part of the work done. */
export async function refuseUnknown(env: Environment, names: readonly string[]): Promise<void> {
  if (names.length < 2) return;
  for (const name of names) {
    if ((await recordHeads(env.driver, { name }, recordOptions(env))).length > 0) continue;
    throw new SkegError("not-found", `release: ${JSON.stringify(name)} not found; nothing was written`, {
      missing: name,
    });
  }
}

/** Returns the names of all releases that have a record whose labels fit a selector. */
async function selectedNames(env: Environment, selector = ""): Promise<string[]> {
  if (selector === "") return await releaseNames(env);
  const { place } = env.driver;
  const found = new Set<string>();
  if (place === undefined) {
    const isWanted = rowSelector(selector);
    for (const head of await recordHeads(env.driver, {}, recordOptions(env))) if (isWanted(head)) found.add(head.name);
    return [...found].sort();
  }
  const path = `/api/v1/namespaces/${encodeURIComponent(place.namespace)}/${place.storage}s?labelSelector=` +
    encodeURIComponent(`OWNER=TILLER,${selector}`);
  await listMetadata(env, path, ({ name = "" }) => {
    const key = readKey(name);
    if (key !== undefined) found.add(key.name);
  });
  return [...found].sort();
}
