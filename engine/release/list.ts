/**
 * Releases of all namespaces, by status, name and time.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_list.go`.
 *
 * @module
 */
import { type Elsewhere, SkegError } from "../../errors.ts";
import type { Release, StatusCode } from "../model/mod.ts";
import { readAhead, type RecordHead, recordHeads, type RecordReader } from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import { doubted, isStray, type MislabelledRecord } from "./_label_check.ts";
import { type ListedRecord, Records } from "./_list_records.ts";
import { migratedReleases } from "./_migration_journals.ts";
import type { Environment } from "./environment.ts";

/** Options of {@linkcode list}. */
export interface ListOptions {
  /** Statuses to list; empty or absent: DEPLOYED. */
  readonly statuses?: readonly StatusCode[] | undefined;
  /** Only releases in this namespace; empty or absent: in all. */
  readonly namespace?: string | undefined;
  /** Only names for which this returns true. */
  readonly matches?: ((name: string) => boolean) | undefined;
  /** Absent: storage order. */
  readonly sortBy?: "name" | "date" | "chart" | undefined;
  /** If true, reverses the order. */
  readonly descending?: boolean | undefined;
  /** Starts the page at the release of this name; of several revisions, at the last. */
  readonly offset?: string | undefined;
  /** The most revisions on a page; 0 or absent: 512. */
  readonly limit?: number | undefined;
  /**
   * If true, returns only name, revision, namespace, `info` and the chart's metadata; many whole releases
   * take much memory.
   */
  readonly outlines?: boolean | undefined;
  /**
   * If true, also lists records without the label OWNER=TILLER, and accepts a match of either the label
   * STATUS or the content; `mislabelled` names the records whose labels are wrong.
   */
  readonly checkLabels?: boolean | undefined;
  /** If true, `migrated` names the releases that `migrate helm3` has given to Helm 3. */
  readonly withMigrated?: boolean | undefined;
}

/** Result of {@linkcode list}. */
export interface ListResult {
  /** A page of revisions. */
  readonly releases: readonly Release[];
  /** Name with which the next page begins; empty when this is the last. */
  readonly next: string;
  /** Number of revisions on all pages. */
  readonly total: number;
  /** Places with records; searched only when there are none here. */
  readonly elsewhere?: Elsewhere | undefined;
  /** The same for people: a sentence on each line. */
  readonly details?: string | undefined;
  /** With `checkLabels`: records whose labels contradict their content, in storage order. */
  readonly mislabelled?: readonly MislabelledRecord[] | undefined;
  /**
   * With `withMigrated`: releases that Helm 3 has now, by the journals beside their records. Empty where records are no objects
   * of the cluster.
   */
  readonly migrated?: ReadonlySet<string> | undefined;
}

/**
 * Only the records of the page are read: heads give name, revision and status. Sorting by date or chart, and
 * filtering by namespace, need the records of all revisions with a wanted status.
 *
 * Lists revisions, not releases: several revisions of one release are listed when they have a wanted status.
 *
 * @throws SkegError of kind `not-found` when there is no release with the name of `offset`.
 */
export async function list(env: Environment, options: ListOptions = {}): Promise<ListResult> {
  const byHead = (options.sortBy ?? "name") === "name" && !options.namespace;
  const count = options.limit || 512;
  const isFirst = byHead && options.descending !== true && !options.offset;
  const records = new Records(env, { ...options, statuses: wantedStatuses(options) });
  const reader = readAhead(env.driver, {
    ...records.fetching,
    wants: (head) => isCandidate(head, options),
    // Reading ahead works when the page is the first one, or when all records are read.
    count: isFirst ? count : byHead ? 0 : Infinity,
  });
  const migrated = options.withMigrated === true ? migratedReleases() : undefined;
  const all = await recordHeads(reader, {}, {
    ...recordOptions(env),
    anyOwner: options.checkLabels,
    besides: migrated?.besides,
  });
  const heads = (options.checkLabels === true ? doubted(all) : all).filter((head) => isCandidate(head, options));
  const known = byHead ? await settled(reader, records, heads) : await records.entries(reader, heads);
  const sorted = options.sortBy === undefined ? known : known.sort((a, b) => compare(a, b, options.sortBy));
  if (options.descending === true) sorted.reverse();
  const start = options.offset ? sorted.findLastIndex(({ head }) => head.name === options.offset) : 0;
  if (start < 0) throw new SkegError("not-found", `offset ${JSON.stringify(options.offset)} not found`);
  const rest = sorted.slice(start);
  const { page, seen } = await firstOf(reader, records, rest, count);
  return {
    releases: page,
    next: rest[seen]?.head.name ?? "",
    total: sorted.length,
    ...options.checkLabels === true ? { mislabelled: records.mislabelled(heads) } : {},
    ...migrated === undefined ? {} : { migrated: migrated.names },
    ...page.length === 0 ? await foundElsewhere(env, options, all) : {},
  };
}

/** Returns the first `count` entries whose records exist, and how many entries were read to find them. */
async function firstOf(
  reader: RecordReader,
  records: Records,
  entries: readonly ListedRecord[],
  count: number,
): Promise<{ readonly page: Release[]; readonly seen: number }> {
  const page: Release[] = [];
  let seen = 0;
  while (page.length < count && seen < entries.length) {
    const next = entries.slice(seen, seen + count - page.length);
    seen += next.length;
    const unread = next.filter(({ release }) => release === undefined).map(({ head }) => head);
    const read = new Map((await records.entries(reader, unread)).map(({ head, release }) => [head, release]));
    page.push(...next.map(({ head, release }) => release ?? read.get(head)).filter((release) => release !== undefined));
  }
  return { page, seen };
}

/** Returns entries of certain heads, and of uncertain ones whose record belongs to the list. */
async function settled(reader: RecordReader, records: Records, heads: readonly RecordHead[]): Promise<ListedRecord[]> {
  const doubtful = heads.filter(({ certain }) => !certain);
  if (doubtful.length === 0) return heads.map((head) => ({ head }));
  const proven = new Map((await records.entries(reader, doubtful)).map((entry) => [entry.head, entry]));
  return heads.flatMap((head) => head.certain ? [{ head }] : proven.get(head) ?? []);
}

/** For an empty list: searches other places if there are no records here, or none with a requested name. */
async function foundElsewhere(
  env: Environment,
  { matches }: ListOptions,
  heads: readonly RecordHead[],
): Promise<Pick<ListResult, "elsewhere" | "details">> {
  const own = heads.filter((head) => !isStray(head));
  const isNamed = own.some(({ name }) => matches?.(name) ?? true);
  if (isNamed) return {};
  const { lookElsewhere } = await import("./elsewhere.ts");
  return await lookElsewhere(env, own.length === 0 ? { everywhere: true } : { matches }) ?? {};
}

function isCandidate({ name, status, certain }: RecordHead, options: ListOptions): boolean {
  const statuses: readonly string[] = wantedStatuses(options);
  return (options.matches?.(name) ?? true) && (!certain || statuses.includes(status));
}

function wantedStatuses(options: ListOptions): readonly StatusCode[] {
  return options.statuses?.length ? options.statuses : ["DEPLOYED"];
}

/**
 * Compares entries. Ties keep the order of the records' keys, in which a server lists them; Helm 2's order of
 * many ties is random.
 */
function compare(a: ListedRecord, b: ListedRecord, by: ListOptions["sortBy"]): number {
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
