/**
 * gzip in: the members of a file, unpacked one after the other as their bytes are asked for, within bounds.
 *
 * Source: Go's `compress/gzip`, which Helm 2 reads archives with.
 *
 * @module
 */
import { constants, crc32, inflateRawSync } from "node:zlib";
import { SkegError } from "../../../errors.ts";
import { type ByteSource, type Damage, DamageError, type Piece, sourceOf } from "./byte_source.ts";
import { CHART_LIMITS, formatSize } from "./limits.ts";

/** What may still be unpacked. Archives within an archive share one. */
export interface Budget {
  /** Bytes after unpacking. */
  bytes: number;
  /** Members of gzip files; each costs time, however small it is. */
  members: number;
}

const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
/** Go reads no longer name or comment. */
const TEXT_BYTES_MAX = 511;

/**
 * Returns the unpacked bytes of gzip data.
 *
 * A member is unpacked when a byte of it is asked for. A reader that has seen its end never pays for what follows, and
 * never hears of damage there. Damage is an error once a byte behind it is asked for.
 *
 * @param budget Is charged with what is unpacked.
 * @param tooLarge Message when the budget's bytes do not suffice.
 * @throws kind `chart`, when the first header is none; the source throws kind `chart` for damage and for too much.
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

/** Where the compressed data of the member at `at` begins, or what is wrong with its header. */
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
    // With `info` the engine comes along, which knows how much it has read.
    const result = inflateRawSync(input, options) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    const used = result.engine.bytesWritten;
    if (result.buffer.length > room) throw new SkegError("chart", tooLarge);
    return { data: trimmed(result.buffer), used, fault: used + 8 > input.length ? "unexpected EOF" : undefined };
  } catch (error) {
    if (error instanceof SkegError) throw error;
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw new SkegError("chart", tooLarge);
    return { data: new Uint8Array(), used: input.length, fault: "flate: corrupt input" };
  }
}

/** The bytes without the room around them: a member of one byte comes in a buffer of 16 KiB. */
function trimmed(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength * 2 < buffer.byteLength ? new Uint8Array(bytes) : new Uint8Array(buffer, byteOffset, byteLength);
}

function checkTrailer(input: Uint8Array, at: number, data: Uint8Array): Damage | undefined {
  const view = new DataView(input.buffer, input.byteOffset + at, 8);
  const right = view.getUint32(0, true) === crc32(data) && view.getUint32(4, true) === data.length % 2 ** 32;
  return right ? undefined : "gzip: invalid checksum";
}
