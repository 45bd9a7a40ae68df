/**
 * Outlines of releases, for lists that are read again and again: a record that was not written since is not read twice.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import { fetchRecords, type RecordHead, recordHeads } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

/** An outline that was read earlier, and the version of its record. */
export interface KnownOutline {
  /** Of the record. */
  readonly version: string;
  /** Name, revision, namespace, `info` and the chart's metadata. */
  readonly release: Release;
}

/** Options of {@linkcode outlineReleases}. */
export interface OutlineOptions {
  /** If true, every revision; default: the newest of each release. */
  readonly revisions?: boolean | undefined;
  /** Outlines by key of their record. Used where the version is the same, and brought up to date. */
  readonly known?: Map<string, KnownOutline> | undefined;
  /** The heads of all records with their versions, such as those that are followed; absent: they are read. */
  readonly heads?: readonly RecordHead[] | undefined;
}

/** One revision of a release. */
export interface OutlinedRevision {
  /** The head of its record. */
  readonly head: RecordHead;
  /** Its outline; absent when the record cannot be decoded. */
  readonly release?: Release | undefined;
}

/** Result of {@linkcode outlineReleases}. */
export interface ReleaseOutlines {
  /** In the order of names, then of revisions. */
  readonly revisions: readonly OutlinedRevision[];
  /** Number of releases. */
  readonly releases: number;
  /** Number of records. */
  readonly records: number;
  /** Changes when a record is written, created or deleted. Empty for storages that have no versions. */
  readonly version: string;
}

/**
 * Returns outlines of the newest revisions, or of all. Reads heads first, and then only records that are not known.
 *
 * A release is found by the names of its records, whatever its status; records without the label OWNER=TILLER are left out.
 */
export async function outlineReleases(env: Environment, options: OutlineOptions = {}): Promise<ReleaseOutlines> {
  const { known = new Map<string, KnownOutline>(), revisions = false } = options;
  const heads = options.heads ?? await recordHeads(env.driver, {}, { ...recordOptions(env), withVersion: true });
  const newest = newestHeads(heads);
  const wanted = (revisions ? [...heads] : [...newest.values()]).sort(byName);
  const found = await outlinesOf(env, wanted, known);
  forget(known, heads);
  return {
    revisions: wanted.map((head) => ({ head, release: found.get(head.key) })),
    releases: newest.size,
    records: heads.length,
    version: await versionOf(heads),
  };
}

/** Returns the head of the newest revision of each release. */
function newestHeads(heads: readonly RecordHead[]): Map<string, RecordHead> {
  const newest = new Map<string, RecordHead>();
  for (const head of heads) {
    if ((newest.get(head.name)?.revision ?? -1) < head.revision) newest.set(head.name, head);
  }
  return newest;
}

/** Returns outlines by key. Reads those that are not known. Another call may change `known` meanwhile. */
async function outlinesOf(
  env: Environment,
  wanted: readonly RecordHead[],
  known: Map<string, KnownOutline>,
): Promise<Map<string, Release>> {
  const found = new Map<string, Release>();
  const unread = new Map<string, string>();
  for (const { key, version } of wanted) {
    const outline = known.get(key);
    // A record without a version may have been written since it was read.
    if (outline === undefined || version === undefined || outline.version !== version) unread.set(key, version ?? "");
    else found.set(key, outline.release);
  }
  await fetchRecords(env.driver, [...unread.keys()], {
    ...recordOptions(env),
    detail: "outline",
    onRecord: (key, release) => {
      found.set(key, release);
      known.set(key, { version: unread.get(key) ?? "", release });
    },
  });
  return found;
}

/** Removes the outlines of records that are gone. */
function forget(known: Map<string, KnownOutline>, heads: readonly RecordHead[]): void {
  const keys = new Set(heads.map(({ key }) => key));
  for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
}

function byName(a: RecordHead, b: RecordHead): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.revision - b.revision;
}

/** Returns one text for the versions of all records; empty when one has none. */
async function versionOf(heads: readonly RecordHead[]): Promise<string> {
  if (heads.some(({ version }) => version === undefined)) return "";
  const text = heads.map(({ key, version }) => `${key}@${version}`).join("\n");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest, 0, 16).toHex();
}
