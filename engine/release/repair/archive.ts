/**
 * Archives of release records: a backup before a repair, and later an export.
 *
 * A gzipped tar with `index.json` first, then `records/NAMESPACE/KEY.json`, each a whole object as the server
 * returned it. The index has the SHA-256 of every other entry. Archives contain release values, which may be
 * secret: their files have mode 0600.
 *
 * @module
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { SkegError } from "../../../errors.ts";
import type { RecordObject } from "../../../storage/mod.ts";
import { readTar, writeTar } from "../../chart/load/mod.ts";
import { messageOf } from "../_calls.ts";
import { sha256 } from "./digest.ts";

/** Version of the format. A reader refuses a higher one. */
export const ARCHIVE_FORMAT = 1;
/** Largest archive that is unpacked, in bytes; a record has 1 MiB at most. */
const ARCHIVE_BYTES_MAX = 2 ** 31 - 1;
const INDEX = "index.json";
const MODE = 0o600;

/** The cluster that records were read from. */
export interface ArchivedCluster {
  /** UID of the namespace `kube-system`; empty when the user may not read it. */
  readonly uid: string;
  /** URL of the API server, or `sandbox`. For display only: an address may change. */
  readonly server: string;
}

/** The storage that records were read from. */
export interface ArchivedStorage {
  /** Kind of the objects. */
  readonly kind: "ConfigMap" | "Secret";
  /** Their namespace. */
  readonly namespace: string;
}

/** One write of a repair: undo compares it with the live object. */
export interface ArchivedWrite {
  /** Such as `web.v3`. */
  readonly key: string;
  /** Labels of the object after the repair. */
  readonly labels: Readonly<Record<string, string>>;
  /** SHA-256 of the object's data after the repair, in hexadecimal; see {@linkcode dataDigest}. */
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
}

/** An archive, unpacked and verified. */
export interface RecordArchive extends ArchiveFacts {
  /** In archive order. */
  readonly records: readonly RecordObject[];
}

/** `index.json`. */
interface Index extends ArchiveFacts {
  readonly formatVersion: number;
  readonly entries: readonly { readonly path: string; readonly sha256: string; readonly sizeBytes: number }[];
}

/**
 * Returns the bytes of an archive. The same facts and records give the same bytes.
 *
 * @param records Whole objects of `facts.storage`, each with a name.
 */
export async function packArchive(facts: ArchiveFacts, records: readonly RecordObject[]): Promise<Uint8Array> {
  const files = records.map((record) => ({ path: pathOf(facts.storage, record), data: jsonBytes(record) }));
  const entries = await Promise.all(files.map(async ({ path, data }) => ({
    path,
    sha256: await sha256(data),
    sizeBytes: data.length,
  })));
  const index: Index = { formatVersion: ARCHIVE_FORMAT, ...facts, entries };
  const tar = writeTar([{ path: INDEX, data: jsonBytes(index) }, ...files], Date.parse(facts.time) / 1000, MODE);
  const packed = gzipSync(tar);
  return new Uint8Array(packed.buffer, packed.byteOffset, packed.length);
}

/**
 * Unpacks an archive and compares every entry with the index.
 *
 * @throws SkegError of kind `io` that names the fault of the archive.
 */
export async function unpackArchive(bytes: Uint8Array): Promise<RecordArchive> {
  const files = readFiles(bytes);
  const index = readIndex(files.get(INDEX));
  files.delete(INDEX);
  const records: RecordObject[] = [];
  for (const { path, sha256: expected } of index.entries) {
    const data = files.get(path);
    if (data === undefined) throw damaged(`${path} is missing`);
    if (await sha256(data) !== expected) throw damaged(`${path} does not match the index`);
    files.delete(path);
    if (!path.startsWith("records/")) continue; // a later format may hold more
    const record = parse(path, data) as RecordObject;
    if (path !== pathOf(index.storage, record)) throw damaged(`${path} holds another record`);
    records.push(record);
  }
  for (const path of files.keys()) throw damaged(`${path} is not in the index`);
  const { time, cluster, storage, repair } = index;
  return { time, cluster, storage, repair, records };
}

function readFiles(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  try {
    // Also verifies gzip's checksum, the only one that covers the index.
    const { buffer, byteOffset, length } = gunzipSync(bytes, { maxOutputLength: ARCHIVE_BYTES_MAX });
    for (const { name, isFolder, data } of readTar(new Uint8Array(buffer, byteOffset, length))) {
      if (isFolder) continue;
      if (files.has(name)) throw damaged(`${name} is in it twice`);
      files.set(name, data);
    }
  } catch (cause) {
    if (cause instanceof SkegError && cause.kind === "io") throw cause;
    throw damaged(messageOf(cause), cause);
  }
  return files;
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
  const isWhole = typeof storage?.namespace === "string" &&
    (storage.kind === "ConfigMap" || storage.kind === "Secret") &&
    typeof cluster?.uid === "string" && Array.isArray(entries);
  if (!isWhole) throw damaged("index.json is not complete");
  return index as Index;
}

function parse(path: string, data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch (cause) {
    throw damaged(`${path} is not JSON`, cause);
  }
}

function pathOf({ namespace }: ArchivedStorage, { metadata }: RecordObject): string {
  return `records/${namespace}/${metadata?.name ?? ""}.json`;
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}

function damaged(what: string, cause?: unknown): SkegError {
  return new SkegError("io", `the archive is damaged or of another kind: ${what}`, { cause });
}
