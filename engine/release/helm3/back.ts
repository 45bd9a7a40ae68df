/**
 * Gives releases that were migrated back to Helm 2.
 *
 * Revisions that Helm 3 has made since become records of Helm 2; then Helm 3's marks are taken from the live objects, and
 * Helm 3's records are removed. Every step that is repeated does nothing new.
 *
 * @module
 */
import { inPool } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import type { KubeObject, Release, StatusCode } from "../../model/mod.ts";
import {
  encodeRecord,
  recordLabels,
  type RecordObject,
  releaseKey,
  withoutServerFields,
} from "../../../storage/mod.ts";
import { messageOf, recordOptions } from "../_calls.ts";
import { archivedStorage, packArchive, unpackArchive } from "../repair/archive.ts";
import { type BackupStore, clusterOf, folderOf } from "../repair/backups.ts";
import { sha256 } from "../repair/digest.ts";
import { rawRecords, readRecords } from "../repair/records.ts";
import type { StoredRecord } from "../repair/repair.ts";
import type { Environment } from "../environment.ts";
import { withLease } from "../lease.ts";
import { timeOf } from "../transfer/export.ts";
import { decodeHelm3, helm3JsonOf } from "./encode.ts";
import { deleteJournal, type Helm3Journal, type StoredJournal, writeJournal } from "./journal.ts";
import { inStep } from "./perform.ts";
import type { Helm3Release } from "./record_types.ts";
import { HELM3_TYPE, helm3Revision, type Helm3Store, type Helm3Stored } from "./store.ts";
import { helm2Status, toHelm2 } from "./to_helm2.ts";
import { type Helm3Options, journalPlace, migrationTools } from "./tools.ts";
import { unmarkManifest, unmarkObject } from "./unmark.ts";
import { journalOf, migratedNames } from "./verify_all.ts";

/** Records that are read at the same time. */
const READS_MAX = 16;

/** Options of {@linkcode migrateBack}. */
export interface BackOptions extends Helm3Options {
  /** Names of releases. */
  readonly releases?: readonly string[] | undefined;
  /** All releases that were migrated instead. */
  readonly all?: boolean | undefined;
  /** True to write. Default false: only the plan. */
  readonly yes?: boolean | undefined;
  /** Where archives are, and go; required with `yes`. */
  readonly archives?: BackupStore | undefined;
  /** If true, also removes the records that Helm 3 has made or changed itself. */
  readonly allRevisions?: boolean | undefined;
}

/** The way back of one release. */
export interface ReturnedRelease {
  /** The release. */
  readonly release: string;
  /** Namespace of the release. */
  readonly namespace: string;
  /** `failed` when a step failed or the way back is barred; the others were not touched by it. */
  readonly outcome: "planned" | "done" | "failed";
  /** Keys of records of Helm 2 that are taken from the archive. */
  readonly restored: readonly string[];
  /** Keys of records of Helm 2 that are made from revisions of Helm 3. */
  readonly created: readonly string[];
  /** Records of Helm 2 that get another status: `web.v7: DEPLOYED → SUPERSEDED`. */
  readonly changed: readonly string[];
  /** Number of live objects that had marks, or have them. */
  readonly marked: number;
  /** Names of Helm 3's records that are removed. */
  readonly removed: readonly string[];
  /** Names of Helm 3's records that stay. */
  readonly kept: readonly string[];
  /** Path of the archive that is made before. */
  readonly archive?: string | undefined;
  /** Why it failed; empty else. */
  readonly message: string;
  /** The next step; empty when there is none. */
  readonly hint: string;
}

/** A record of Helm 3. */
interface Found {
  readonly stored: Helm3Stored;
  readonly revision: number;
  readonly release: Helm3Release;
  /** True if it is as the migration wrote it. */
  readonly isOurs: boolean;
}

/** One change of a record of Helm 2. */
interface Change {
  readonly record: StoredRecord;
  readonly release: Release;
  readonly text: string;
}

/** The way back, decided. */
interface Return {
  readonly name: string;
  readonly journal: Helm3Journal;
  readonly stored: StoredJournal;
  readonly found: readonly Found[];
  readonly records: readonly StoredRecord[];
  /** Records of Helm 2 to take from the archive. */
  readonly restored: readonly RecordObject[];
  /** Revisions to create, oldest first. */
  readonly created: readonly Release[];
  readonly changes: readonly Change[];
  /** Records of Helm 3 to remove, oldest first. */
  readonly removed: readonly Found[];
  readonly kept: readonly Found[];
}

/** Plans the way back of releases; by name. With `yes`, goes it. */
export async function migrateBack(env: Environment, options: BackOptions): Promise<readonly ReturnedRelease[]> {
  const names = await migratedNames(env, options);
  const done: ReturnedRelease[] = [];
  for (const name of names) {
    try {
      done.push(await backOne(env, name, options));
    } catch (error) {
      if (names.length === 1 || env.signal?.aborted || !(error instanceof SkegError)) throw error;
      done.push({ ...NOTHING, release: name, outcome: "failed", message: messageOf(error), hint: error.hint ?? "" });
    }
  }
  return done;
}

const NOTHING = {
  namespace: "",
  restored: [],
  created: [],
  changed: [],
  marked: 0,
  removed: [],
  kept: [],
  message: "",
  hint: "",
} as const;

async function backOne(env: Environment, name: string, options: BackOptions): Promise<ReturnedRelease> {
  if (options.yes !== true) return returned(await prepareReturn(env, name, options), "planned");
  const { archives } = options;
  if (archives === undefined) throw new SkegError("usage", "the way back needs a place for its archives");
  let isDone = false;
  const work = { name, operation: "migrate helm3 back", migration: { mark: () => isDone ? false : undefined } };
  return await withLease(env, work, async (inner) => {
    const way = await prepareReturn(inner, name, options);
    const archive = await inStep("archive", () => archived(inner, way, archives));
    const marked = await steps(inner, way, options);
    isDone = true;
    return { ...returned(way, "done"), marked, archive };
  });
}

function returned(way: Return, outcome: ReturnedRelease["outcome"]): ReturnedRelease {
  return {
    ...NOTHING,
    release: way.name,
    namespace: way.journal.namespace,
    outcome,
    restored: way.restored.map(({ metadata }) => metadata?.name ?? ""),
    created: way.created.map(({ revision }) => releaseKey(way.name, revision)),
    changed: way.changes.map(({ text }) => text),
    marked: way.journal.objects.length,
    removed: way.removed.map(({ stored }) => stored.name),
    kept: way.kept.map(({ stored }) => stored.name),
  };
}

/** Reads both worlds and decides. Writes nothing. */
async function prepareReturn(env: Environment, name: string, options: BackOptions): Promise<Return> {
  const stored = await journalOf(env, name);
  const { journal } = stored;
  const { store } = await migrationTools(env, { ...options, to: journal.to });
  const found = await recordsOfHelm3(store, journal);
  const isGoing = journal.state === "going-back" || journal.state === "writing";
  if (found.length === 0 && !isGoing) {
    throw new SkegError(
      "conflict",
      `Helm 3 has no record of release ${JSON.stringify(name)}: it was uninstalled there`,
      {
        hint: `'skeg repair forget ${name}' deletes the records of Helm 2, and no object.`,
      },
    );
  }
  const records = await ownRecords(env, name);
  const restored = await lostRecords(journal, records, options);
  const known = new Set([...records.map(({ key }) => key), ...restored.map(({ metadata }) => metadata?.name)]);
  const own = new Set(journal.revisions.map(({ key }) => key));
  const newestOwn = Math.max(0, ...journal.revisions.map(({ key }) => Number(/\.v(\d+)$/.exec(key)?.[1] ?? 0)));
  const later = found.filter(({ revision }) => revision > newestOwn).map(({ release }) => toHelm2(release));
  const created = later.filter(({ revision }) => !known.has(releaseKey(name, revision)));
  for (const release of later) {
    const there = records.find(({ revision }) => revision === release.revision);
    if (there !== undefined && !own.has(there.key)) refuseOtherRevision(there, release);
  }
  const isLater = found.some(({ revision, release }) => revision > newestOwn && release.info?.status === "deployed");
  const removed = found.filter(({ isOurs }) => isOurs || options.allRevisions === true);
  return {
    name,
    journal,
    stored,
    found,
    records,
    restored,
    created,
    changes: records.flatMap((record) => changeOf(record, found, isLater)),
    removed,
    kept: found.filter((one) => !removed.includes(one)),
  };
}

/** Reads Helm 3's records, oldest first. */
async function recordsOfHelm3(store: Helm3Store, journal: Helm3Journal): Promise<Found[]> {
  const { release: name, namespace, revisions } = journal;
  const digests = new Map(revisions.map(({ target, json }) => [target, json]));
  const found: Found[] = [];
  await inPool(await store.names(namespace, name), READS_MAX, async (key) => {
    const stored = await store.get(namespace, key);
    if (stored === undefined) return;
    const digest = await sha256(new TextEncoder().encode(helm3JsonOf(stored.text)));
    const isOurs = digests.get(key) === digest;
    found.push({ stored, revision: helm3Revision(name, key) ?? 0, release: decodeHelm3(stored.text), isOurs });
  });
  return found.sort((a, b) => a.revision - b.revision);
}

async function ownRecords(env: Environment, name: string): Promise<readonly StoredRecord[]> {
  try {
    return (await readRecords(env, name)).records;
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return [];
    throw error;
  }
}

/**
 * Returns the records of Helm 2 that `finish` has removed, all or the first of them. Where some are left, an archive that cannot
 * be read bars nothing: a person may have pruned the others.
 */
async function lostRecords(
  journal: Helm3Journal,
  records: readonly StoredRecord[],
  options: BackOptions,
): Promise<readonly RecordObject[]> {
  if (records.length === 0) return await fromArchive(journal, options);
  const there = new Set<string | undefined>(records.map(({ key }) => key));
  if (journal.revisions.every(({ key }) => there.has(key))) return [];
  try {
    return (await fromArchive(journal, options)).filter(({ metadata }) => !there.has(metadata?.name));
  } catch (error) {
    if (error instanceof SkegError && error.kind === "io") return [];
    throw error;
  }
}

/** Returns the records of Helm 2 in the archive of the migration. */
async function fromArchive(
  { archive, release }: Helm3Journal,
  { archives }: BackOptions,
): Promise<readonly RecordObject[]> {
  const refuse = (why: string): SkegError =>
    new SkegError("io", `the records of Helm 2 are gone, and ${why}`, {
      hint: `Put the archive of the migration at ${archive?.path ?? "its place"}, or use 'skeg import' with it.`,
    });
  if (archive === undefined || archives === undefined) throw refuse("the journal names no archive");
  let bytes: Uint8Array;
  try {
    bytes = await archives.load(archive.path);
  } catch (error) {
    throw refuse(`the archive ${archive.path} cannot be read: ${messageOf(error)}`);
  }
  if (await sha256(bytes) !== archive.sha256) throw refuse(`${archive.path} is not the archive of release ${release}`);
  return (await unpackArchive(bytes)).records;
}

function refuseOtherRevision({ key, release }: StoredRecord, wanted: Release): void {
  const isSame = release !== undefined && encodeRecord(release) === encodeRecord(wanted);
  if (isSame) return;
  throw new SkegError("conflict", `${key} exists at Helm 2, and Helm 3 has another revision ${wanted.revision}`, {
    hint: "Both have gone on since the migration. Decide which history counts, and delete the other's records.",
  });
}

/**
 * Returns the change of a record of Helm 2 whose status is not what Helm 3 says: Helm 3 has superseded or uninstalled it
 * since, or made a later revision.
 */
function changeOf(record: StoredRecord, found: readonly Found[], isLaterDeployed: boolean): Change[] {
  const { key, release } = record;
  if (release === undefined) return [];
  const before = release.info.status.code;
  const there = found.find(({ revision, isOurs }) => revision === release.revision && !isOurs);
  const said: StatusCode = there === undefined ? before : helm2Status(there.release.info?.status);
  const after: StatusCode = said === "DEPLOYED" && isLaterDeployed ? "SUPERSEDED" : said;
  // What was pending at Helm 2 is failed at Helm 3, and both mean the same.
  if (after === before || (there !== undefined && /^PENDING_/.test(before) && after === "FAILED")) return [];
  const info = there === undefined || after === "SUPERSEDED"
    ? release.info
    : { ...release.info, ...deletionOf(there.release) };
  const changed = { ...release, info: { ...info, status: { ...release.info.status, code: after } } };
  return [{ record, release: changed, text: `${key}: ${before} → ${after}` }];
}

function deletionOf(record: Helm3Release): Pick<Release["info"], "deleted" | "description"> {
  const { info } = toHelm2(record);
  return { description: info.description, ...info.deleted === undefined ? {} : { deleted: info.deleted } };
}

/** Archives the records of both worlds. */
async function archived(
  env: Environment,
  { name, journal, records, found }: Return,
  archives: BackupStore,
): Promise<string> {
  const time = timeOf(env);
  const cluster = await clusterOf(env);
  const facts = { time, cluster, storage: archivedStorage(rawRecords(env)) };
  const objects = found.map(({ stored }) => ({ release: name, object: secretOf(stored, journal.namespace) }));
  const bytes = await packArchive(facts, records.map(({ object }) => object), { objects });
  const path = await archives.save(folderOf(cluster), `${name}-${time.replaceAll(/[-:]/g, "")}-back`, bytes);
  if (await sha256(await archives.load(path)) === await sha256(bytes)) return path;
  throw new SkegError("io", `the archive ${path} does not read back as written`, {
    hint: "Nothing was changed in the cluster. Check the disk.",
  });
}

function secretOf({ name, labels, text }: Helm3Stored, namespace: string): KubeObject {
  const metadata = { name, namespace, labels: { ...labels } };
  return { apiVersion: "v1", kind: "Secret", metadata, type: HELM3_TYPE, data: { release: btoa(text) } };
}

/** Goes back, step by step; returns the number of objects that lost marks. */
async function steps(env: Environment, way: Return, options: BackOptions): Promise<number> {
  const { name, journal, stored, restored, created, changes, removed } = way;
  const place = journalPlace(env);
  const { store } = await migrationTools(env, { ...options, to: journal.to });
  const going = journal.state === "going-back"
    ? stored
    : await inStep("journal", () =>
      writeJournal(env, place, { ...journal, state: "going-back", changed: timeOf(env) }, stored));
  await inStep("restore", () => createObjects(env, restored));
  await inStep("supersede", () => changeRecords(env, changes));
  await inStep("create", () => createObjects(env, created.map((release) => recordOf(env, release))));
  const owner = { name, namespace: journal.namespace };
  let marked = 0;
  await inStep("marks", async () => {
    for (const object of journal.objects) {
      env.signal?.throwIfAborted();
      if (await unmarkObject(env, owner, object)) marked++;
    }
    const newest = way.found.findLast(({ release }) => release.info?.status === "deployed") ?? way.found.at(-1);
    if (options.allRevisions === true && newest !== undefined) {
      marked += await unmarkManifest(env, owner, toHelm2(newest.release));
    }
  });
  await inStep("remove", async () => {
    // The newest goes last: until then Helm 3 has the release, with a shorter history.
    for (const { stored } of removed) {
      env.signal?.throwIfAborted();
      await store.remove(journal.namespace, stored);
    }
  });
  await inStep("journal", () => deleteJournal(env, place, going));
  return marked;
}

/** Returns the object that holds a new record. */
function recordOf(env: Environment, release: Release): RecordObject {
  const { kind } = rawRecords(env);
  const isSecret = kind === "Secret";
  const text = encodeRecord(release);
  return {
    apiVersion: "v1",
    kind: isSecret ? "Secret" : "ConfigMap",
    metadata: {
      name: releaseKey(release.name, release.revision),
      labels: { ...recordLabels(release), CREATED_AT: String(env.clock().seconds) },
    },
    data: { release: isSecret ? btoa(text) : text },
  };
}

async function createObjects(env: Environment, objects: readonly RecordObject[]): Promise<void> {
  const raw = rawRecords(env);
  for (const object of objects) {
    env.signal?.throwIfAborted();
    await raw.create(withoutServerFields(object), recordOptions(env));
  }
}

async function changeRecords(env: Environment, changes: readonly Change[]): Promise<void> {
  const raw = rawRecords(env);
  for (const { record, release } of changes) {
    env.signal?.throwIfAborted();
    const object = raw.withRelease(record.object, release);
    const labels = { ...object.metadata?.labels, STATUS: release.info.status.code };
    await raw.replace({ ...object, metadata: { ...object.metadata, labels } }, recordOptions(env));
  }
}
