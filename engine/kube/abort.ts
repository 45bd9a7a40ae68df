/**
 * Waits that an `AbortSignal` can cancel.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";

/** Returns the error of an aborted call: the signal's reason if it is a SkegError. */
export function abortError(signal: AbortSignal): SkegError {
  if (signal.reason instanceof SkegError) return signal.reason;
  return new SkegError("aborted", "the operation was cancelled", { cause: signal.reason });
}

/** Rejects with {@linkcode abortError} when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** Resolves after `ms`; rejects at once when the signal fires. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));
    const stop = (): void => {
      clearTimeout(timer);
      if (signal !== undefined) reject(abortError(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
