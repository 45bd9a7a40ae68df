/** Finds the other releases whose DEPLOYED revisions name given objects, in all places of records that are examined. */
import type { Release } from "../../model/mod.ts";
import { isSameKind, KubeManifest, type NamedObject, namedObjects, type ResourceInfo } from "../../kube/mod.ts";
import { scanDeployed } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import { keyOf } from "../object_names.ts";
import { finderOf } from "../_others.ts";
import { isRefused } from "./_refused.ts";
import type { Examination, ExaminedRelease } from "./examination.ts";
import type { RecordStore } from "./inventory.ts";
import { messageOf } from "../../base/mod.ts";

/** The release that is asked about: another one is one of another name, or of another place. */
type Subject = Pick<ExaminedRelease, "name" | "store">;

/** One object in a DEPLOYED revision. */
interface Claim {
  readonly release: string;
  readonly store: RecordStore;
  readonly namespace: string;
  readonly object: NamedObject;
}

/** By kind and name. */
type ClaimIndex = ReadonlyMap<string, readonly Claim[]>;

const indexes = new WeakMap<Examination, Promise<ClaimIndex>>();

/**
 * Returns, by key, the other release whose DEPLOYED revision names an object. A release of the same name in another place of
 * records counts, too; one of another name is preferred.
 *
 * In an examination of many releases, the DEPLOYED manifests are scanned once, and only if some check asks. For one release,
 * only documents that hold one of the names are decoded.
 */
export async function otherOwners(
  examination: Examination,
  subject: Subject,
  infos: readonly ResourceInfo[],
): Promise<ReadonlyMap<string, string>> {
  if (infos.length === 0) return new Map();
  if (examination.options.release !== undefined) return await searchOwners(examination, subject, infos);
  const index = indexes.get(examination) ?? readIndex(examination);
  indexes.set(examination, index);
  const claims = await index;
  return new Map(infos.flatMap((info): [string, string][] => {
    const found = claims.get(`${info.resource.kind}/${info.name}`)?.filter((one) =>
      !isOwn(subject, one.release, one.store) && isFor(one, info)
    ) ?? [];
    const claim = found.find(({ release }) =>
      release !== subject.name
    ) ?? found[0];
    return claim === undefined ? [] : [[keyOf(info), claim.release]];
  }));
}

function isOwn({ name, store }: Subject, release: string, place: RecordStore): boolean {
  return release === name && place === store;
}

function isFor({ object, namespace }: Claim, info: ResourceInfo): boolean {
  return isSameKind(object.group, info.resource.group) &&
    (!info.resource.namespaced || (object.namespace || namespace) === info.namespace);
}

async function searchOwners(
  examination: Examination,
  subject: Subject,
  infos: readonly ResourceInfo[],
): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  const find = finderOf(infos);
  await scanAll(examination, (release, store) => {
    if (isOwn(subject, release.name, store)) return;
    for (const key of find(release)) {
      const known = owners.get(key);
      if (known === undefined || known === subject.name) owners.set(key, release.name);
    }
  });
  return owners;
}

async function readIndex(examination: Examination): Promise<ClaimIndex> {
  const index = new Map<string, Claim[]>();
  await scanAll(examination, (release, store) => {
    for (const object of namedObjects(new KubeManifest(release.manifest).entries())) {
      const key = `${object.kind}/${object.name}`;
      const claim = { release: release.name, store, namespace: release.namespace, object };
      const known = index.get(key);
      if (known === undefined) index.set(key, [claim]);
      else known.push(claim);
    }
  });
  return index;
}

/** Reads the DEPLOYED revisions of each place; notes the places that may not be read. */
async function scanAll(
  { env, stores, noteUnseen }: Examination,
  visit: (release: Release, store: RecordStore) => void,
): Promise<void> {
  for (const store of stores) {
    const { driver, storage, namespace } = store;
    try {
      await scanDeployed(driver, (release) => visit(release, store), recordOptions(env));
    } catch (error) {
      if (!isRefused(error)) throw error;
      noteUnseen(`DEPLOYED revisions in ${storage}s of namespace ${namespace}`, messageOf(error));
    }
  }
}
