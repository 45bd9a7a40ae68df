/**
 * Archives of release records: an export, or the backup before a repair.
 *
 * A gzipped tar with `index.json` first. Then `records/NAMESPACE/KEY.json`, each a whole object;
 * `objects/RELEASE/NAMESPACE/KIND.GROUP/NAME.json`, live objects; and `charts/RELEASE/…`, the stored chart and
 * the user's values. The index has the SHA-256 of every other entry. Archives contain release values, which may
 * be secret: their files have mode 0600.
 *
 * An archive that is read is not trusted: sizes are limited, paths and contents must fit the index, and no path
 * is used to write a file.
 *
 * @module
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { SkegError } from "../../../errors.ts";
import { checkJsonDepth, messageOf } from "../../base/mod.ts";
import type { ChartFile, KubeObject } from "../../model/mod.ts";
import type { PlainKind, RecordObject } from "../../../storage/mod.ts";
import { readTar, writeTar } from "../../chart/load/mod.ts";
import { sha256 } from "./digest.ts";

/** Version of the format. A reader refuses a higher one. */
export const ARCHIVE_FORMAT = 1;
/** Largest archive that is packed or unpacked, in bytes without compression: five hundred records of full size. */
const ARCHIVE_BYTES_MAX = 512 * 1024 * 1024;
/** Largest entry, in bytes. Objects have 1 MiB at most, and rows of a database may have more. */
const ENTRY_BYTES_MAX = 256 * 1024 * 1024;
/** The most entries: ten times the largest fleet that we know of. */
const ENTRIES_MAX = 200_000;
const INDEX = "index.json";
const MODE = 0o600;
/** In place of a namespace, for objects without one; no namespace can have this name. */
const CLUSTER_SCOPED = "_cluster";
/** In place of a namespace, for records of a storage without namespaces. */
const NO_NAMESPACE = "_sql";

/** The cluster that records were read from. */
export interface ArchivedCluster {
  /** UID of the namespace `kube-system`; empty when the user may not read it. */
  readonly uid: string;
  /** URL of the API server, or `sandbox`. For display only: an address may change. */
  readonly server: string;
}

/** The storage that records were read from. */
export interface ArchivedStorage {
  /** Kind of the storage. Rows of a database and records in memory are archived as ConfigMaps. */
  readonly kind: PlainKind;
  /** Namespace of the records; empty for storages without namespaces. */
  readonly namespace: string;
  /** SHA-256 of a database's host, port, name and search_path; absent for other storages and in older archives. */
  readonly database?: string | undefined;
}

/** Returns the facts of a storage that an archive or a plan keeps. */
export function archivedStorage({ kind, namespace, database }: ArchivedStorage): ArchivedStorage {
  return { kind, namespace, ...database === undefined ? {} : { database } };
}

/** A live object of a release, in an archive. */
export interface ArchivedObject {
  /** The release that names it. */
  readonly release: string;
  /** The object; `metadata.namespace` is set for namespaced kinds. */
  readonly object: KubeObject;
}

/** Options of {@linkcode packArchive} and {@linkcode unpackArchive}. */
export interface ArchiveLimits {
  /** Largest size without compression, in bytes; default 512 MiB. */
  readonly bytesMax?: number | undefined;
}

/** The parts of an archive besides its records. */
export interface ArchiveParts {
  /** Live objects. */
  readonly objects?: readonly ArchivedObject[] | undefined;
  /** Charts and values, with their paths in the archive: `charts/…`. */
  readonly files?: readonly ChartFile[] | undefined;
}

/** One write of a repair: undo compares it with the live object. */
export interface ArchivedWrite {
  /** Such as `web.v3`. */
  readonly key: string;
  /** Absent for a record that was changed. */
  readonly verb?: "create" | "delete" | undefined;
  /** Labels of the object after the repair; empty for one that was deleted. */
  readonly labels: Readonly<Record<string, string>>;
  /** SHA-256 of the object's data after the repair, in hexadecimal; see {@linkcode dataDigest}. Empty for one that was deleted. */
  readonly dataSha256: string;
}

/** The repair that an archive was made for. */
export interface ArchivedRepair {
  /** Such as `map-apis`. */
  readonly name: string;
  /** The release. */
  readonly release: string;
  /** In the order in which they were to be written; a repair that was interrupted wrote the first of them only. */
  readonly writes: readonly ArchivedWrite[];
}

/** Facts of an archive, without its entries. */
export interface ArchiveFacts {
  /** When it was made, such as `2026-01-31T12:00:00Z`. */
  readonly time: string;
  /** Origin of the records. */
  readonly cluster: ArchivedCluster;
  /** Origin of the records. */
  readonly storage: ArchivedStorage;
  /** The repair that this is the backup of; absent in an export. */
  readonly repair?: ArchivedRepair | undefined;
  /** True if values and secrets were left out: such an archive cannot be imported. */
  readonly redacted?: boolean | undefined;
}

/** An archive, unpacked and verified. */
export interface RecordArchive extends ArchiveFacts {
  /** In archive order. */
  readonly records: readonly RecordObject[];
  /** In archive order. */
  readonly objects: readonly ArchivedObject[];
  /** Charts and values, in archive order. */
  readonly files: readonly ChartFile[];
}

/** `index.json`. */
interface Index extends ArchiveFacts {
  readonly formatVersion: number;
  readonly entries: readonly { readonly path: string; readonly sha256: string; readonly sizeBytes: number }[];
}

/**
 * Returns the bytes of an archive. The same input gives the same bytes.
 *
 * @param records Whole objects of `facts.storage`, each with a name.
 * @throws SkegError of kind `io` when it would be too large to be unpacked.
 */
export async function packArchive(
  facts: ArchiveFacts,
  records: readonly RecordObject[],
  { objects = [], files = [] }: ArchiveParts = {},
  { bytesMax = ARCHIVE_BYTES_MAX }: ArchiveLimits = {},
): Promise<Uint8Array> {
  const all: ChartFile[] = [
    ...records.map((record) => ({ path: pathOf(facts.storage, record), data: jsonBytes(record) })),
    ...objects.map((one) => ({ path: objectPathOf(one), data: jsonBytes(one.object) })),
    ...files,
  ];
  const entries = await Promise.all(all.map(async ({ path, data }) => ({
    path,
    sha256: await sha256(data),
    sizeBytes: data.length,
  })));
  const index: Index = { formatVersion: ARCHIVE_FORMAT, ...facts, entries };
  const tar = writeTar([{ path: INDEX, data: jsonBytes(index) }, ...all], Date.parse(facts.time) / 1000, MODE);
  if (tar.length > bytesMax) {
    throw new SkegError(
      "io",
      `the archive would have ${tar.length} bytes without compression; the limit is ${bytesMax}`,
      {
        hint: "Export fewer releases into one archive.",
      },
    );
  }
  const packed = gzipSync(tar);
  return new Uint8Array(packed.buffer, packed.byteOffset, packed.length);
}

/**
 * Unpacks an archive and compares every entry with the index.
 *
 * @throws SkegError of kind `io` that names the fault of the archive.
 */
export async function unpackArchive(
  bytes: Uint8Array,
  { bytesMax = ARCHIVE_BYTES_MAX }: ArchiveLimits = {},
): Promise<RecordArchive> {
  const found = readFiles(bytes, bytesMax);
  const index = readIndex(found.get(INDEX));
  found.delete(INDEX);
  const records: RecordObject[] = [];
  const objects: ArchivedObject[] = [];
  const files: ChartFile[] = [];
  for (const { path, sha256: expected } of index.entries) {
    const data = found.get(path);
    if (data === undefined) throw damaged(`${shown(path)} is missing`);
    if (await sha256(data) !== expected) throw damaged(`${shown(path)} does not match the index`);
    found.delete(path);
    if (path.startsWith("records/")) records.push(recordIn(index.storage, path, data));
    else if (path.startsWith("objects/")) objects.push(objectIn(path, data));
    else files.push({ path, data }); // a later format may hold more
  }
  for (const path of found.keys()) throw damaged(`${shown(path)} is not in the index`);
  const { time, cluster, storage, repair, redacted } = index;
  return { time, cluster, storage, repair, ...redacted === true ? { redacted } : {}, records, objects, files };
}

function recordIn(storage: ArchivedStorage, path: string, data: Uint8Array): RecordObject {
  const record = parse(path, data) as RecordObject | null;
  if (path !== pathOf(storage, record ?? {})) throw damaged(`${shown(path)} holds another record`);
  return record ?? {};
}

function objectIn(path: string, data: Uint8Array): ArchivedObject {
  const object = parse(path, data) as KubeObject | null;
  const release = decoded(path.split("/")[1] ?? "");
  if (object === null || path !== objectPathOf({ release, object })) {
    throw damaged(`${shown(path)} holds another object`);
  }
  return { release, object };
}

function readFiles(bytes: Uint8Array, bytesMax: number): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  try {
    // Also verifies gzip's checksum, the only one that covers the index.
    const { buffer, byteOffset, length } = gunzipSync(bytes, { maxOutputLength: bytesMax });
    for (const { name, type, isFolder, data } of readTar(new Uint8Array(buffer, byteOffset, length))) {
      if (isFolder) continue;
      checkEntry(name, type, data, files.size);
      if (files.has(name)) throw damaged(`${shown(name)} is in it twice`);
      files.set(name, data);
    }
  } catch (cause) {
    if (cause instanceof SkegError && cause.kind === "io") throw cause;
    throw damaged(messageOf(cause), cause);
  }
  return files;
}

/** Refuses entries that no archive of this program has, before anything of them is used. */
function checkEntry(path: string, type: string, { length }: Uint8Array, count: number): void {
  if (type !== "0") throw damaged(`${shown(path)} is not a file`);
  if (count >= ENTRIES_MAX) throw damaged(`it has more than ${ENTRIES_MAX} entries`);
  if (length > ENTRY_BYTES_MAX) throw damaged(`${shown(path)} is larger than ${ENTRY_BYTES_MAX} bytes`);
  const isBad = path.split("/").some((part) => part === "" || part === "." || part === "..");
  if (isBad || /[\\\0]/.test(path)) throw damaged(`${shown(path)} is not a path inside of the archive`);
}

function readIndex(data: Uint8Array | undefined): Index {
  if (data === undefined) throw damaged("it has no index.json");
  const index = parse(INDEX, data) as Partial<Index> | null;
  const { formatVersion, storage, cluster, entries } = index ?? {};
  if (typeof formatVersion !== "number") throw damaged("index.json names no format version");
  if (formatVersion > ARCHIVE_FORMAT) {
    throw new SkegError("io", `the archive has format version ${formatVersion}; this program reads ${ARCHIVE_FORMAT}`, {
      hint: "Use a newer version of this program.",
    });
  }
  const isWhole = typeof storage?.namespace === "string" && KINDS.includes(storage.kind) &&
    typeof cluster?.uid === "string" && Array.isArray(entries) && entries.every(isEntry);
  if (!isWhole || Number.isNaN(Date.parse(String(index?.time)))) throw damaged("index.json is not complete");
  return index as Index;
}

const KINDS: readonly PlainKind[] = ["ConfigMap", "Secret", "SQL", "Memory"];

function isEntry(entry: unknown): boolean {
  const { path, sha256 } = (entry ?? {}) as { path?: unknown; sha256?: unknown };
  return typeof path === "string" && typeof sha256 === "string";
}

function parse(path: string, data: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(data);
    checkJsonDepth(text);
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(`${shown(path)} is not JSON`, cause);
  }
}

function pathOf({ namespace }: ArchivedStorage, { metadata }: RecordObject): string {
  return `records/${namespace || NO_NAMESPACE}/${encoded(metadata?.name)}.json`;
}

function objectPathOf({ release, object: { apiVersion, kind, metadata } }: ArchivedObject): string {
  const [group] = String(apiVersion ?? "").split("/").reverse().slice(1);
  const type = group === undefined ? encoded(kind) : `${encoded(kind)}.${encoded(group)}`;
  const namespace = metadata?.namespace || CLUSTER_SCOPED;
  return `objects/${encoded(release)}/${encoded(namespace)}/${type}/${encoded(metadata?.name)}.json`;
}

/** Returns a name as one part of a path. */
function encoded(name: unknown): string {
  return encodeURIComponent(typeof name === "string" ? name.toWellFormed() : "");
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The longest path in a message. */
const SHOWN_MAX = 200;

/** Returns a path for a message: nothing in it can move a terminal's cursor. */
function shown(path: string): string {
  return path.slice(0, SHOWN_MAX).replaceAll(/[^ -~]/g, "?");
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}

function damaged(what: string, cause?: unknown): SkegError {
  return new SkegError("io", `the archive is damaged or of another kind: ${what}`, { cause });
}
