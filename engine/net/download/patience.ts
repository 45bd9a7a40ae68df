/**
 * How long an answer over HTTP is waited for.
 *
 * A server may take its time for a large download, but not for ever: the head of an answer must come in time, and the
 * body must not stand still. There is no limit on the whole.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";

/** Limits, in milliseconds. */
export interface Patience {
  /** From the request to the head of the answer: names are looked up, a connection is made, the server thinks. */
  readonly answerMs: number;
  /** From one {@linkcode PROGRESS_BYTES} of a body to the next. */
  readonly stallMs: number;
}

/** The limits in force: 30 seconds for the answer, 60 without progress. */
export const PATIENCE: Patience = { answerMs: 30_000, stallMs: 60_000 };

/** Fewer bytes than these are no progress: a byte now and then would keep a reader for ever. */
const PROGRESS_BYTES = 1024;

/** Slowest way up that is waited for; what was sent is not told until the answer comes. */
const UPLOAD_BYTES_PER_SECOND = 8 * 1024;

/** What to do when the limits are too short. */
const HINT = "Try again later. If the server is only slow, set SKEG_REPOSITORY_TIMEOUT to more seconds.";

/** How much of a body has come. */
export interface Received {
  /** Bytes so far. */
  readonly bytes: number;
  /** Bytes in all, as the server says; `undefined` when it does not. */
  readonly bytesTotal: number | undefined;
}

/** The limits with a larger answer limit, for a request that carries a body of this size. */
export function bodyLimits(patience: Patience, sizeBytes: number): Patience {
  return { ...patience, answerMs: patience.answerMs + sizeBytes / UPLOAD_BYTES_PER_SECOND * 1000 };
}

/**
 * Runs a request that has to come back in time.
 *
 * @param request Is given the signal that ends it; the signal stays good for the body.
 * @param what Names the request in the error, such as `Get "https://…"`.
 * @throws kind `timeout`; what `request` throws.
 */
export async function withAnswerLimit<T>(
  request: (signal: AbortSignal) => Promise<T>,
  what: string,
  { answerMs }: Patience,
  signal?: AbortSignal,
): Promise<T> {
  const limit = new AbortController();
  const late = new SkegError("timeout", `${what}: no answer within ${seconds(answerMs)}`, { hint: HINT });
  const timer = setTimeout(() => limit.abort(late), answerMs);
  try {
    return await request(signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]));
  } catch (error) {
    throw limit.signal.aborted && !signal?.aborted ? late : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Options of {@linkcode readBody}. */
export interface ReadBodyOptions {
  /** Names the request in errors, such as `Get "https://…"`. */
  readonly what: string;
  /** Limits. */
  readonly patience: Patience;
  /** Bytes that are read before `tooLarge` is thrown. */
  readonly bytesMax: number;
  /** Makes the error for a body that is too large. */
  readonly tooLarge: () => Error;
  /** Is told how much has come. */
  readonly progress?: ((received: Received) => void) | undefined;
}

/**
 * Reads the body of an answer, within a bound, as long as it makes progress.
 *
 * @throws kind `timeout` when it stands still; `tooLarge()`; what the connection throws.
 */
export async function readBody(answer: Response, options: ReadBodyOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { what, patience: { stallMs }, bytesMax, tooLarge, progress } = options;
  const stated = answer.headers.get("content-length");
  const bytesTotal = stated !== null && /^\d{1,15}$/.test(stated) ? Number(stated) : undefined;
  if (bytesTotal !== undefined && bytesTotal > bytesMax) {
    await answer.body?.cancel();
    throw tooLarge();
  }
  const reader = answer.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let total = 0;
  let moved = { at: performance.now(), bytes: 0 };
  let isStalled = false;
  const watch = setInterval(() => {
    if (performance.now() - moved.at < stallMs) return;
    isStalled = true;
    reader.cancel().catch(() => {}); // ends the read that is waited for
  }, Math.max(10, stallMs / 10));
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isStalled) {
        throw new SkegError("timeout", `${what}: less than 1 KiB came within ${seconds(stallMs)}`, { hint: HINT });
      }
      if (done) break;
      parts.push(value);
      total += value.length;
      if (total > bytesMax) throw tooLarge();
      if (total - moved.bytes >= PROGRESS_BYTES) moved = { at: performance.now(), bytes: total };
      progress?.({ bytes: total, bytesTotal });
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    clearInterval(watch);
  }
  return joined(parts, total);
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
