/**
 * `index.yaml`: what a repository holds.
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

/** One version of a chart in an index: what its Chart.yaml says, and where it is. */
export interface ChartVersion extends Omit<ChartMetadata, "unknown"> {
  /** Addresses of the archive, the first one is used; relative ones stand below the repository. */
  readonly urls?: readonly string[];
  /** When it was added, RFC 3339. */
  readonly created?: string;
  /** Means nothing. */
  readonly removed?: boolean;
  /** SHA-256 of the archive, hexadecimal. */
  readonly digest?: string;
}

/** What finding charts needs of an index. */
export interface ChartIndex {
  /** Names of all charts. */
  names(): readonly string[];
  /** All versions of a chart, the highest first; `undefined` when there is no such chart. */
  versions(name: string): readonly ChartVersion[] | undefined;
}

/** A whole index. */
export interface IndexFile extends ChartIndex {
  /** Of the format: `v1`. */
  readonly apiVersion: string;
  /** When it was made, RFC 3339. */
  readonly generated: string;
  /** Charts by name. */
  readonly entries: Map<string, ChartVersion[]>;
  /** Means nothing. */
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

/** Scalars, lists and maps that an index may have; one with 40,000 entries has less than a million. */
const NODES_MAX = 5_000_000;

/** Problems that are named, at most. */
const PROBLEMS_MAX = 20;

/** A line and what is wrong there. */
type Problem = readonly [number, string];

/** Top-level keys that an index may have; Helm 2 refuses all others. */
const KEYS = new Set(["serverInfo", "apiVersion", "generated", "entries", "publicKeys"]);

/** An index without charts. */
export function emptyIndex(now: Date = new Date()): IndexFile {
  return makeIndex({ apiVersion: "v1", generated: localTime(now), publicKeys: [] }, new Map());
}

/** Puts an index together. */
export function makeIndex(
  head: Pick<IndexFile, "apiVersion" | "generated" | "publicKeys">,
  entries: Map<string, ChartVersion[]>,
): IndexFile {
  return { ...head, entries, names: () => [...entries.keys()], versions: (name) => entries.get(name) };
}

/**
 * Reads the text of an index.
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
  // Helm 2 reads such a file in the format of its alpha versions, whose keys it has refused just before.
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

/** The entry of a chart in an index. */
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

/** An entry without empty fields, as it is written again. */
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

/** Refuses what is no map, and keys that do not belong here. */
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

/** What Helm 2 says of a key that stands in a map twice. */
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

/** The line that a top-level key stands on. */
function lineOf(text: string, key: string): number {
  return linesOf(text.split("\n"), key)[0] ?? 1;
}

/** The lines, 1-based, that begin with a key. */
function linesOf(lines: readonly string[], key: string, before = ""): number[] {
  const escaped = key.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const form = new RegExp(`^${before}["']?${escaped}["']?\\s*:`);
  return lines.flatMap((line, at) => form.test(line) ? [at + 1] : []);
}

/** Gives scalars where the format wants text the form of text; the fields of Chart.yaml must be text already. */
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

/** Returns versions with the highest first; those that are none come last. */
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

/** Reads a version; `undefined` for what is none. */
export function versionOf(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof SkegError) return undefined;
    throw error;
  }
}

/** Writes an index: sorted keys, fields that are empty left out. */
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
 * Chooses a version of a chart: the very text of `range` first, then the
 * highest one in the range; an empty range is any release.
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

/** True when a version of the chart is in the range; a range that is none fits nothing. */
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
