/**
 * Finds the other releases that own given objects.
 *
 * All DEPLOYED revisions must be searched. Thousands of manifests take seconds to parse and much memory to
 * keep, so one search covers several objects, and only documents that contain one of their names are parsed.
 */
import { KubeError } from "../../errors.ts";
import type { Release } from "../model/mod.ts";
import { scanDeployed } from "../../storage/mod.ts";
import { KubeManifest, namedObjects, type ResourceInfo } from "../kube/mod.ts";
import { recordOptions } from "./_calls.ts";
import { Claims } from "./_claims.ts";
import type { Environment } from "./environment.ts";
import { keyOf } from "./object_names.ts";
import { messageOf } from "../base/mod.ts";

/** Up to so many names, a manifest is searched for each one; for more, its words are looked up in a set. */
const NAMES_MAX = 16;

/** Returns, by {@linkcode keyOf}, the other release that owns each object; leaves out objects without such an owner. */
export type FindOwners = (infos: readonly ResourceInfo[]) => Promise<ReadonlyMap<string, string>>;

/**
 * Returns a function that finds the owners of objects among all releases except `name`. Answers are cached.
 *
 * A user who may not read other releases' records can still change and delete the release, as in Helm 2; a
 * warning says so.
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
      const text = "cannot read the records of other releases, so objects that they own, too, are not protected: " +
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

/** Returns a function that finds which of `infos` a release names, and returns their keys. */
export function finderOf(infos: readonly ResourceInfo[]): (release: Release) => string[] {
  const names = new Set(infos.map(({ name }) => name).filter((name) => name !== ""));
  const holds = (text: string): boolean => {
    if (names.size <= NAMES_MAX) return [...names].some((name) => text.includes(name));
    for (const [word] of text.matchAll(/[\w.:-]+/g)) if (names.has(word)) return true;
    return false;
  };
  return (release) => {
    if (!holds(release.manifest)) return [];
    const documents = new KubeManifest(release.manifest).documents.filter(({ text }) => holds(text));
    const claims = new Claims(release, { objects: namedObjects(documents.map(({ entry }) => entry)) });
    return infos.filter((info) => claims.has(info)).map(keyOf);
  };
}
