/**
 * Compares a release that was migrated with what Helm 3 has of it. Changes nothing.
 *
 * @module
 */
import { counted, inPool, messageOf } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import type { Release } from "../../model/mod.ts";
import { KubeManifest } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { describeObject, keyOf } from "../object_names.ts";
import { findable } from "../removed.ts";
import { sha256 } from "../repair/digest.ts";
import { prepareAdoption } from "./adopt.ts";
import { decodeHelm3, helm3JsonOf, sortedJson } from "./encode.ts";
import type { Helm3Journal } from "./journal.ts";
import type { MigrationTools, PreparedMigration } from "./prepare.ts";
import type { Helm3StorageName } from "./plan_types.ts";
import type { Helm3Release } from "./record_types.ts";
import type { PreparedRevision } from "./revisions.ts";
import type { SharedFacts } from "./shared_facts.ts";
import { helm3Labels, helm3Revision, type Helm3Store, type Helm3Stored } from "./store.ts";

/** Records that are read at the same time. */
const READS_MAX = 16;
/** The most objects that a sentence names. */
const NAMED_MAX = 5;

/** Result of a comparison. */
export interface Helm3Comparison {
  /** Problems, one sentence each; empty when all is well. */
  readonly problems: readonly string[];
  /** Facts that a person should know. */
  readonly notes: readonly string[];
  /** Helm 3's newest revision; 0 without one. */
  readonly newest: number;
  /** Status of that revision, in Helm 3's words. */
  readonly status: string;
}

/** Options of {@linkcode verifyRelease}. */
export interface CompareHelm3Options {
  /** If false, marks of live objects are not looked at. Default true. */
  readonly adopted?: boolean | undefined;
  /**
   * The journal of a migration that has ended. Its digests say what was written: a cluster that has changed since, by an upgrade
   * of Kubernetes or an object that is gone, converts the records of Helm 2 in another way today.
   */
  readonly journal?: Pick<Helm3Journal, "revisions"> | undefined;
  /** Asks the real Helm 3 and returns what it shows otherwise, one sentence each. */
  readonly crossCheck?: CrossCheck | undefined;
}

/** Compares a release with what the program `helm` of Helm 3 shows. */
export type CrossCheck = (
  release: Helm3Release,
  revisions: readonly number[],
  storage: Helm3StorageName,
) => Promise<readonly string[]>;

/** Reads the records of Helm 3 back, decodes them, and compares them and the live objects with the plan. */
export async function verifyRelease(
  env: Environment,
  { store }: MigrationTools,
  shared: SharedFacts,
  { plan, revisions }: PreparedMigration,
  { adopted = true, crossCheck, journal }: CompareHelm3Options = {},
): Promise<Helm3Comparison> {
  const problems: string[] = [];
  const notes: string[] = [];
  const { release: name, namespace } = plan;
  const found = await recordsOf(store, namespace, name, problems);
  const newest = Math.max(0, ...found.keys());
  const wanted = Math.max(0, ...revisions.map(({ plan }) => plan.revision));
  const hasGoneOn = newest > wanted;
  if (hasGoneOn) {
    const count = [...found.keys()].filter((revision) => revision > wanted).length;
    notes.push(`Helm 3 has made ${counted(count, "revision")} since: the newest is ${newest}`);
  }
  const missing = revisions.filter(({ plan }) => !found.has(plan.revision)).map(({ plan }) => plan.target);
  // Helm 3 deletes old revisions when it makes new ones.
  if (missing.length > 0) (hasGoneOn ? notes : problems).push(`${named(missing)} ${are(missing)} not there`);
  if (!hasGoneOn) problems.push(...await differences(found, revisions, journal));
  const deployed = [...found.values()].filter(({ release }) => release.info?.status === "deployed");
  if (deployed.length > 1) {
    problems.push(`${named(deployed.map(({ stored }) => stored.name))} are deployed: only one may be`);
  }
  const base = revisions.find(({ plan }) => plan.status === "deployed")?.release;
  if (base !== undefined && !hasGoneOn) {
    await lookAtObjects(env, shared, base, { adopted, problems, notes });
  }
  const last = found.get(newest)?.release;
  if (crossCheck !== undefined && last !== undefined) {
    problems.push(...await crossCheck(last, [...found.keys()].sort((a, b) => a - b), store.storage));
  }
  return { problems, notes, newest, status: last?.info?.status ?? "" };
}

/** A record of Helm 3, decoded. */
interface FoundRecord {
  readonly stored: Helm3Stored;
  readonly release: Helm3Release;
}

/** Reads and decodes all records of Helm 3, by revision; says what is wrong with them. */
async function recordsOf(
  store: Helm3Store,
  namespace: string,
  name: string,
  problems: string[],
): Promise<ReadonlyMap<number, FoundRecord>> {
  const found = new Map<number, FoundRecord>();
  await inPool(await store.names(namespace, name), READS_MAX, async (key) => {
    const stored = await store.get(namespace, key);
    if (stored === undefined) return;
    try {
      const release = decodeHelm3(stored.text);
      const labels = helm3Labels(release);
      const wrong = Object.keys(labels).filter((label) => stored.labels[label] !== labels[label]);
      if (wrong.length > 0) problems.push(`${key}: its labels ${wrong.join(", ")} are not those of its content`);
      found.set(helm3Revision(name, key) ?? 0, { stored, release });
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind !== "record") throw error;
      problems.push(`${key}: ${messageOf(error)}`);
    }
  });
  return found;
}

async function differences(
  found: ReadonlyMap<number, FoundRecord>,
  revisions: readonly PreparedRevision[],
  journal: CompareHelm3Options["journal"],
): Promise<string[]> {
  const digests = new Map(journal?.revisions.map(({ target, json }) => [target, json]));
  const texts: string[] = [];
  for (const { plan: { key, revision, target }, make } of revisions) {
    const record = found.get(revision);
    if (record === undefined) continue;
    const json = helm3JsonOf(record.stored.text);
    if (sortedJson(json) === sortedJson(make().json)) continue;
    if (digests.get(target) === await sha256(new TextEncoder().encode(json))) continue;
    texts.push(`${target} is not what ${key} was converted to`);
  }
  return texts;
}

async function lookAtObjects(
  env: Environment,
  shared: SharedFacts,
  base: Release,
  { adopted, problems, notes }: { readonly adopted: boolean; readonly problems: string[]; readonly notes: string[] },
): Promise<void> {
  const { name, namespace } = base;
  const { objects } = await prepareAdoption(env, base, { name, namespace }, shared.ownersBeside(name));
  const live = new Set(objects.map(({ info }) => keyOf(info)));
  const manifest = await findable(env, namespace, new KubeManifest(base.manifest), true);
  const infos = await env.kube.resolve(namespace, manifest, { ...callOptions(env), skipUnresolved: true });
  const missing = infos.filter((info) => info.name !== "" && !live.has(keyOf(info))).map(describeObject);
  if (missing.length > 0) notes.push(`${named(missing)} ${are(missing)} not live, or cannot be read`);
  const bare = objects.filter(({ step }) => step.add.length > 0).map(({ info }) => describeObject(info));
  if (bare.length > 0) {
    (adopted ? problems : notes).push(`${named(bare)} ${bare.length === 1 ? "lacks" : "lack"} Helm 3's marks`);
  }
  for (const { info, step } of objects) {
    if (step.note !== "") notes.push(`${describeObject(info)} is not adopted: ${step.note}`);
  }
}

function are(list: readonly unknown[]): string {
  return list.length === 1 ? "is" : "are";
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_MAX).join(", ");
  return names.length > NAMED_MAX ? `${shown} and ${names.length - NAMED_MAX} more` : shown;
}
