/**
 * Searches charts by words.
 *
 * Source: Helm 2.17.0, `cmd/helm/search`.
 *
 * @module
 */
import { compareVersions, type Constraint, parseConstraint } from "../../lang/semver/mod.ts";
import { joinPath } from "./address.ts";
import { SkegError } from "../../../errors.ts";
import { type ChartIndex, type ChartVersion, versionOf } from "./index_file.ts";

/** One matching version of a chart. */
export interface SearchResult {
  /** `repository/chart`; in lower case when the search was for words. */
  readonly name: string;
  /** The field in which the match begins: 0 name, 1 name with repository, 2 description, 3 keywords. */
  readonly score: number;
  /** The entry in the index. */
  readonly chart: ChartVersion;
}

/** A search. */
export interface SearchQuery {
  /** Words; case is ignored. Empty: everything matches. */
  readonly words?: string;
  /** Used instead of words: returns the index where a match begins, or -1. */
  readonly find?: (text: string) => number;
  /** Range of versions; default `>0.0.0`. */
  readonly range?: string;
  /** True for all versions, false for the first one of each chart. */
  readonly all?: boolean;
}

const SEPARATOR = "\v";
const SCORE_MAX = 25;

/**
 * Searches indexes.
 *
 * @param repositories In the order of the user's list.
 * @returns By score, then name, then version, the newest first.
 * @throws kind `semver` for a bad range.
 */
export function searchIndexes(
  repositories: readonly { readonly name: string; readonly index: ChartIndex }[],
  query: SearchQuery,
): SearchResult[] {
  const found: SearchResult[] = [];
  const { find } = query;
  const words = query.words?.toLowerCase() ?? "";
  for (const { name: repository, index } of repositories) {
    for (const chart of index.names()) {
      const full = joinPath(repository, chart);
      const name = find === undefined && words !== "" ? full.toLowerCase() : full;
      for (const entry of lastOfEach(index.versions(chart) ?? [])) {
        const score = scoreOf(searchText(repository, entry), words, find);
        if (score !== undefined && score < SCORE_MAX) found.push({ name, score, chart: entry });
      }
    }
  }
  return inRange(sorted(found), query);
}

/** Returns one entry for each version text: Helm 2 uses the last one. */
function lastOfEach(list: readonly ChartVersion[]): Iterable<ChartVersion> {
  return new Map(list.map((entry) => [entry.version ?? "", entry])).values();
}

function searchText(repository: string, { name, description = "", keywords = [] }: ChartVersion): string {
  return [name, `${repository}/${name}`, description, keywords.join(" ")].join(SEPARATOR);
}

/** Returns the number of the field in which a match begins. */
function scoreOf(text: string, words: string, find: SearchQuery["find"]): number | undefined {
  if (find === undefined && words === "") return 0;
  const searched = find === undefined ? text.toLowerCase() : text;
  const at = find === undefined ? searched.indexOf(words) : find(searched);
  if (at < 0) return undefined;
  let score = 0;
  // A match that begins on a separator belongs to the field before it.
  for (let end = searched.indexOf(SEPARATOR); end >= 0 && end < at; end = searched.indexOf(SEPARATOR, end + 1)) score++;
  return score;
}

function sorted(results: readonly SearchResult[]): SearchResult[] {
  return results.toSorted((a, b) => {
    if (a.score !== b.score) return a.score - b.score;
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    const [left, right] = [versionOf(a.chart.version ?? ""), versionOf(b.chart.version ?? "")];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return compareVersions(right, left);
  });
}

/** Returns the versions in the range, and the invalid ones. */
function inRange(results: readonly SearchResult[], { range = ">0.0.0", all = false }: SearchQuery): SearchResult[] {
  const constraint = readRange(range);
  const seen = new Set<string>();
  return results.filter(({ name, chart }) => {
    if (seen.has(name)) return false;
    const version = versionOf(chart.version ?? "");
    if (version !== undefined && !constraint.check(version)) return false;
    if (!all) seen.add(name);
    return true;
  });
}

function readRange(range: string): Constraint {
  try {
    return parseConstraint(range);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError("semver", `an invalid version/constraint format: ${error.message}`, { cause: error });
  }
}
