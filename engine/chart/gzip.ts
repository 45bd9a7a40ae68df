/**
 * gzip in: the bytes of all members, bounded, and what went wrong behind them.
 *
 * @module
 */
import { constants, crc32, inflateRawSync } from "node:zlib";
import { SkegError } from "../../errors.ts";
import { CHART_LIMITS, formatSize } from "./limits.ts";

/** What could be unpacked. */
export interface Unzipped {
  readonly data: Uint8Array;
  /** Why nothing comes behind `data`, when that is not the proper end. */
  readonly fault: string | undefined;
}

const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/**
 * Unpacks gzip data, at most `bytesMax` bytes of it.
 *
 * Damage is not thrown but handed out with what stands before it, because a
 * reader that has seen its end never looks at what follows. Throws kind
 * `chart` when the first header is none, or when there is too much.
 */
export function gunzip(
  input: Uint8Array,
  bytesMax: number,
  tooLarge = `chart archive is larger than ${formatSize(CHART_LIMITS.archiveBytesMax)} when unpacked`,
): Unzipped {
  const parts: Uint8Array[] = [];
  let total = 0;
  let at = 0;
  let fault: string | undefined;
  while (at < input.length && fault === undefined) {
    const start = memberStart(input, at);
    if (typeof start === "string") {
      if (at === 0) throw new SkegError("chart", start);
      fault = start;
      break;
    }
    const member = inflate(input.subarray(start), bytesMax - total, tooLarge);
    parts.push(member.data);
    total += member.data.length;
    fault = member.fault ?? checkTrailer(input, start + member.used, member.data);
    at = start + member.used + 8;
  }
  if (input.length === 0) throw new SkegError("chart", "EOF");
  return { data: parts.length === 1 && parts[0] !== undefined ? parts[0] : join(parts, total), fault };
}

/** Where the compressed data of the member at `at` begins, or what is wrong with its header. */
function memberStart(input: Uint8Array, at: number): number | string {
  if (at + 10 > input.length) return "unexpected EOF";
  if (input[at] !== 0x1f || input[at + 1] !== 0x8b || input[at + 2] !== 8) return "gzip: invalid header";
  const flags = input[at + 3] ?? 0;
  let next = at + 10;
  if (flags & FLAG_EXTRA) next += 2 + (input[next] ?? 0) + (input[next + 1] ?? 0) * 256;
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if (!(flags & flag)) continue;
    const end = input.indexOf(0, next);
    if (end < 0) return "unexpected EOF";
    next = end + 1;
  }
  if (flags & FLAG_CRC) next += 2;
  return next > input.length ? "unexpected EOF" : next;
}

function inflate(
  input: Uint8Array,
  room: number,
  tooLarge: string,
): { data: Uint8Array; used: number; fault: string | undefined } {
  const options = { info: true, maxOutputLength: Math.max(room, 1), finishFlush: constants.Z_SYNC_FLUSH };
  try {
    // With `info` the engine comes along, which knows how much it has read.
    const result = inflateRawSync(input, options) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    const used = result.engine.bytesWritten;
    const data = new Uint8Array(result.buffer.buffer, result.buffer.byteOffset, result.buffer.byteLength);
    return { data, used, fault: used + 8 > input.length ? "unexpected EOF" : undefined };
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") {
      throw new SkegError("chart", tooLarge);
    }
    return { data: new Uint8Array(), used: input.length, fault: "flate: corrupt input" };
  }
}

function checkTrailer(input: Uint8Array, at: number, data: Uint8Array): string | undefined {
  const view = new DataView(input.buffer, input.byteOffset + at, 8);
  const right = view.getUint32(0, true) === crc32(data) && view.getUint32(4, true) === data.length % 2 ** 32;
  return right ? undefined : "gzip: invalid checksum";
}

function join(parts: readonly Uint8Array[], total: number): Uint8Array {
  const out = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
