/**
 * Checks a condition repeatedly until it is true or the time is up.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { abortError, sleep } from "./abort.ts";
import { isTransient } from "./call.ts";

/** Returns the error of a wait that ran out of time, in Helm 2's words. */
export function timedOut(cause?: unknown, hint?: string, details?: string): SkegError {
  return new SkegError("timeout", "timed out waiting for the condition", { cause, hint, details });
}

/** Options of {@linkcode poll}. */
export interface PollOptions {
  /** 0 means no limit; a negative one is over after the first check. */
  readonly timeoutSeconds: number;
  readonly intervalMs: number;
  /** Pause before the first check; default `intervalMs`. */
  readonly firstMs?: number;
  /** The pauses grow from `firstMs` to `intervalMs`. */
  readonly growing?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Describes what is still missing; called when the time is up. */
  readonly missing?: () => string;
}

/**
 * Resolves when `check` returns true. When the time is up there is one last check, then a `timeout` error.
 * Temporary failures count as "not yet"; any other failure of `check` ends the wait.
 */
export async function poll(check: () => Promise<boolean>, options: PollOptions): Promise<void> {
  const { timeoutSeconds, intervalMs, signal } = options;
  const end = timeoutSeconds === 0 ? Infinity : Date.now() + Math.max(0, timeoutSeconds) * 1000;
  let pauseMs = options.firstMs ?? intervalMs;
  let trouble: unknown;
  for (;;) {
    if (pauseMs > 0) await sleep(Math.max(0, Math.min(pauseMs, end - Date.now())), signal);
    const last = Date.now() >= end;
    try {
      if (await check()) return;
      trouble = undefined;
    } catch (error) {
      if (signal?.aborted) throw abortError(signal);
      if (!isTransient(error)) throw error;
      trouble = error;
    }
    if (last) {
      const missing = options.missing?.() ?? "";
      throw timedOut(trouble, missing === "" ? undefined : `Still waiting: ${missing}.`);
    }
    pauseMs = options.growing ? Math.min(intervalMs, Math.max(100, pauseMs * 2)) : intervalMs;
  }
}
