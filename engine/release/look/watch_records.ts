/**
 * Changes of records, as they happen: only metadata is read.
 *
 * @module
 */
import { type ApiResource, type FollowedList, followMetadata, sleep } from "../../kube/mod.ts";
import { headOfMetadata, type RecordHead, recordHeads } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

/** Changes since the time before. */
export interface RecordChanges {
  /** Releases of which a record was created, written or deleted. */
  readonly releases: ReadonlySet<string>;
  /** Why changes come late or not at all; empty when they are watched. */
  readonly problem: string;
}

/** The heads of all records after a change. */
export interface FollowedHeads extends RecordChanges {
  /** With their versions; `undefined` while they could not be read. */
  readonly heads: readonly RecordHead[] | undefined;
}

/** Records that cannot be watched are listed this often. */
const POLL_MS = 5000;

/**
 * Yields changes of records until the signal fires, or the server refuses. Records in a cluster are watched; others are listed
 * every five seconds.
 */
export async function* watchRecords(env: Environment): AsyncGenerator<RecordChanges> {
  let isFirst = true;
  for await (const { releases, problem } of followRecords(env)) {
    if (releases.size > 0 || problem !== "" && isFirst) yield { releases, problem };
    isFirst = false;
  }
}

/** Yields the heads of all records at once, and after every change; otherwise like {@linkcode watchRecords}. */
export async function* followRecords(env: Environment): AsyncGenerator<FollowedHeads> {
  let known: ReadonlyMap<string, RecordHead> | undefined;
  for await (const { heads, problem } of recordStates(env)) {
    const byKey = heads === undefined ? undefined : new Map(heads.map((head) => [head.key, head]));
    const releases = known === undefined || byKey === undefined ? new Set<string>() : changedReleases(known, byKey);
    known = byKey ?? known;
    yield { heads, releases, problem };
  }
}

type RecordState = Pick<FollowedHeads, "heads" | "problem">;

async function* recordStates(env: Environment): AsyncGenerator<RecordState> {
  const { place } = env.driver;
  if (place === undefined) return yield* polledStates(env);
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
  for await (const list of followed) yield { heads: headsOf(list), problem: list.problem };
}

function headsOf({ objects, isRead }: FollowedList): readonly RecordHead[] | undefined {
  if (!isRead) return undefined;
  return [...objects.values()].flatMap(({ metadata = {} }) => headOfMetadata(metadata) ?? []);
}

async function* polledStates(env: Environment): AsyncGenerator<RecordState> {
  while (env.signal?.aborted !== true) {
    const heads = await recordHeads(env.driver, {}, { ...recordOptions(env), withVersion: true });
    yield { heads, problem: `records are listed every ${POLL_MS / 1000} seconds` };
    await sleep(POLL_MS, env.signal);
  }
}

/** Returns the releases that differ. A record of a storage without versions has changed when its status has. */
function changedReleases(
  before: ReadonlyMap<string, RecordHead>,
  after: ReadonlyMap<string, RecordHead>,
): Set<string> {
  const changed = new Set<string>();
  const state = (head: RecordHead | undefined): string | undefined => head?.version ?? head?.status;
  for (const head of after.values()) if (state(before.get(head.key)) !== state(head)) changed.add(head.name);
  for (const { key, name } of before.values()) if (!after.has(key)) changed.add(name);
  return changed;
}
