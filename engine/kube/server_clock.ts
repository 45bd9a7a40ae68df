/**
 * The server's clock, from the header `Date` of its answers.
 *
 * Creation times of objects come from that clock. Only it can tell if an object was created before or after a
 * request was sent: the local clock may be wrong by hours.
 *
 * @module
 */
import type { Transport } from "./types.ts";

/** The last answer's time, and when it arrived. */
interface Reading {
  /** The header `Date`. */
  readonly date: string;
  /** Arrival by this process's monotonic clock. */
  readonly atMs: number;
}

const readings = new WeakMap<Transport, Reading>();

/** Remembers the server's time in an answer; parsing waits until the time is needed. */
export function noteServerTime(transport: Transport, { headers }: Response): void {
  const date = headers.get("date");
  if (date !== null) readings.set(transport, { date, atMs: performance.now() });
}

/**
 * Returns the server's current time in whole Unix seconds, never later than the real one; `undefined` before
 * the first answer.
 */
export function serverSeconds(transport: Transport): number | undefined {
  const reading = readings.get(transport);
  if (reading === undefined) return undefined;
  // `Date` has whole seconds, rounded down, and is older than its arrival.
  const seconds = Date.parse(reading.date) / 1000 + (performance.now() - reading.atMs) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.floor(seconds);
}
