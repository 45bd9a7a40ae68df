/**
 * Release records: Release ⇄ the bytes and the text that Tiller stored.
 *
 * Bytes are a protobuf message. The envelope around them is gzip, then base64; records from before
 * compression existed are bare protobuf in base64. Fields that this version does not know stay in the
 * `unknown` of their message and are written back at its end.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/util.go`, `hapi/release/*.proto`.
 *
 * @module
 */
import { type RecordDetail, withDetail } from "./detail.ts";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { SkegError } from "../errors.ts";
import {
  type Config,
  DELETE_POLICIES,
  type DeletePolicy,
  type Hook,
  HOOK_EVENTS,
  type HookEvent,
  type Info,
  type Release,
  type Status,
  STATUS_CODES,
  type StatusCode,
  TEST_STATUSES,
  type TestRun,
  type TestSuite,
} from "../engine/model/mod.ts";
import { decodeChart, decodeConfig, encodeChart, encodeConfig } from "./_chart_record.ts";
import { skimRelease } from "./_skim.ts";
import { decodeTimestamp, MessageWriter, readFields, readNumbers } from "./_wire.ts";

/** Largest message that is unpacked. Tiller and its clients send each other 20 MiB at most; a bomb of gzip holds 1000 times its size. */
const MESSAGE_BYTES_MAX = 128 * 1024 * 1024;

/**
 * Returns the text that is stored for `release`: protobuf, gzip at best
 * compression, base64 with padding.
 *
 * Source: Helm 2.17.0, `encodeRelease`.
 *
 * @throws SkegError of kind `record` when a text is not valid UTF-8.
 */
export function encodeRecord(release: Release): string {
  const packed = gzipSync(encodeRelease(release), { level: constants.Z_BEST_COMPRESSION });
  // The header bytes of Go's library, on every system: no time, best compression, system unknown.
  packed.set([0, 0, 0, 0, 2, 255], 4);
  return new Uint8Array(packed.buffer, packed.byteOffset, packed.length).toBase64();
}

/**
 * Returns the release that `text` holds.
 *
 * Source: Helm 2.17.0, `decodeRelease`.
 *
 * @throws SkegError of kind `record` when it holds none.
 */
export function decodeRecord(text: string): Release {
  const stored = storedBytes(text);
  try {
    return decodeRelease(isGzip(stored) ? unpack(stored) : stored);
  } catch (cause) {
    if (cause instanceof SkegError) throw cause;
    throw new SkegError("record", `Cannot decode record: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Decodes like {@linkcode decodeRecord}, without `node:zlib`, which takes long to load. With less detail than
 * `full`, the record's bytes are freed.
 */
export async function readRecord(text: string, detail: RecordDetail = "full"): Promise<Release> {
  const stored = storedBytes(text);
  // On failure `decodeRecord` runs too, for its error message.
  const bytes = isGzip(stored) ? await unpackSoon(stored).catch(() => undefined) : undefined;
  const release = bytes === undefined ? decodeRecord(text) : decodeRelease(bytes);
  if (detail === "full") return release;
  try {
    return withDetail(release, detail);
  } finally {
    if (bytes !== undefined) giveBack(bytes);
  }
}

function storedBytes(text: string): Uint8Array<ArrayBuffer> {
  if (text === "") throw new SkegError("record", "Cannot decode record: it is empty");
  if (!/^[A-Za-z0-9+/\r\n]+(?:={1,2}[\r\n]*)?$/.test(text)) {
    throw new SkegError("record", "Cannot decode record: it is not base64");
  }
  try {
    // Go's decoder, which Tiller uses, needs the padding at the end.
    if (text.replaceAll(/[\r\n]/g, "").length % 4 !== 0) throw new SyntaxError("no padding");
    return Uint8Array.fromBase64(text);
  } catch {
    throw new SkegError("record", "Cannot decode record: it is not base64");
  }
}

function isGzip(stored: Uint8Array): boolean {
  return stored[0] === 0x1f && stored[1] === 0x8b && stored[2] === 8;
}

function unpack(stored: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = gunzipSync(stored, { maxOutputLength: MESSAGE_BYTES_MAX });
  return new Uint8Array(buffer, byteOffset, length); // charts must not see Node's Buffer
}

/** Bytes that the decompressor gets at once: its output buffer grows by doubling, which is slow when it is large. */
const SLICE_BYTES = 16 * 1024;

/** Unpacks by stream; frees the packed bytes. */
async function unpackSoon(stored: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new DecompressionStream("gzip");
  feed(writable.getWriter(), stored).catch(() => {}); // the reader gets the error
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of readable) {
    size += chunk.length;
    if (size > MESSAGE_BYTES_MAX) throw new RangeError("the record is too large");
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
    giveBack(chunk);
  }
  giveBack(stored);
  return bytes;
}

async function feed(writer: WritableStreamDefaultWriter<BufferSource>, stored: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let at = 0; at < stored.length; at += SLICE_BYTES) await writer.write(stored.subarray(at, at + SLICE_BYTES));
  await writer.close();
}

/** Frees the memory of `bytes` at once: it is outside the heap, and the collector would free it late. */
function giveBack(bytes: Uint8Array<ArrayBuffer>): void {
  bytes.buffer.transfer(0);
}

/**
 * Returns the protobuf bytes of `release`.
 *
 * @throws SkegError of kind `record` when a text is not valid UTF-8; the message names the field, as Tiller's does.
 */
export function encodeRelease(release: Release): Uint8Array {
  const writer = new MessageWriter("hapi.release.Release")
    .text(1, "Name", release.name)
    .message(2, encodeInfo(release.info))
    .message(3, release.chart && encodeChart(release.chart))
    .message(4, release.config && encodeConfig(release.config))
    .text(5, "Manifest", release.manifest);
  for (const hook of release.hooks) writer.message(6, encodeHook(hook));
  return writer.int32(7, release.revision).text(8, "Namespace", release.namespace).finish(release.unknown);
}

/**
 * Returns the release that protobuf `bytes` hold. The parts of the chart are decoded on first access; `bytes`
 * must not change until then.
 *
 * @throws SkegError of kind `record` when they hold none.
 */
export function decodeRelease(bytes: Uint8Array): Release {
  const found: Mutable<Release> = {
    name: "",
    namespace: "",
    revision: 0,
    info: { status: { code: "UNKNOWN", resources: "", notes: "" }, description: "" },
    manifest: "",
    hooks: [],
  };
  const hooks: Hook[] = [];
  try {
    skimRelease(bytes);
    const unknown = readFields(bytes, (fieldNumber, reader) => {
      if (fieldNumber === 1) found.name = reader.string(true);
      else if (fieldNumber === 2) found.info = decodeInfo(reader.bytes());
      else if (fieldNumber === 3) found.chart = decodeChart(reader.bytes());
      else if (fieldNumber === 4) found.config = decodeConfig(reader.bytes()) satisfies Config;
      else if (fieldNumber === 5) found.manifest = reader.string(true);
      else if (fieldNumber === 6) hooks.push(decodeHook(reader.bytes()));
      else if (fieldNumber === 7) found.revision = reader.int32();
      else if (fieldNumber === 8) found.namespace = reader.string(true);
      else return false;
      return true;
    });
    found.hooks = hooks;
    if (unknown !== undefined) found.unknown = unknown;
    return found;
  } catch (cause) {
    throw new SkegError("record", `Cannot decode record: ${reasonOf(cause)}`, { cause });
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function reasonOf(cause: unknown): string {
  // Groups, which no release has, are passed over by recursion.
  if (cause instanceof RangeError && /call stack/.test(cause.message)) return "it is nested too deeply";
  return cause instanceof Error ? cause.message : String(cause);
}

function decodeInfo(bytes: Uint8Array): Info {
  const found: Mutable<Info> = { status: { code: "UNKNOWN", resources: "", notes: "" }, description: "" };
  const unknown = readFields(bytes, (fieldNumber, reader) => {
    if (fieldNumber === 1) found.status = decodeStatus(reader.bytes());
    else if (fieldNumber === 2) found.firstDeployed = decodeTimestamp(reader.bytes());
    else if (fieldNumber === 3) found.lastDeployed = decodeTimestamp(reader.bytes());
    else if (fieldNumber === 4) found.deleted = decodeTimestamp(reader.bytes());
    else if (fieldNumber === 5) found.description = reader.string(true);
    else return false;
    return true;
  });
  if (unknown !== undefined) found.unknown = unknown;
  return found;
}

function encodeInfo(info: Info): Uint8Array {
  return new MessageWriter("hapi.release.Info")
    .message(1, encodeStatus(info.status))
    .time(2, info.firstDeployed)
    .time(3, info.lastDeployed)
    .time(4, info.deleted)
    .text(5, "Description", info.description)
    .finish(info.unknown);
}

function decodeStatus(bytes: Uint8Array): Status {
  const found: Mutable<Status> = { code: "UNKNOWN", resources: "", notes: "" };
  const unknown = readFields(bytes, (fieldNumber, reader) => {
    if (fieldNumber === 1) found.code = STATUS_CODES[reader.int32()] ?? "UNKNOWN";
    else if (fieldNumber === 3) found.resources = reader.string(true);
    else if (fieldNumber === 4) found.notes = reader.string(true);
    else if (fieldNumber === 5) found.lastTestSuiteRun = decodeSuite(reader.bytes());
    else return false; // 2 was `details` in very old records
    return true;
  });
  if (unknown !== undefined) found.unknown = unknown;
  return found;
}

function encodeStatus(status: Status): Uint8Array {
  return new MessageWriter("hapi.release.Status")
    .int32(1, numberOf<StatusCode>(STATUS_CODES, status.code))
    .text(3, "Resources", status.resources)
    .text(4, "Notes", status.notes)
    .message(5, status.lastTestSuiteRun && encodeSuite(status.lastTestSuiteRun))
    .finish(status.unknown);
}

function decodeHook(bytes: Uint8Array): Hook {
  const events: number[] = [];
  const policies: number[] = [];
  const found: Mutable<Hook> = {
    name: "",
    kind: "",
    path: "",
    manifest: "",
    events: [],
    weight: 0,
    deletePolicies: [],
    deleteTimeoutSeconds: 0,
  };
  const unknown = readFields(bytes, (fieldNumber, reader, wireType) => {
    if (fieldNumber === 1) found.name = reader.string(true);
    else if (fieldNumber === 2) found.kind = reader.string(true);
    else if (fieldNumber === 3) found.path = reader.string(true);
    else if (fieldNumber === 4) found.manifest = reader.string(true);
    else if (fieldNumber === 5) readNumbers(reader, wireType, events);
    else if (fieldNumber === 6) found.lastRun = decodeTimestamp(reader.bytes());
    else if (fieldNumber === 7) found.weight = reader.int32();
    else if (fieldNumber === 8) readNumbers(reader, wireType, policies);
    else if (fieldNumber === 9) found.deleteTimeoutSeconds = Number(reader.int64());
    else return false;
    return true;
  });
  found.events = events.map((event): HookEvent => HOOK_EVENTS[event] ?? "unknown");
  found.deletePolicies = policies.flatMap((policy): DeletePolicy[] => {
    const name = DELETE_POLICIES[policy];
    return name === undefined ? [] : [name];
  });
  if (unknown !== undefined) found.unknown = unknown;
  return found;
}

function encodeHook(hook: Hook): Uint8Array {
  return new MessageWriter("hapi.release.Hook")
    .text(1, "Name", hook.name)
    .text(2, "Kind", hook.kind)
    .text(3, "Path", hook.path)
    .text(4, "Manifest", hook.manifest)
    .numbers(5, hook.events.map((event) => numberOf<HookEvent>(HOOK_EVENTS, event)))
    .time(6, hook.lastRun)
    .int32(7, hook.weight)
    .numbers(8, hook.deletePolicies.map((policy) => numberOf<DeletePolicy>(DELETE_POLICIES, policy)))
    .int64(9, hook.deleteTimeoutSeconds)
    .finish(hook.unknown);
}

function decodeSuite(bytes: Uint8Array): TestSuite {
  const results: TestRun[] = [];
  const found: Mutable<TestSuite> = { results };
  const unknown = readFields(bytes, (fieldNumber, reader) => {
    if (fieldNumber === 1) found.startedAt = decodeTimestamp(reader.bytes());
    else if (fieldNumber === 2) found.completedAt = decodeTimestamp(reader.bytes());
    else if (fieldNumber === 3) results.push(decodeRun(reader.bytes()));
    else return false;
    return true;
  });
  if (unknown !== undefined) found.unknown = unknown;
  return found;
}

function encodeSuite(suite: TestSuite): Uint8Array {
  const writer = new MessageWriter("hapi.release.TestSuite").time(1, suite.startedAt).time(2, suite.completedAt);
  for (const run of suite.results) writer.message(3, encodeRun(run));
  return writer.finish(suite.unknown);
}

function decodeRun(bytes: Uint8Array): TestRun {
  const found: Mutable<TestRun> = { name: "", status: "UNKNOWN", info: "" };
  const unknown = readFields(bytes, (fieldNumber, reader) => {
    if (fieldNumber === 1) found.name = reader.string(true);
    else if (fieldNumber === 2) found.status = TEST_STATUSES[reader.int32()] ?? "UNKNOWN";
    else if (fieldNumber === 3) found.info = reader.string(true);
    else if (fieldNumber === 4) found.startedAt = decodeTimestamp(reader.bytes());
    else if (fieldNumber === 5) found.completedAt = decodeTimestamp(reader.bytes());
    else return false;
    return true;
  });
  if (unknown !== undefined) found.unknown = unknown;
  return found;
}

function encodeRun(run: TestRun): Uint8Array {
  return new MessageWriter("hapi.release.TestRun")
    .text(1, "Name", run.name)
    .int32(2, numberOf(TEST_STATUSES, run.status))
    .text(3, "Info", run.info)
    .time(4, run.startedAt)
    .time(5, run.completedAt)
    .finish(run.unknown);
}

/** Returns a name's number on the wire. */
function numberOf<T>(names: readonly T[], name: T): number {
  return Math.max(0, names.indexOf(name));
}
