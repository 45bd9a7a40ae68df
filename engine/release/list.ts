/**
 * Releases of all namespaces, by status, name and time.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_list.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release, StatusCode } from "../../model/mod.ts";
import {
  fetchFirst,
  fetchRecords,
  readAhead,
  type RecordHead,
  recordHeads,
  type RecordReader,
  releaseKey,
} from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import { fetchOptions } from "./_outline.ts";
import type { Environment } from "./environment.ts";

/** Options of {@linkcode list}. */
export interface ListOptions {
  /** Statuses to list; empty or absent: DEPLOYED. */
  readonly statuses?: readonly StatusCode[] | undefined;
  /** Only releases of this namespace; empty or absent: of all. */
  readonly namespace?: string | undefined;
  /** Only names for which this is true. */
  readonly matches?: ((name: string) => boolean) | undefined;
  /** Absent: in the order of storage. */
  readonly sortBy?: "name" | "date" | "chart" | undefined;
  /** Turn the order round. */
  readonly descending?: boolean | undefined;
  /** Begin with the release of this name; of several revisions, with the last. */
  readonly offset?: string | undefined;
  /** At most so many; 0 or absent: 512. */
  readonly limit?: number | undefined;
  /** Leave out all but name, revision, namespace, `info` and the chart's metadata; many whole releases are a lot of memory. */
  readonly outlines?: boolean | undefined;
}

/** What {@linkcode list} resolves with. */
export interface ListResult {
  /** A page of revisions. */
  readonly releases: readonly Release[];
  /** Name with which the next page begins; empty when this is the last. */
  readonly next: string;
  /** How many there are on all pages. */
  readonly total: number;
}

/**
 * Records are read only as far as they are printed: their heads tell name,
 * revision and status. Sorting by date or chart, and a namespace, need the
 * records of all that have a wanted status.
 *
 * Lists revisions, not releases: several revisions of one release are there
 * when they have a status that is asked for.
 *
 * @throws SkegError of kind `not-found` when there is no release with the name of `offset`.
 */
export async function list(env: Environment, options: ListOptions = {}): Promise<ListResult> {
  const byHead = (options.sortBy ?? "name") === "name" && !options.namespace;
  const count = options.limit || 512;
  const isFirst = byHead && options.descending !== true && !options.offset;
  const reader = readAhead(env.driver, {
    ...fetchOptions(env, options),
    wants: (head) => isCandidate(head, options),
    // Which ones are printed is known before the last head is there when they are the first, or when all are read.
    count: isFirst ? count : byHead ? 0 : Infinity,
  });
  const heads = await candidates(env, reader, options);
  const known = byHead ? await settled(env, reader, options, heads) : await allOf(env, reader, options, heads);
  const sorted = options.sortBy === undefined ? known : known.sort((a, b) => compare(a, b, options.sortBy));
  if (options.descending === true) sorted.reverse();
  const start = options.offset ? sorted.findLastIndex(({ head }) => head.name === options.offset) : 0;
  if (start < 0) throw new SkegError("not-found", `offset ${JSON.stringify(options.offset)} not found`);
  const rest = sorted.slice(start);
  if (!byHead) {
    const page = rest.slice(0, count).map(({ release }) => release).filter((release) => release !== undefined);
    return { releases: page, next: rest[count]?.head.name ?? "", total: sorted.length };
  }
  const { releases, seen } = await fetchFirst(reader, rest.map(({ head }) => head), count, {
    ...fetchOptions(env, options),
    keep: (release) => belongs(release, options),
  });
  return { releases, next: rest[seen]?.head.name ?? "", total: sorted.length };
}

/** A revision of which the record may not be read yet. */
interface Entry {
  readonly head: RecordHead;
  readonly release?: Release;
}

/** Heads of what may belong to the list. */
async function candidates(env: Environment, reader: RecordReader, options: ListOptions): Promise<RecordHead[]> {
  const heads = await recordHeads(reader, {}, recordOptions(env));
  return heads.filter((head) => isCandidate(head, options));
}

function isCandidate({ name, status, certain }: RecordHead, options: ListOptions): boolean {
  const statuses: readonly string[] = wantedStatuses(options);
  return (options.matches?.(name) ?? true) && (!certain || statuses.includes(status));
}

/** Entries of heads that are certain, and of those others whose record proves to have a wanted status. */
async function settled(
  env: Environment,
  reader: RecordReader,
  options: ListOptions,
  heads: readonly RecordHead[],
): Promise<Entry[]> {
  if (heads.every(({ certain }) => certain)) return heads.map((head) => ({ head }));
  const doubtful = await allOf(env, reader, options, heads.filter(({ certain }) => !certain));
  const proven = new Set(doubtful.map(({ head }) => head.key));
  return heads.filter(({ key, certain }) => certain || proven.has(key)).map((head) => ({ head }));
}

/** Entries whose records are read and belong to the list. */
async function allOf(
  env: Environment,
  reader: RecordReader,
  options: ListOptions,
  heads: readonly RecordHead[],
): Promise<Entry[]> {
  const releases = await fetchRecords(reader, heads.map(({ key }) => key), fetchOptions(env, options));
  const byKey = new Map(releases.map((release) => [releaseKey(release.name, release.revision), release]));
  return heads.flatMap((head): Entry[] => {
    const release = byKey.get(head.key);
    return release !== undefined && belongs(release, options) ? [{ head, release }] : [];
  });
}

/** Whether a record belongs to the list. Helm 2: the record itself decides, not its label. */
function belongs({ info, namespace }: Release, options: ListOptions): boolean {
  return wantedStatuses(options).includes(info.status.code) && (!options.namespace || namespace === options.namespace);
}

function wantedStatuses(options: ListOptions): readonly StatusCode[] {
  return options.statuses?.length ? options.statuses : ["DEPLOYED"];
}

/** Ties are in the order of the records' keys, in which a server lists them; with many, Helm 2 leaves them to chance. */
function compare(a: Entry, b: Entry, by: ListOptions["sortBy"]): number {
  const first = by === "date"
    ? (a.release?.info.lastDeployed?.seconds ?? 0) - (b.release?.info.lastDeployed?.seconds ?? 0)
    : by === "chart"
    ? order(a.release?.chart?.metadata.name ?? "", b.release?.chart?.metadata.name ?? "")
    : order(a.head.name, b.head.name);
  return first || order(`${a.head.name}.v`, `${b.head.name}.v`) || a.head.revision - b.head.revision;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
