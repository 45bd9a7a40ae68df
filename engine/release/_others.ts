/**
 * Which objects other releases have.
 *
 * All of their DEPLOYED revisions have to be looked at. Thousands of manifests
 * take seconds to parse and much memory to keep, so it is asked about several
 * objects at once, and only documents are parsed that hold one of their names.
 */
import { KubeError } from "../../errors.ts";
import type { Release } from "../model/mod.ts";
import { scanDeployed } from "../../storage/mod.ts";
import { cutDocuments, type ResourceInfo } from "../kube/mod.ts";
import { messageOf, recordOptions } from "./_calls.ts";
import { Claims } from "./_claims.ts";
import type { Environment } from "./environment.ts";
import { keyOf } from "./object_names.ts";

/** Names that are looked for one by one; of more, the words of a manifest are looked up. */
const NAMES_MAX = 16;

/** Returns, by {@linkcode keyOf}, the other release that has each object; objects that none has are left out. */
export type FindOwners = (infos: readonly ResourceInfo[]) => Promise<ReadonlyMap<string, string>>;

/**
 * Returns what finds the owners of objects among all releases but `name`. What
 * was asked before is remembered.
 *
 * Without the right to read their records a release can still be changed and
 * deleted, as with Helm 2; a warning says so.
 */
export function ownersBeside(env: Environment, name: string): FindOwners {
  const owners = new Map<string, string>();
  const asked = new Map<string, Promise<void>>();
  const look = async (infos: readonly ResourceInfo[]): Promise<void> => {
    const finder = finderOf(infos);
    try {
      await scanDeployed(env.driver, (release) => {
        if (release.name === name) return;
        for (const key of finder(release)) if (!owners.has(key)) owners.set(key, release.name);
      }, recordOptions(env));
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 403) throw error;
      const text = "records of other releases may not be read, so objects that they have, too, are not left alone: " +
        messageOf(error);
      env.report({ type: "warning", text });
    }
  };
  return async (infos) => {
    const fresh = infos.filter((info) => !asked.has(keyOf(info)));
    if (fresh.length > 0) {
      const looking = look(fresh);
      for (const info of fresh) asked.set(keyOf(info), looking);
    }
    await Promise.all(infos.map((info) => asked.get(keyOf(info))));
    return owners;
  };
}

/** Returns what finds those of `infos`, by their keys, that a release names. */
function finderOf(infos: readonly ResourceInfo[]): (release: Release) => string[] {
  const names = new Set(infos.map(({ name }) => name).filter((name) => name !== ""));
  const holds = (text: string): boolean => {
    if (names.size <= NAMES_MAX) return [...names].some((name) => text.includes(name));
    for (const [word] of text.matchAll(/[\w.:-]+/g)) if (names.has(word)) return true;
    return false;
  };
  return (release) => {
    if (!holds(release.manifest)) return [];
    const documents = cutDocuments(release.manifest).documents.filter(holds);
    const claims = new Claims(release, { documents });
    return infos.filter((info) => claims.has(info)).map(keyOf);
  };
}
