/**
 * Prevents two sets of records under one name. A release that Tiller recorded in Secrets and a second one of
 * the same name in ConfigMaps would claim the same objects, and deleting one would delete the objects of the
 * other.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release } from "../model/mod.ts";
import { type ClusterPlace, deployedReleases, driverAt, otherStorage, recordsElsewhere } from "../../storage/mod.ts";
import { KubeManifest } from "../kube/mod.ts";
import { recordOptions } from "./_calls.ts";
import { kindInWords, placeInWords } from "./_elsewhere_words.ts";
import { prepareDeletion } from "./deletion.ts";
import type { Environment } from "./environment.ts";
import { objectOf } from "./manifest_union.ts";

/**
 * Checks that the other kind of object holds no record of `name` in the same namespace; passes if it may not
 * be listed.
 *
 * @throws SkegError of kind `exists`, with the place in `elsewhere`.
 */
export async function checkNameIsFree(env: Environment, name: string): Promise<void> {
  const { place } = env.driver;
  if (place === undefined) return;
  const records = await recordsElsewhere(place, { name, ...recordOptions(env) });
  if (records.length === 0) return;
  const other = { storage: otherStorage(place.storage), namespace: place.namespace };
  throw new SkegError(
    "exists",
    `a release named ${name} already exists: its records are ${placeInWords(other)}, not ${kindInWords(place)}`,
    {
      details: `Nothing was changed. Use --storage ${other.storage} to work with that release.`,
      elsewhere: { records, tillers: [] },
    },
  );
}

/**
 * For a release that is about to be deleted and has no DEPLOYED revision: returns the DEPLOYED revisions of
 * the same name in other places that name the same objects. The objects probably belong to those. Reports a
 * warning for each place.
 *
 * @param history All revisions, oldest first.
 */
export async function deployedElsewhere(env: Environment, history: readonly Release[]): Promise<readonly Release[]> {
  const { place } = env.driver;
  const last = history.at(-1);
  const mayOwn = history.some(({ info }) => info.status.code === "DEPLOYED") || last?.info.status.code === "DELETED";
  if (place === undefined || last === undefined || mayOwn) return [];
  const { name } = last;
  const namespaces = [env.kube.cluster.namespace];
  const records = await recordsElsewhere(place, { name, everywhere: true, namespaces, ...recordOptions(env) });
  const claimed = new Set(history.flatMap(objectsOf));
  const found: Release[] = [];
  for (const record of records.filter(({ labelled }) => labelled)) {
    const deployed = await deployedAt({ ...place, ...record }, name, env);
    const rivals = deployed.filter((release) => objectsOf(release).some((object) => claimed.has(object)));
    if (rivals.length === 0) continue;
    found.push(...rivals);
    env.report({
      type: "warning",
      text: `release ${JSON.stringify(name)} is also recorded as ${placeInWords(record)}, where it is DEPLOYED: ` +
        "the objects of that release are left alone",
    });
  }
  return found;
}

function objectsOf(release: Release): string[] {
  const { documents, keep } = prepareDeletion(new KubeManifest(release.manifest));
  return [...documents, ...keep].map((document) => objectOf(release.namespace, document));
}

async function deployedAt(place: ClusterPlace, name: string, env: Environment): Promise<Release[]> {
  try {
    return await deployedReleases(driverAt(place), name, recordOptions(env));
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return [];
    throw error;
  }
}
