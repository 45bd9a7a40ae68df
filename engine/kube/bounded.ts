/**
 * A transport that sends no more than so many requests at once.
 *
 * @module
 */
import { throwIfAborted } from "./abort.ts";
import type { Transport } from "./types.ts";

/** Requests on their way at once when nobody says otherwise. */
export const PARALLELISM = 32;

/**
 * Returns `transport` with at most `parallelism` requests on their way; the
 * others wait in the order in which they came. A stream counts until it begins.
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
