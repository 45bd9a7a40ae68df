/**
 * Reads gzip: the members of a file are decompressed one by one, on demand and within limits.
 *
 * Source: Go's `compress/gzip`, which Helm 2 uses to read archives.
 *
 * @module
 */
import { constants, crc32, inflateRawSync } from "node:zlib";
import { SkegError } from "../../../errors.ts";
import { type ByteSource, type Damage, DamageError, type Piece, sourceOf } from "./byte_source.ts";
import { CHART_LIMITS, formatSize } from "./limits.ts";
import { codeOf } from "../../base/mod.ts";

/** Remaining limits for decompression. Archives within an archive share the same budget. */
export interface Budget {
  /** Bytes after decompression. */
  bytes: number;
  /** Members of gzip files; each one costs time, even a tiny one. */
  members: number;
}

const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
/** Go's limit for a name or comment in the header. */
const TEXT_BYTES_MAX = 511;

/**
 * Returns the decompressed bytes of gzip data.
 *
 * A member is decompressed when one of its bytes is read. So a reader that stops early neither pays for the rest nor
 * sees damage in it. Damage becomes an error when a byte after it is read.
 *
 * @param budget Reduced by the decompressed bytes and members.
 * @param tooLarge Message when the budget's bytes are exceeded.
 * @throws kind `chart` when the first header is invalid. The source throws kind `chart` for damage and for too much data.
 */
export function unzipped(
  input: Uint8Array,
  budget: Budget,
  tooLarge = `chart archive is larger than ${formatSize(CHART_LIMITS.archiveBytesMax)} when unpacked`,
): ByteSource {
  if (input.length === 0) throw new SkegError("chart", "EOF");
  const first = memberStart(input, 0);
  if (typeof first === "string") throw new DamageError(first);
  let start: ReturnType<typeof memberStart> | undefined = first;
  let fault: Damage | undefined;
  return sourceOf((): Piece => {
    if (fault !== undefined) return { fault };
    if (start === undefined) return undefined;
    if (typeof start === "string") return { fault: start };
    if (--budget.members < 0) {
      throw new SkegError("chart", `archive has more than ${CHART_LIMITS.membersMax} gzip members`);
    }
    const member = inflate(input.subarray(start), budget.bytes, tooLarge);
    budget.bytes -= member.data.length;
    fault = member.fault ?? checkTrailer(input, start + member.used, member.data);
    const next = start + member.used + 8;
    start = next < input.length ? memberStart(input, next) : undefined;
    return member.data;
  });
}

/** Returns the index where the compressed data of the member at `at` begins, or the damage of its header. */
function memberStart(input: Uint8Array, at: number): number | Damage {
  if (at + 10 > input.length) return "unexpected EOF";
  if (input[at] !== 0x1f || input[at + 1] !== 0x8b || input[at + 2] !== 8) return "gzip: invalid header";
  const flags = input[at + 3] ?? 0;
  let next = at + 10;
  if (flags & FLAG_EXTRA) next += 2 + (input[next] ?? 0) + (input[next + 1] ?? 0) * 256;
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if (!(flags & flag)) continue;
    const text = input.subarray(next, next + TEXT_BYTES_MAX + 1);
    const end = text.indexOf(0);
    if (end < 0) return text.length > TEXT_BYTES_MAX ? "gzip: invalid header" : "unexpected EOF";
    next += end + 1;
  }
  if (flags & FLAG_CRC) next += 2;
  return next > input.length ? "unexpected EOF" : next;
}

function inflate(
  input: Uint8Array,
  room: number,
  tooLarge: string,
): { data: Uint8Array; used: number; fault: Damage | undefined } {
  const options = { info: true, maxOutputLength: Math.max(room, 1), finishFlush: constants.Z_SYNC_FLUSH };
  try {
    // With `info` the result includes the engine, which tells how many bytes it has read.
    const result = inflateRawSync(input, options) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    const used = result.engine.bytesWritten;
    if (result.buffer.length > room) throw new SkegError("chart", tooLarge);
    return { data: trimmed(result.buffer), used, fault: used + 8 > input.length ? "unexpected EOF" : undefined };
  } catch (error) {
    if (error instanceof SkegError) throw error;
    if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") throw new SkegError("chart", tooLarge);
    return { data: new Uint8Array(), used: input.length, fault: "flate: corrupt input" };
  }
}

/** Returns a copy without unused buffer space: a member of one byte arrives in a buffer of 16 KiB. */
function trimmed(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength * 2 < buffer.byteLength ? new Uint8Array(bytes) : new Uint8Array(buffer, byteOffset, byteLength);
}

function checkTrailer(input: Uint8Array, at: number, data: Uint8Array): Damage | undefined {
  const view = new DataView(input.buffer, input.byteOffset + at, 8);
  const right = view.getUint32(0, true) === crc32(data) && view.getUint32(4, true) === data.length % 2 ** 32;
  return right ? undefined : "gzip: invalid checksum";
}
