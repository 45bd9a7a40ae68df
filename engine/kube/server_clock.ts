/**
 * The server's clock, as far as its answers tell it.
 *
 * Objects are stamped by that clock. Whether one was created before or after a
 * request was sent can only be told by it: the clock here may be wrong by hours.
 *
 * @module
 */
import type { Transport } from "./types.ts";

/** What the last answer said, and when it came. */
interface Reading {
  /** The header `Date`. */
  readonly date: string;
  /** By the clock of this process that never jumps. */
  readonly atMs: number;
}

const readings = new WeakMap<Transport, Reading>();

/** Remembers the server's time in an answer; most servers are asked many times before anybody wants to know. */
export function noteServerTime(transport: Transport, { headers }: Response): void {
  const date = headers.get("date");
  if (date !== null) readings.set(transport, { date, atMs: performance.now() });
}

/**
 * The server's time now in whole Unix seconds, never later than it really is;
 * `undefined` when no answer has told it yet.
 */
export function serverSeconds(transport: Transport): number | undefined {
  const reading = readings.get(transport);
  if (reading === undefined) return undefined;
  // `Date` has whole seconds, rounded down, and is older than its arrival.
  const seconds = Date.parse(reading.date) / 1000 + (performance.now() - reading.atMs) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.floor(seconds);
}
