/**
 * `index.yaml`: the list of a repository's charts.
 *
 * Source: Helm 2.17.0, `pkg/repo/index.go`.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import type { ChartMetadata } from "../../model/mod.ts";
import { METADATA_FIELDS } from "../load/mod.ts";
import { compareVersions, parseConstraint, parseVersion, type Version } from "../../lang/semver/mod.ts";
import {
  BOOL,
  decodeValue,
  encodeYaml,
  type RepeatedKey,
  STRING,
  STRING_LIST,
  yamlToJson,
} from "../../lang/yaml/mod.ts";
import { decodeTime, localTime, NO_TIME } from "./time.ts";

/** One version of a chart in an index: its metadata and its addresses. */
export interface ChartVersion extends Omit<ChartMetadata, "unknown"> {
  /** Addresses of the archive; the first one is used. Relative ones are below the repository's address. */
  readonly urls?: readonly string[];
  /** When it was added, RFC 3339. */
  readonly created?: string;
  /** Has no effect. */
  readonly removed?: boolean;
  /** SHA-256 of the archive, hexadecimal. */
  readonly digest?: string;
}

/** The functions of an index for finding charts. */
export interface ChartIndex {
  /** Names of all charts. */
  names(): readonly string[];
  /** Returns all versions of a chart, the highest first; `undefined` when there is no such chart. */
  versions(name: string): readonly ChartVersion[] | undefined;
}

/** A complete index. */
export interface IndexFile extends ChartIndex {
  /** Version of the format: `v1`. */
  readonly apiVersion: string;
  /** Creation time, RFC 3339. */
  readonly generated: string;
  /** Charts by name. */
  readonly entries: Map<string, ChartVersion[]>;
  /** Has no effect. */
  readonly publicKeys: readonly string[];
}

const CHART_VERSION = {
  kind: "struct",
  type: "repo.ChartVersion",
  pointer: true,
  fields: {
    ...METADATA_FIELDS,
    urls: STRING_LIST,
    created: { kind: "custom", decode: decodeTime },
    removed: BOOL,
    digest: STRING,
  },
} as const;

const CHART_VERSIONS = { kind: "list", type: "repo.ChartVersions", item: CHART_VERSION } as const;

const INDEX = {
  kind: "struct",
  type: "repo.IndexFile",
  fields: {
    apiVersion: STRING,
    generated: { kind: "custom", decode: decodeTime },
    entries: { kind: "map", type: "map[string]repo.ChartVersions", value: CHART_VERSIONS },
    publicKeys: STRING_LIST,
  },
} as const;

/** Maximal number of scalars, lists and maps in an index; one with 40,000 entries has less than a million. */
const NODES_MAX = 5_000_000;

/** Maximal number of problems in a message. */
const PROBLEMS_MAX = 20;

/** A line number and the problem there. */
type Problem = readonly [number, string];

/** Allowed top-level keys; Helm 2 refuses all others. */
const KEYS = new Set(["serverInfo", "apiVersion", "generated", "entries", "publicKeys"]);

/** Returns an index without charts. */
export function emptyIndex(now: Date = new Date()): IndexFile {
  return makeIndex({ apiVersion: "v1", generated: localTime(now), publicKeys: [] }, new Map());
}

/** Returns an index made of its parts. */
export function makeIndex(
  head: Pick<IndexFile, "apiVersion" | "generated" | "publicKeys">,
  entries: Map<string, ChartVersion[]>,
): IndexFile {
  return { ...head, entries, names: () => [...entries.keys()], versions: (name) => entries.get(name) };
}

/**
 * Parses the text of an index.
 *
 * @throws kind `yaml` with the messages of Go's libraries; kind `chart` without an `apiVersion`.
 */
export function decodeIndex(text: string): IndexFile {
  const problems: Problem[] = [];
  const value = yamlToJson(text, {
    nodesMax: NODES_MAX,
    onRepeatedKey: (found) => {
      if (problems.length < PROBLEMS_MAX) problems.push(repeatedKey(text, found));
    },
  });
  checkTop(value, text, problems);
  const fields = value === null ? undefined : decodeFields(asStrings(value as Record<string, unknown>));
  // Helm 2 then tries the format of its alpha versions, but it has already refused the keys of that format.
  if (!fields?.apiVersion) throw new SkegError("chart", "no API version specified");
  const entries = new Map<string, ChartVersion[]>();
  for (const [name, list] of Object.entries(fields.entries ?? {})) {
    entries.set(name, sortVersions((list ?? []).filter((entry) => entry !== null).map(filled)));
  }
  const { apiVersion, generated = NO_TIME, publicKeys = [] } = fields;
  return makeIndex({ apiVersion, generated, publicKeys }, entries);
}

type DecodedVersion = ReturnType<typeof decodeFields> extends infer F
  ? F extends { entries?: Record<string, (infer V)[]> } ? V : never
  : never;

function decodeFields(value: unknown) {
  try {
    return decodeValue(value, INDEX);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new YamlError(`error unmarshaling JSON: while decoding JSON: ${error.message}`, error.line);
  }
}

/** Returns the index entry for a chart. */
export function toChartVersion(
  { unknown: _, maintainers, ...metadata }: ChartMetadata,
  place: Pick<ChartVersion, "urls" | "created" | "digest">,
): ChartVersion {
  // An entry that is null is null in the index too, which is only written from here.
  const people = maintainers?.map(({ unknown: _, isNull, ...person }) =>
    (isNull ? null : withoutEmpty(person)) as typeof person
  );
  return withoutEmpty({ ...metadata, ...people === undefined ? {} : { maintainers: people }, ...place });
}

/** Returns an entry without empty fields, for writing. */
function withoutEmpty<T extends object>(entry: T): T {
  const kept: Record<string, unknown> = {};
  for (const key in entry) {
    const value: unknown = entry[key as keyof typeof entry];
    const isEmpty = value === undefined || value === "" || value === false ||
      (key !== "urls" && typeof value === "object" && value !== null && Object.keys(value).length === 0);
    if (!isEmpty) kept[key] = value;
  }
  return kept as T;
}

function filled(entry: NonNullable<DecodedVersion>): ChartVersion {
  const { name = "", ...rest } = withoutEmpty(entry);
  return { name, ...rest } as ChartVersion;
}

/** Adds a problem when `value` is not a map, and for every unknown key. */
function checkTop(value: unknown, text: string, problems: Problem[]): void {
  if (value === null) return;
  if (typeof value !== "object" || Array.isArray(value)) {
    const found = Array.isArray(value) ? "!!seq" : scalarTag(value);
    throw new YamlError(`yaml: unmarshal errors:\n  line 1: cannot unmarshal ${found} into repo.IndexValidation`, 1);
  }
  for (const [key, item] of Object.entries(value)) {
    const line = () => lineOf(text, key);
    if (!KEYS.has(key)) problems.push([line(), notFound(key)]);
    else if ((key === "entries" || key === "serverInfo") && item !== null) {
      const tag = Array.isArray(item) ? "!!seq" : typeof item === "object" ? undefined : scalarTag(item);
      const at = () => Array.isArray(item) && !text.split("\n")[line() - 1]?.includes("[") ? 1 : 0;
      if (tag !== undefined) problems.push([line() + at(), `cannot unmarshal ${tag} into map[string]interface {}`]);
    } else if (key === "apiVersion" && typeof item === "object" && item !== null) {
      problems.push([line(), `cannot unmarshal ${Array.isArray(item) ? "!!seq" : "!!map"} into string`]);
    }
  }
  if (problems.length === 0) return;
  const lines = problems.sort(([a], [b]) => a - b).map(([line, problem]) => `\n  line ${line}: ${problem}`);
  throw new YamlError(`yaml: unmarshal errors:${lines.join("")}`, problems[0]?.[0]);
}

function scalarTag(value: unknown): string {
  const text = String(value);
  const shown = text.length > 10 ? `${text.slice(0, 7)}...` : text;
  const tag = typeof value === "string" ? "str" : typeof value === "boolean" ? "bool" : "int";
  return `!!${tag} \`${shown}\``;
}

/** Returns Helm 2's message for a repeated key. */
function repeatedKey(text: string, { key, line, mapLine, isTop }: RepeatedKey): Problem {
  if (isTop) {
    const last = linesOf(text.split("\n"), key).at(-1) ?? mapLine;
    return [last, KEYS.has(key) ? `field ${key} already set in type repo.IndexValidation` : notFound(key)];
  }
  const lines = line === undefined ? linesOf(text.split("\n").slice(mapLine - 1), key, "[\\s{-]*") : [];
  return [line ?? (lines[1] ?? lines[0] ?? 1) + mapLine - 1, `key ${JSON.stringify(key)} already set in map`];
}

function notFound(key: string): string {
  return `field ${key} not found in type repo.IndexValidation`;
}

/** Returns the line number of a top-level key. */
function lineOf(text: string, key: string): number {
  return linesOf(text.split("\n"), key)[0] ?? 1;
}

/** Returns the 1-based numbers of the lines that begin with a key. */
function linesOf(lines: readonly string[], key: string, before = ""): number[] {
  const escaped = key.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const form = new RegExp(`^${before}["']?${escaped}["']?\\s*:`);
  return lines.flatMap((line, at) => form.test(line) ? [at + 1] : []);
}

/** Converts scalars to text where the format requires text; fields of Chart.yaml must be text already. */
function asStrings(value: Record<string, unknown>): Record<string, unknown> {
  const text = (item: unknown) => typeof item === "number" || typeof item === "boolean" ? String(item) : item;
  const list = (item: unknown) => Array.isArray(item) ? item.map(text) : item;
  const { apiVersion, publicKeys, entries } = value;
  if (entries !== null && typeof entries === "object") {
    for (const versions of Object.values(entries)) {
      if (!Array.isArray(versions)) continue;
      for (const entry of versions) {
        if (entry === null || typeof entry !== "object") continue;
        if ("digest" in entry) entry.digest = text(entry.digest);
        if ("urls" in entry) entry.urls = list(entry.urls);
      }
    }
  }
  return {
    ...value,
    ...apiVersion === undefined ? {} : { apiVersion: text(apiVersion) },
    ...publicKeys === undefined ? {} : { publicKeys: list(publicKeys) },
  };
}

/** Returns entries sorted by version, highest first; invalid versions are last. */
export function sortVersions(list: readonly ChartVersion[]): ChartVersion[] {
  const keyed = list.map((entry) => ({ entry, version: versionOf(entry.version ?? "") }));
  keyed.sort((a, b) => {
    if (a.version === undefined || b.version === undefined) {
      return Number(a.version === undefined) - Number(b.version === undefined);
    }
    return compareVersions(b.version, a.version);
  });
  return keyed.map(({ entry }) => entry);
}

/** Returns the parsed version; `undefined` when it is invalid. */
export function versionOf(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof SkegError) return undefined;
    throw error;
  }
}

/** Returns the text of an index, with sorted keys and without empty fields. */
export function encodeIndex(index: IndexFile): string {
  const entries = Object.fromEntries(
    [...index.entries].map(([name, list]) => [
      name,
      list.map((entry) => ({ ...entry, created: entry.created ?? NO_TIME, urls: entry.urls ?? null })),
    ]),
  );
  const { apiVersion, generated, publicKeys } = index;
  return encodeYaml({ apiVersion, entries, generated, ...publicKeys.length > 0 ? { publicKeys } : {} });
}

/**
 * Returns a version of a chart: the one whose text equals `range`, else the
 * highest one in the range. An empty range matches any release.
 *
 * @throws kind `not-found` or `semver`, with Helm's message.
 */
export function findVersion(index: ChartIndex, name: string, range: string): ChartVersion {
  const list = index.versions(name);
  if (list === undefined) throw new SkegError("not-found", "no chart name found");
  if (list.length === 0) throw new SkegError("not-found", "no chart version found");
  const constraint = parseConstraint(range === "" ? "*" : range);
  const exact = range === "" ? undefined : list.find((entry) => entry.version === range);
  const found = exact ?? list.find((entry) => {
    const version = versionOf(entry.version ?? "");
    return version !== undefined && constraint.check(version);
  });
  if (found === undefined) throw new SkegError("not-found", `No chart version found for ${name}-${range}`);
  return found;
}

/** True if a version of the chart is in the range; an invalid range matches nothing. */
export function hasVersion(index: ChartIndex, name: string, range: string): boolean {
  try {
    findVersion(index, name, range);
    return true;
  } catch (error) {
    if (error instanceof SkegError) return false;
    throw error;
  }
}

/** Adds the versions of `other` that `index` does not have. */
export function mergeIndex(index: IndexFile, other: IndexFile): void {
  for (const list of other.entries.values()) {
    for (const entry of list) {
      if (hasVersion(index, entry.name, entry.version ?? "")) continue;
      index.entries.set(entry.name, [...index.entries.get(entry.name) ?? [], entry]);
    }
  }
}
