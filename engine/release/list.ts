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
import { type Entry, Records } from "./_list_records.ts";
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
  /**
   * Also list records that lack the label OWNER=TILLER, and those of which either the label STATUS or the content has a
   * wanted status; `mislabelled` says which.
   */
  readonly checkLabels?: boolean | undefined;
}

/** What {@linkcode list} resolves with. */
export interface ListResult {
  /** A page of revisions. */
  readonly releases: readonly Release[];
  /** Name with which the next page begins; empty when this is the last. */
  readonly next: string;
  /** How many there are on all pages. */
  readonly total: number;
  /** Where records were found when there are none here; looked for only then. */
  readonly elsewhere?: Elsewhere | undefined;
  /** The same for people: a sentence on each line. */
  readonly details?: string | undefined;
  /** With `checkLabels`: records whose labels are not as their content demands, in the order of storage. */
  readonly mislabelled?: readonly MislabelledRecord[] | undefined;
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
  const records = new Records(env, { ...options, statuses: wantedStatuses(options) });
  const reader = readAhead(env.driver, {
    ...records.fetching,
    wants: (head) => isCandidate(head, options),
    // Which ones are printed is known before the last head is there when they are the first, or when all are read.
    count: isFirst ? count : byHead ? 0 : Infinity,
  });
  const all = await recordHeads(reader, {}, { ...recordOptions(env), anyOwner: options.checkLabels });
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
    ...page.length === 0 ? await foundElsewhere(env, options, all) : {},
  };
}

/** The first `count` entries whose records are there, and how many were looked at to find them. */
async function firstOf(
  reader: RecordReader,
  records: Records,
  entries: readonly Entry[],
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

/** Entries of heads that are certain, and of those others whose record proves to belong to the list. */
async function settled(reader: RecordReader, records: Records, heads: readonly RecordHead[]): Promise<Entry[]> {
  const doubtful = heads.filter(({ certain }) => !certain);
  if (doubtful.length === 0) return heads.map((head) => ({ head }));
  const proven = new Map((await records.entries(reader, doubtful)).map((entry) => [entry.head, entry]));
  return heads.flatMap((head) => head.certain ? [{ head }] : proven.get(head) ?? []);
}

/** When nothing is listed: looks in other places if nothing is here, or nothing of a name that was asked for. */
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
