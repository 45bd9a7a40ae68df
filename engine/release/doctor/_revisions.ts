/** The revisions of a release whose objects may be live, with their contents. */
import type { Release } from "../../model/mod.ts";
import type { ExaminedRelease } from "./examination.ts";
import type { RecordFacts } from "./contents.ts";
import { secondsOf } from "./_object_words.ts";

/** A revision whose content was read. */
export interface KnownRevision {
  /** Its record. */
  readonly record: RecordFacts;
  /** Its content. */
  readonly release: Release;
}

/** The revisions that decide which objects a release has. */
export interface KnownRevisions {
  /** The newest one; absent if it cannot be decoded. */
  readonly newest?: KnownRevision | undefined;
  /** The newest DEPLOYED one, by content. */
  readonly deployed?: KnownRevision | undefined;
  /** FAILED and interrupted ones that are newer than the DEPLOYED one, the newest first; at most {@linkcode UNFINISHED_MAX}. */
  readonly unfinished: readonly KnownRevision[];
}

/** The most unfinished revisions that are read: each may be a megabyte. */
const UNFINISHED_MAX = 2;

const known = new WeakMap<ExaminedRelease, Promise<KnownRevisions>>();

/** Reads these revisions; once for each release. */
export function revisionsOf(release: ExaminedRelease): Promise<KnownRevisions> {
  const reading = known.get(release) ?? readRevisions(release);
  known.set(release, reading);
  return reading;
}

async function readRevisions(examined: ExaminedRelease): Promise<KnownRevisions> {
  const { records, newest } = examined;
  const read = async (record: RecordFacts | undefined): Promise<KnownRevision | undefined> => {
    const release = record === undefined ? undefined : (await examined.content(record))?.release;
    return record === undefined || release === undefined ? undefined : { record, release };
  };
  const isDeployed = ({ status }: RecordFacts): boolean => status === "DEPLOYED";
  const deployed = await read(records.findLast(isDeployed));
  const since = records.slice(records.findLastIndex(isDeployed) + 1)
    .filter(({ status }) => status === "FAILED" || status.startsWith("PENDING_")).slice(-UNFINISHED_MAX);
  const unfinished: KnownRevision[] = [];
  for (const record of since.toReversed()) {
    const one = await read(record);
    if (one !== undefined) unfinished.push(one);
  }
  return { newest: await read(newest), deployed, unfinished };
}

/** Returns when a revision began, in Unix seconds of the server's clock where that is known. */
export function beganSeconds({ record, release }: KnownRevision): number {
  return secondsOf(record.entry.createdAt) ?? release.info.lastDeployed?.seconds ?? 0;
}
