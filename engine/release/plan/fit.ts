/**
 * Checks that a saved plan still fits: records, cluster and objects are as they were when it was made.
 *
 * @module
 */
import { counted, inPool } from "../../base/mod.ts";
import { sha256 } from "npm:@noble/hashes@2.4.0/sha2.js";
import { SkegError } from "../../../errors.ts";
import type { Release } from "../../model/mod.ts";
import { encodeRelease, type StoredRelease } from "../../../storage/mod.ts";
import { call, type KubeObject } from "../../kube/mod.ts";
import {
  compareManifests,
  contentDigest,
  createMasker,
  createMasking,
  isSecret,
  type Masking,
  NO_RENDERS,
  pathText,
} from "../../kube/explain/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { configOf } from "./compare_revisions.ts";
import { historyOf } from "../_history_of.ts";

/** An object at the time of the plan; null if it did not exist. */
export type BoundObject = { readonly uid: string; readonly content: string } | null;

/** The facts for which a plan was made. */
export interface BoundFacts {
  /** Digests of the release's records, by revision. */
  readonly record: Readonly<Record<string, string>>;
  /** The cluster: UID of its namespace kube-system, empty if it may not be read, and its version. */
  readonly cluster: { readonly uid: string; readonly version: string };
  /** Objects by path. */
  readonly objects: Readonly<Record<string, BoundObject>>;
  /** Digests of the chart and of the user values that were given; absent for a rollback or a deletion. */
  readonly given?: { readonly chart: string; readonly values: string };
}

/** Something that is not as it was when the plan was made. */
export interface Misfit {
  /** Such as `release web` or `Deployment/web`. */
  readonly what: string;
  /** The change since then. */
  readonly text: string;
}

/** Returns the facts of now. */
export async function boundFacts(
  env: Environment,
  name: string,
  live: Readonly<Record<string, KubeObject | null>>,
): Promise<BoundFacts> {
  const history = await historyOf(env, name);
  return {
    record: Object.fromEntries(history.map((release) => [String(release.revision), recordDigest(release)])),
    cluster: await clusterFacts(env),
    objects: Object.fromEntries(Object.entries(live).map(([path, object]) => [path, boundObject(object)])),
  };
}

const boundObject = (object: KubeObject | null): BoundObject =>
  object === null ? null : { uid: object.metadata?.uid ?? "", content: contentDigest(object) };

function recordDigest(release: Release): string {
  return sha256(encodeRelease(release)).toHex();
}

async function clusterFacts(env: Environment): Promise<BoundFacts["cluster"]> {
  const { gitVersion } = await env.kube.version(callOptions(env));
  const object = await liveObject(env, "/api/v1/namespaces/kube-system").catch(() => null);
  return { uid: object?.metadata?.uid ?? "", version: gitVersion };
}

/** Reads an object; null if it does not exist. */
export async function liveObject(env: Environment, path: string): Promise<KubeObject | null> {
  try {
    return await call(env.kube.cluster.transport, { method: "GET", path, signal: env.signal }) as KubeObject;
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return null;
    throw error;
  }
}

/** Reads at the same time. */
const READS_MAX = 16;

/**
 * Returns what does not fit any more, and the number of objects that do.
 *
 * An object fits while its content is the same: controllers update status and versions all day.
 *
 * @param then The live objects when the plan was made.
 * @param planned The release that the plan records: secrets among its values are masked, as those of all revisions are.
 */
export async function findMisfits(
  env: Environment,
  name: string,
  bound: BoundFacts,
  then: Readonly<Record<string, KubeObject | null>>,
  planned?: Release,
): Promise<{ readonly misfits: readonly Misfit[]; readonly history: readonly StoredRelease[]; readonly same: number }> {
  const history = await historyOf(env, name);
  const cluster = await clusterFacts(env);
  const misfits: Misfit[] = [...recordMisfits(name, bound, history)];
  if (bound.cluster.uid !== cluster.uid) {
    misfits.push({ what: "cluster", text: "the plan was made for another cluster" });
  } else if (bound.cluster.version !== cluster.version) {
    misfits.push({ what: "cluster", text: `version ${bound.cluster.version} -> ${cluster.version}` });
  }
  const paths = Object.keys(bound.objects);
  const found: (KubeObject | null)[] = [];
  await inPool(paths, READS_MAX, async (path, at) => void (found[at] = await liveObject(env, path)));
  const known = [...Object.values(then), ...found].filter((object) => object !== null);
  const values = [...history, planned].map(configOf);
  const masking = createMasking(known, values, createMasker(crypto.getRandomValues(new Uint8Array(32))));
  const moved = paths.map((path, at) =>
    objectMisfit(path, {
      bound: bound.objects[path] ?? null,
      then: then[path] ?? null,
      now: found[at] ?? null,
    }, masking)
  ).filter((misfit) => misfit !== undefined);
  return { misfits: [...misfits, ...moved], history, same: paths.length - moved.length };
}

function recordMisfits(name: string, { record }: BoundFacts, history: readonly StoredRelease[]): Misfit[] {
  const what = `release ${name}`;
  const known = Object.keys(record).map(Number);
  const newest = Math.max(0, ...known);
  const now = new Map(history.map((release) => [release.revision, recordDigest(release)]));
  const made = history.filter(({ revision }) => record[String(revision)] === undefined).map(({ revision }) => revision);
  if (made.length > 0) return [{ what, text: `revision ${made.join(", ")} was made since (plan: after ${newest})` }];
  const gone = known.filter((revision) => !now.has(revision));
  if (gone.length > 0) return [{ what, text: `the record of revision ${gone.join(", ")} is gone` }];
  const changed = known.filter((revision) => now.get(revision) !== record[String(revision)]);
  return changed.length === 0 ? [] : [{ what, text: `the record of revision ${changed.join(", ")} was changed` }];
}

/** The most fields that a misfit names, and the longest value that it shows. */
const [FIELDS_MAX, VALUE_MAX] = [3, 40];

/** States of an object. */
interface ObjectThenAndNow {
  readonly bound: BoundObject;
  readonly then: KubeObject | null;
  readonly now: KubeObject | null;
}

function objectMisfit(path: string, { bound, then, now }: ObjectThenAndNow, masking: Masking): Misfit | undefined {
  const object = now ?? then;
  const parts = path.split("/");
  const what = object === null ? path : `${object.kind}/${object.metadata?.name ?? parts.at(-1)}`;
  if (now === null) return bound === null ? undefined : { what, text: "is gone" };
  if (bound === null) return { what, text: "exists now" };
  if (bound.uid !== (now.metadata?.uid ?? "")) return { what, text: "was deleted and created again" };
  if (bound.content === contentDigest(now)) return undefined;
  const changes = then === null ? [] : compareManifests(then, now, { facts: NO_RENDERS });
  const shown = changes.slice(0, FIELDS_MAX).map((change) => {
    const isShort = !isSecret(now) && [change.before, change.after].every(isShortValue);
    const { before = "none", after = "none" } = masking.change(change, isSecret(now));
    return `${pathText(change.path)} ${isShort ? `${before} -> ${after}` : "changed"}`;
  });
  const more = changes.length > FIELDS_MAX ? ` and ${counted(changes.length - FIELDS_MAX, "more field")}` : "";
  return { what, text: shown.length === 0 ? "changed since" : `${shown.join(", ")}${more} since the plan was made` };
}

const isShortValue = (value: unknown): boolean =>
  value === undefined || typeof value === "number" || typeof value === "boolean" ||
  typeof value === "string" && value.length <= VALUE_MAX && !value.includes("\n");
