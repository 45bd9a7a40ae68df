/**
 * Facts of a cluster that the migrations of several releases share; each is read once.
 *
 * @module
 */
import { KubeError, type RecordPlace, SkegError } from "../../../errors.ts";
import type { KubeObject, Release } from "../../model/mod.ts";
import { call, isNotFound } from "../../kube/mod.ts";
import { type ClusterPlace, driverAt, readKey, scanDeployed } from "../../../storage/mod.ts";
import { callOptions, recordOptions } from "../_calls.ts";
import { objectCallOf } from "../_object_call.ts";
import { finderOf, type FindOwners } from "../_others.ts";
import { listMetadata } from "../doctor/list_metadata.ts";
import type { Environment } from "../environment.ts";
import { messageOf } from "../../base/mod.ts";

/** State of a namespace; `unknown`: the user may not read it. */
export type NamespaceState = "there" | "gone" | "ending" | "unknown";

/** Facts that the migrations of several releases share. */
export interface SharedFacts {
  namespace(name: string): Promise<NamespaceState>;
  /** Returns a function that finds other releases of this storage that name the same objects. */
  ownersBeside(release: string): FindOwners;
  /** Returns the other places of the cluster that have records of a release of this name. */
  elsewhere(release: string): Promise<readonly RecordPlace[]>;
  /** Returns the newest revision of a release in another place; `undefined` when it cannot be read. */
  newestAt(place: RecordPlace, release: string): Promise<Release | undefined>;
}

/** Reads shared facts. `only` names the release when there is only one: then less is read. */
export function sharedFacts(env: Environment, only?: string): SharedFacts {
  const namespaces = new Map<string, Promise<NamespaceState>>();
  let deployed: Promise<readonly Release[]> | undefined;
  let places: Promise<ReadonlyMap<string, readonly RecordPlace[]>> | undefined;
  return {
    namespace(name) {
      const known = namespaces.get(name) ?? namespaceState(env, name);
      namespaces.set(name, known);
      return known;
    },
    ownersBeside: (release) => async (infos) => {
      const owners = new Map<string, string>();
      const find = finderOf(infos);
      for (const other of await (deployed ??= deployedReleases(env))) {
        if (other.name === release) continue;
        for (const key of find(other)) if (!owners.has(key)) owners.set(key, other.name);
      }
      return owners;
    },
    elsewhere: async (release) => (await (places ??= otherPlaces(env, only))).get(release) ?? [],
    newestAt: (place, release) => newestAt(env, place, release),
  };
}

async function namespaceState(env: Environment, name: string): Promise<NamespaceState> {
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
    const { signal } = callOptions(env);
    const { metadata } = await call(env.kube.cluster.transport, { method: "GET", path, signal }) as KubeObject;
    return metadata?.deletionTimestamp === undefined ? "there" : "ending";
  } catch (error) {
    if (isNotFound(error)) return "gone";
    if (error instanceof KubeError && (error.status === 401 || error.status === 403)) return "unknown";
    throw error;
  }
}

/** Returns the DEPLOYED revisions of all releases, without their charts. */
async function deployedReleases(env: Environment): Promise<readonly Release[]> {
  const found: Release[] = [];
  try {
    await scanDeployed(env.driver, ({ name, namespace, revision, info, manifest }) => {
      found.push({ name, namespace, revision, info, manifest, hooks: [] });
    }, recordOptions(env));
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    env.report({
      type: "warning",
      text: `cannot read the records of other releases, so objects that they name, too, are adopted: ${
        messageOf(error)
      }`,
    });
  }
  return found;
}

/** Finds records of Helm 2 in other namespaces and in the other kind of object; by release, one for each place. */
async function otherPlaces(env: Environment, only?: string): Promise<ReadonlyMap<string, readonly RecordPlace[]>> {
  const found = new Map<string, RecordPlace[]>();
  const selector = encodeURIComponent(only === undefined ? "OWNER=TILLER" : `NAME=${only},OWNER=TILLER`);
  const own = env.driver.place;
  for (const storage of ["configmap", "secret"] as const) {
    try {
      await listMetadata(env, `/api/v1/${storage}s?labelSelector=${selector}`, ({ name: key = "", namespace = "" }) => {
        const name = readKey(key)?.name;
        if (name === undefined || (storage === own?.storage && namespace === own.namespace)) return;
        const places = found.get(name) ?? [];
        if (places.some((place) => place.storage === storage && place.namespace === namespace)) return;
        found.set(name, [...places, { storage, namespace, key, labelled: true }]);
      });
    } catch (error) {
      if (!(error instanceof KubeError) || ![401, 403].includes(error.status)) throw error;
      const what = storage === "configmap" ? "ConfigMaps" : "Secrets";
      env.report({
        type: "note",
        text:
          `${what} of other namespaces cannot be listed, so a release of the same name in another storage is not seen`,
        isDetail: true,
      });
    }
  }
  return found;
}

async function newestAt(
  env: Environment,
  { storage, namespace }: RecordPlace,
  name: string,
): Promise<Release | undefined> {
  const place: ClusterPlace = { storage, namespace, call: objectCallOf(env) };
  try {
    const found = await driverAt(place).query({ name }, recordOptions(env));
    return found.toSorted((a, b) => a.revision - b.revision).at(-1);
  } catch (error) {
    if (error instanceof SkegError && error.kind !== "aborted") return undefined;
    throw error;
  }
}
