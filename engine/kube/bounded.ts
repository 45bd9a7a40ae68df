/**
 * A transport with a limit of concurrent requests.
 *
 * @module
 */
import { throwIfAborted } from "./abort.ts";
import type { Transport } from "./types.ts";

/** Default limit of concurrent requests. */
export const PARALLELISM = 32;

/**
 * Returns `transport` limited to `parallelism` concurrent requests; further ones wait in order of arrival. A
 * stream counts only until it begins.
 */
export function bounded(transport: Transport, parallelism: number): Transport {
  let free = Math.max(1, Math.floor(parallelism));
  const waiting: (() => void)[] = [];
  return async (request) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      throwIfAborted(request.signal);
      return await transport(request);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
