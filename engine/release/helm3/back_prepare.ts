/**
 * Decides the way back of one release to Helm 2. Reads the cluster; writes nothing.
 *
 * @module
 */
import { inPool, messageOf } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import type { Release, StatusCode } from "../../model/mod.ts";
import { encodeRecord, readKey, type RecordObject, releaseKey } from "../../../storage/mod.ts";
import { unpackArchive } from "../repair/archive.ts";
import { sha256 } from "../repair/digest.ts";
import { decoded, rawRecords, readRecords } from "../repair/records.ts";
import type { StoredRecord } from "../repair/repair.ts";
import type { Environment } from "../environment.ts";
import { decodeHelm3, helm3JsonOf } from "./encode.ts";
import type { Helm3Journal, StoredJournal } from "./journal.ts";
import type { Helm3Release } from "./record_types.ts";
import { helm3Revision, type Helm3Store, type Helm3Stored } from "./store.ts";
import { helm2Status, toHelm2 } from "./to_helm2.ts";
import { migrationTools } from "./tools.ts";
import { journalOf } from "./verify_all.ts";
import type { BackOptions } from "./back_types.ts";

/** Records that are read at the same time. */
const READS_MAX = 16;

/** A record of Helm 3. */
interface Found {
  readonly stored: Helm3Stored;
  readonly revision: number;
  readonly release: Helm3Release;
  /** True if it is as the migration wrote it. */
  readonly isOurs: boolean;
}

/** One change of a record of Helm 2. */
export interface RecordStatusChange {
  readonly record: StoredRecord;
  readonly release: Release;
  readonly text: string;
}

/** A record of Helm 2 that is taken from the archive. */
export interface RestoredRecord {
  /** With the status that Helm 3 has given the revision since. */
  readonly object: RecordObject;
  /** The change of that status; empty when it has its own. */
  readonly text: string;
}

/** The way back, decided. */
export interface PreparedReturn {
  readonly name: string;
  readonly journal: Helm3Journal;
  readonly stored: StoredJournal;
  readonly found: readonly Found[];
  readonly records: readonly StoredRecord[];
  /** Records of Helm 2 to take from the archive. */
  readonly restored: readonly RestoredRecord[];
  /** Revisions to create, oldest first. */
  readonly created: readonly Release[];
  readonly changes: readonly RecordStatusChange[];
  /** Records of Helm 3 to remove, oldest first. */
  readonly removed: readonly Found[];
  readonly kept: readonly Found[];
}

/** Reads both worlds and decides. Writes nothing. */
export async function prepareReturn(env: Environment, name: string, options: BackOptions): Promise<PreparedReturn> {
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
        hint: journal.state === "finished"
          ? `Its records of Helm 2 are in ${journal.archive?.path ?? "its archive"}, which 'skeg import' reads.`
          : `'skeg migrate helm3 finish ${name}' removes the records of Helm 2, which stay in the archive.`,
      },
    );
  }
  const records = await ownRecords(env, name);
  const lost = await lostRecords(journal, records, options);
  const known = new Set([...records.map(({ key }) => key), ...lost.map(({ metadata }) => metadata?.name)]);
  const own = new Set(journal.revisions.map(({ key }) => key));
  const newestOwn = Math.max(0, ...journal.revisions.map(({ key }) => readKey(key)?.revision ?? 0));
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
    restored: await Promise.all(lost.map((object) => restoredRecord(env, object, found, isLater))),
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

/** Returns a record of the archive with the status that Helm 3 has given its revision since: else two could be DEPLOYED. */
async function restoredRecord(
  env: Environment,
  object: RecordObject,
  found: readonly Found[],
  isLaterDeployed: boolean,
): Promise<RestoredRecord> {
  const record = await decoded(rawRecords(env), object, readKey(object.metadata?.name ?? "")?.revision ?? 0);
  const [change] = changeOf(record, found, isLaterDeployed);
  return change === undefined ? { object, text: "" } : { object: changedObject(env, change), text: change.text };
}

/** Returns the object of a record with its changed release. */
export function changedObject(env: Environment, { record, release }: RecordStatusChange): RecordObject {
  const object = rawRecords(env).withRelease(record.object, release);
  const labels = { ...object.metadata?.labels, STATUS: release.info.status.code };
  return { ...object, metadata: { ...object.metadata, labels } };
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
function changeOf(record: StoredRecord, found: readonly Found[], isLaterDeployed: boolean): RecordStatusChange[] {
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
