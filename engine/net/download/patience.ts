/**
 * Time limits for answers over HTTP.
 *
 * A large download may take long, but a server must not block the program for ever: the head of an answer must arrive
 * in time, and the body must make progress. There is no limit on the total time.
 *
 * @module
 */
import { joinBytes } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";

/** Limits, in milliseconds. */
export interface Patience {
  /** From the request to the head of the answer; includes name lookup, connecting, and the server's work. */
  readonly answerMs: number;
  /** Maximal time in which {@linkcode PROGRESS_BYTES} of a body must arrive. */
  readonly stallMs: number;
}

/** The default limits: 30 seconds for the head of the answer, 60 without progress. */
export const PATIENCE: Patience = { answerMs: 30_000, stallMs: 60_000 };

/** Fewer bytes do not count as progress: otherwise a server could hold a reader for ever with single bytes. */
const PROGRESS_BYTES = 1024;

/** Slowest accepted upload. Its progress cannot be seen before the answer arrives, so the limit depends on the size. */
const UPLOAD_BYTES_PER_SECOND = 8 * 1024;

/** The hint for limits that are too short. */
const HINT = "Try again later. If the server is only slow, set SKEG_REPOSITORY_TIMEOUT to more seconds.";

/** Progress of receiving a body. */
export interface Received {
  /** Bytes so far. */
  readonly bytes: number;
  /** Total bytes as stated by the server; `undefined` when it states none. */
  readonly bytesTotal: number | undefined;
}

/** Returns the limits with a longer answer limit, for a request that carries a body of `sizeBytes`. */
export function bodyLimits(patience: Patience, sizeBytes: number): Patience {
  return { ...patience, answerMs: patience.answerMs + sizeBytes / UPLOAD_BYTES_PER_SECOND * 1000 };
}

/**
 * Runs a request and waits for its answer up to the limit.
 *
 * @param request Called with the signal that aborts it; the same signal later aborts the body.
 * @param what Names the request in the error, such as `Get "https://…"`.
 * @throws kind `timeout`; any error of `request`.
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
  /** Maximal bytes; for a larger body `tooLarge()` is thrown. */
  readonly bytesMax: number;
  /** Returns the error for a body that is too large. */
  readonly tooLarge: () => Error;
  /** Called with the progress after each part. */
  readonly progress?: ((received: Received) => void) | undefined;
}

/**
 * Reads the body of an answer up to a maximal size, as long as it makes progress.
 *
 * @throws kind `timeout` when there is no progress; `tooLarge()`; any error of the connection.
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
    reader.cancel().catch(() => {}); // ends the pending read
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
  return joinBytes(parts);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
