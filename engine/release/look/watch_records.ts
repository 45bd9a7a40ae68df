/**
 * Changes of records, as they happen: only metadata is read.
 *
 * @module
 */
import { type ApiResource, type FollowedList, followMetadata, sleep } from "../../kube/mod.ts";
import type { KubeObject } from "../../model/mod.ts";
import { readKey, recordHeads } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

/** Changes since the time before. */
export interface RecordChanges {
  /** Releases of which a record was created, written or deleted. */
  readonly releases: ReadonlySet<string>;
  /** Why changes come late or not at all; empty when they are watched. */
  readonly problem: string;
}

/** Records that cannot be watched are listed this often. */
const POLL_MS = 5000;

/**
 * Yields changes of records until the signal fires, or the server refuses. Records in a cluster are watched; others are listed
 * every five seconds.
 */
export async function* watchRecords(env: Environment): AsyncGenerator<RecordChanges> {
  let known: ReadonlyMap<string, string> | undefined;
  for await (const { versions, problem } of recordVersions(env)) {
    const releases = known === undefined ? new Set<string>() : changedReleases(known, versions);
    const isFirst = known === undefined;
    known = versions;
    if (releases.size > 0 || problem !== "" && isFirst) yield { releases, problem };
  }
}

interface Versions {
  /** By key of the record. */
  readonly versions: ReadonlyMap<string, string>;
  readonly problem: string;
}

async function* recordVersions(env: Environment): AsyncGenerator<Versions> {
  const { place } = env.driver;
  if (place === undefined) return yield* polledVersions(env);
  const isSecret = place.storage === "secret";
  const resource: ApiResource = {
    group: "",
    version: "v1",
    kind: isSecret ? "Secret" : "ConfigMap",
    plural: isSecret ? "secrets" : "configmaps",
    namespaced: true,
  };
  const followed = followMetadata(env.kube.cluster.transport, {
    resource,
    namespace: place.namespace,
    labelSelector: "OWNER=TILLER",
    signal: env.signal,
  });
  for await (const list of followed) yield { versions: versionsOf(list), problem: list.problem };
}

function versionsOf({ objects }: FollowedList): Map<string, string> {
  return new Map([...objects.values()].map(({ metadata }: KubeObject) => [
    metadata?.name ?? "",
    metadata?.resourceVersion ?? "",
  ]));
}

async function* polledVersions(env: Environment): AsyncGenerator<Versions> {
  while (env.signal?.aborted !== true) {
    const heads = await recordHeads(env.driver, {}, { ...recordOptions(env), withVersion: true });
    const versions = new Map(heads.map(({ key, version, status }) => [key, version ?? status]));
    yield { versions, problem: `records are listed every ${POLL_MS / 1000} seconds` };
    await sleep(POLL_MS, env.signal);
  }
}

function changedReleases(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Set<string> {
  const changed = new Set<string>();
  const add = (key: string): void => void changed.add(readKey(key)?.name ?? key);
  for (const [key, version] of after) if (before.get(key) !== version) add(key);
  for (const key of before.keys()) if (!after.has(key)) add(key);
  return changed;
}
