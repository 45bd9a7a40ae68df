/**
 * The machine's clock and randomness: the defaults for operations and renderings
 * whose caller passes no others.
 *
 * @module
 */

/** An instant: whole seconds since 1970, and nanoseconds from 0 to 999999999. */
export interface Instant {
  /** Seconds since 1970. */
  readonly seconds: number;
  /** Nanoseconds after that second. */
  readonly nanos: number;
}

/** Time and chance, as a caller may give them. */
export interface ClockAndRandom {
  /** Gives the time now. Default: {@linkcode systemClock}. */
  readonly clock?: (() => Instant) | undefined;
  /**
   * Gives a number from 0 up to, not including, 1. Passwords are made from it:
   * outside of tests it must be one that cannot be predicted.
   * Default: {@linkcode systemRandom}.
   */
  readonly random?: (() => number) | undefined;
}

/** Now: the system's clock, which counts milliseconds, with the finer part from the one that counts since start-up. */
export function systemClock(): Instant {
  const now = Date.now();
  const finer = Math.floor((performance.now() % 1) * 1_000_000);
  return { seconds: Math.floor(now / 1000), nanos: (now % 1000) * 1_000_000 + finer };
}

/** Numbers of the system that are not handed out yet: asking for each by itself takes ten times as long. */
const drawn = new Uint32Array(256);
let left = 0;

/** A number from 0 up to, not including, 1, from the system's source of randomness; it has 32 bits. */
export function systemRandom(): number {
  if (left === 0) left = crypto.getRandomValues(drawn).length;
  left--;
  const number = drawn[left] as number;
  drawn[left] = 0;
  return number / 2 ** 32;
}
