/**
 * Waiting for work that several requests share.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";

/**
 * Waits for a promise, or until a signal fires.
 *
 * @throws SkegError of kind `aborted` when the signal fires first. The work behind the promise goes on.
 */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new SkegError("aborted", "the request was cancelled"));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([aborted.promise, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
