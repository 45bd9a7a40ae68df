/**
 * Releases of all namespaces, by status, name and time.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_list.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release, StatusCode } from "../../model/mod.ts";
import { recordOptions } from "./_calls.ts";
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
 * Lists revisions, not releases: several revisions of one release are there
 * when they have a status that is asked for.
 *
 * @throws SkegError of kind `not-found` when there is no release with the name of `offset`.
 */
export async function list(env: Environment, options: ListOptions = {}): Promise<ListResult> {
  const all = await env.driver.list(recordOptions(env));
  const statuses = options.statuses?.length ? options.statuses : ["DEPLOYED"];
  const wanted = all.filter((release) =>
    statuses.includes(release.info.status.code) &&
    (!options.namespace || release.namespace === options.namespace) &&
    (options.matches?.(release.name) ?? true)
  );
  const sorted = options.sortBy === undefined ? wanted : wanted.sort((a, b) => compare(a, b, options.sortBy));
  if (options.descending === true) sorted.reverse();
  const start = options.offset ? sorted.findLastIndex((release) => release.name === options.offset) : 0;
  if (start < 0) throw new SkegError("not-found", `offset ${JSON.stringify(options.offset)} not found`);
  const end = start + (options.limit || 512);
  return { releases: sorted.slice(start, end), next: sorted[end]?.name ?? "", total: sorted.length };
}

/** Ties are in the order of names, then of revisions; Helm 2 leaves them to chance. */
function compare(a: Release, b: Release, by: ListOptions["sortBy"]): number {
  const first = by === "date"
    ? (a.info.lastDeployed?.seconds ?? 0) - (b.info.lastDeployed?.seconds ?? 0)
    : by === "chart"
    ? order(a.chart?.metadata.name ?? "", b.chart?.metadata.name ?? "")
    : 0;
  return first || order(a.name, b.name) || a.revision - b.revision;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
