/** Finds the other releases whose DEPLOYED revisions name given objects. */
import type { Release } from "../../model/mod.ts";
import { isSameKind, KubeManifest, type NamedObject, namedObjects, type ResourceInfo } from "../../kube/mod.ts";
import { scanDeployed } from "../../../storage/mod.ts";
import { messageOf, recordOptions } from "../_calls.ts";
import { keyOf } from "../object_names.ts";
import { ownersBeside } from "../_others.ts";
import { isRefused } from "./_refused.ts";
import type { Examination } from "./examination.ts";

/** One object in a DEPLOYED revision. */
interface Claim {
  readonly release: string;
  readonly namespace: string;
  readonly object: NamedObject;
}

/** By kind and name. */
type ClaimIndex = ReadonlyMap<string, readonly Claim[]>;

const indexes = new WeakMap<Examination, Promise<ClaimIndex>>();

/**
 * Returns, by key, the other release whose DEPLOYED revision names an object.
 *
 * In an examination of many releases, the DEPLOYED manifests are scanned once, and only if some check asks.
 */
export async function otherOwners(
  examination: Examination,
  name: string,
  infos: readonly ResourceInfo[],
): Promise<ReadonlyMap<string, string>> {
  if (infos.length === 0) return new Map();
  if (examination.options.release !== undefined) return await ownersBeside(examination.env, name)(infos);
  const index = indexes.get(examination) ?? readIndex(examination);
  indexes.set(examination, index);
  const claims = await index;
  return new Map(infos.flatMap((info): [string, string][] => {
    const claim = claims.get(`${info.resource.kind}/${info.name}`)?.find((one) =>
      one.release !== name && isFor(one, info)
    );
    return claim === undefined ? [] : [[keyOf(info), claim.release]];
  }));
}

function isFor({ object, namespace }: Claim, info: ResourceInfo): boolean {
  return isSameKind(object.group, info.resource.group) &&
    (!info.resource.namespaced || (object.namespace || namespace) === info.namespace);
}

async function readIndex({ env, stores, noteUnseen }: Examination): Promise<ClaimIndex> {
  const index = new Map<string, Claim[]>();
  const add = (release: Release): void => {
    for (const object of namedObjects(new KubeManifest(release.manifest).entries())) {
      const key = `${object.kind}/${object.name}`;
      const claim = { release: release.name, namespace: release.namespace, object };
      const known = index.get(key);
      if (known === undefined) index.set(key, [claim]);
      else known.push(claim);
    }
  };
  for (const { driver, storage, namespace } of stores) {
    try {
      await scanDeployed(driver, add, recordOptions(env));
    } catch (error) {
      if (!isRefused(error)) throw error;
      noteUnseen(`DEPLOYED revisions in ${storage}s of namespace ${namespace}`, messageOf(error));
    }
  }
  return index;
}
