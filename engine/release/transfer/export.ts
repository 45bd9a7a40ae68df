/**
 * Exports releases: their records, and with them live objects and charts, as one archive.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { ChartFile, Release } from "../../model/mod.ts";
import {
  encodeRecord,
  objectOfPlain,
  type PlainRecord,
  type PlainRecords,
  readKey,
  readRecord,
  type RecordObject,
} from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { type ArchivedObject, archivedStorage, packArchive } from "../repair/archive.ts";
import { clusterOf } from "../repair/backups.ts";
import { withoutServerFields } from "./clean.ts";
import { manifestObjects } from "./manifest_objects.ts";
import { redactedObject, redactedRelease, secretsOf } from "./redact.ts";
import { messageOf } from "../../base/mod.ts";

/** Options of {@linkcode exportReleases}. */
export interface ExportOptions {
  /** Names of releases; default: all of the storage. */
  readonly releases?: readonly string[] | undefined;
  /** If true, also exports the live objects of each DEPLOYED manifest. */
  readonly objects?: boolean | undefined;
  /** If true, also exports the stored chart as an archive, and the user's values, of the DEPLOYED revision. */
  readonly charts?: boolean | undefined;
  /** If true, leaves values and secrets out. Such an archive is for reading: it cannot be imported. */
  readonly redact?: boolean | undefined;
}

/** A release in an export. */
export interface ExportedRelease {
  /** The release. */
  readonly name: string;
  /** Status of the newest revision, by its label. */
  readonly status: string;
  /** Number of records. */
  readonly revisions: number;
  /** Number of live objects. */
  readonly objects: number;
}

/** An export. */
export interface ExportResult {
  /** The bytes of the archive, a `.tar.gz`. They hold secrets unless `redacted`. */
  readonly archive: Uint8Array;
  /** When it was made, such as `2026-01-31T12:00:00Z`. */
  readonly time: string;
  /** True if values and secrets were left out. */
  readonly redacted: boolean;
  /** In the order of names. */
  readonly releases: readonly ExportedRelease[];
  /** Parts that could not be exported, one sentence each. */
  readonly notes: readonly string[];
}

/** The records of one release, oldest first. */
interface Subject {
  readonly name: string;
  readonly records: readonly PlainRecord[];
}

/** The parts of an archive that one release fills. */
interface Exported {
  readonly records: RecordObject[];
  readonly objects: ArchivedObject[];
  readonly files: ChartFile[];
}

/**
 * Reads records and packs them into an archive.
 *
 * @throws SkegError of kind `not-found` when a named release has no records, or there are none at all.
 */
export async function exportReleases(env: Environment, options: ExportOptions = {}): Promise<ExportResult> {
  const store = plainRecords(env);
  const { redact = false } = options;
  const subjects = await readSubjects(env, store, options.releases ?? []);
  const notes: string[] = [];
  const all: Exported = { records: [], objects: [], files: [] };
  const releases: ExportedRelease[] = [];
  for (const subject of subjects) {
    const part = await exportOne(env, store, subject, options, notes);
    all.records.push(...part.records);
    all.objects.push(...part.objects);
    all.files.push(...part.files);
    const status = subject.records.at(-1)?.labels["STATUS"] ?? "";
    releases.push({ name: subject.name, status, revisions: part.records.length, objects: part.objects.length });
  }
  const time = timeOf(env);
  const facts = {
    time,
    cluster: await clusterOf(env),
    storage: archivedStorage(store),
    ...redact ? { redacted: true } : {},
  };
  return { archive: await packArchive(facts, all.records, all), time, redacted: redact, releases, notes };
}

/** Returns the driver's records in their neutral form. Throws with kind `usage` for a driver without it. */
export function plainRecords({ driver }: Environment): PlainRecords {
  if (driver.plain !== undefined) return driver.plain;
  throw new SkegError("usage", `records in ${driver.name} storage cannot be exported, imported or moved`);
}

async function readSubjects(env: Environment, store: PlainRecords, releases: readonly string[]): Promise<Subject[]> {
  const wanted = [...new Set(releases)].sort();
  const found = wanted.length === 0
    ? await store.list({}, recordOptions(env))
    : (await Promise.all(wanted.map((name) => store.list({ name }, recordOptions(env))))).flat();
  const groups = Map.groupBy(found, nameOf);
  const missing = wanted.find((name) => !groups.has(name));
  if (missing !== undefined) {
    throw new SkegError("not-found", `release: ${JSON.stringify(missing)} not found`, { missing });
  }
  if (groups.size === 0) {
    throw new SkegError("not-found", "there are no releases to export", {
      hint: "Check --storage and --tiller-namespace: 'skeg list --all' shows the releases of a storage.",
    });
  }
  return [...groups.keys()].sort().map((name) => ({ name, records: (groups.get(name) ?? []).toSorted(byRevision) }));
}

/** Returns the release of a record: its label, by which it is found, else its key. */
export function nameOf({ key, labels }: PlainRecord): string {
  return labels["NAME"] ?? readKey(key)?.name ?? key;
}

/** Compares records by revision, then by key. */
export function byRevision(a: PlainRecord, b: PlainRecord): number {
  const [first, second] = [a, b].map(({ key }) => readKey(key)?.revision ?? 0);
  return (first ?? 0) - (second ?? 0) || (a.key < b.key ? -1 : 1);
}

/** Returns the release in a record; `undefined` when it cannot be decoded. */
export async function contentOf({ data }: PlainRecord): Promise<Release | undefined> {
  try {
    return await readRecord(data["release"] ?? "");
  } catch (error) {
    if (error instanceof SkegError && error.kind === "record") return undefined;
    throw error;
  }
}

async function exportOne(
  env: Environment,
  store: PlainRecords,
  subject: Subject,
  options: ExportOptions,
  notes: string[],
): Promise<Exported> {
  const { redact = false, objects: withObjects, charts } = options;
  const { name } = subject;
  const isRead = withObjects === true || charts === true || redact;
  const records = await Promise.all(
    subject.records.map(async (plain) => ({ plain, release: isRead ? await contentOf(plain) : undefined })),
  );
  const contents = records.map(({ release }) => release).filter((release) => release !== undefined);
  const current = contents.findLast(({ info }) => info.status.code === "DEPLOYED") ?? contents.at(-1);
  const live = withObjects === true && current !== undefined ? await manifestObjects(env, current) : undefined;
  for (const what of live?.unread ?? []) notes.push(`${name}: ${what} is not exported: you may not read it`);
  const objects = (live?.live ?? []).map(({ object }) => withoutServerFields(object));
  const secrets = redact ? secretsOf(contents, objects) : [];
  const chart = charts === true && current !== undefined ? current : undefined;
  return {
    records: records.map(({ plain, release }) =>
      archivedRecord(store, redact ? redactedRecord(plain, release, secrets) : plain)
    ),
    objects: objects.map((object) => ({ release: name, object: redact ? redactedObject(object, secrets) : object })),
    files: chart === undefined ? [] : await chartFiles(name, redact ? redactedRelease(chart, secrets) : chart, notes),
  };
}

/** Packs all records of a release into the archive of a backup. */
export async function packRecords(env: Environment, records: readonly PlainRecord[]): Promise<Uint8Array> {
  const store = plainRecords(env);
  const facts = {
    time: timeOf(env),
    cluster: await clusterOf(env),
    storage: archivedStorage(store),
  };
  return await packArchive(facts, records.map((record) => archivedRecord(store, record)));
}

/** Returns the current time, such as `2026-01-31T12:00:00Z`. */
export function timeOf(env: Environment): string {
  return new Date(env.clock().seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Returns a record as an object of the archive: as the server has it, without UID and versions. */
function archivedRecord({ kind, namespace }: PlainRecords, record: PlainRecord): RecordObject {
  const object = objectOfPlain(kind === "Secret" ? "Secret" : "ConfigMap", record);
  const { name, labels, annotations } = object.metadata ?? {};
  return {
    ...object,
    metadata: {
      ...name === undefined ? {} : { name },
      ...namespace === "" ? {} : { namespace },
      ...record.createdAt === undefined ? {} : { creationTimestamp: record.createdAt },
      ...labels === undefined ? {} : { labels },
      ...annotations === undefined ? {} : { annotations },
    },
  };
}

/** Returns the record without values and secrets; one that cannot be decoded loses its content. */
function redactedRecord(record: PlainRecord, release: Release | undefined, secrets: readonly string[]): PlainRecord {
  const data: Record<string, string> = release === undefined
    ? {}
    : { release: encodeRecord(redactedRelease(release, secrets)) };
  return { ...record, annotations: {}, data, binaryData: {} };
}

async function chartFiles(name: string, { chart, config }: Release, notes: string[]): Promise<ChartFile[]> {
  if (chart === undefined) {
    notes.push(`${name}: its record holds no chart`);
    return [];
  }
  const folder = `charts/${encodeURIComponent(name)}`;
  const values = { path: `${folder}/values.yaml`, data: new TextEncoder().encode(config?.raw ?? "") };
  try {
    const { chartArchive } = await import("../../chart/package/mod.ts");
    const { name: chartName, version } = chart.metadata;
    const path = `${folder}/${encodeURIComponent(`${chartName}-${version}`)}.tgz`;
    return [{ path, data: chartArchive(chart) }, values];
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind !== "chart") throw error;
    notes.push(`${name}: its chart is not exported: ${messageOf(error)}`);
    return [values];
  }
}
