/**
 * Random bytes and characters from the source of randomness of a run.
 *
 * @module
 */

/** Gives a number from 0 up to, not including, 1. */
export type Random = () => number;

/** Returns a random whole number from 0 up to, not including, `end`; `end` is far below 2^32. */
export function randomBelow(random: Random, end: number): number {
  return Math.floor(random() * end);
}

/** Returns random bytes. */
export function randomBytes(random: Random, count: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, () => randomBelow(random, 256));
}

/** Returns a UUID of version 4. */
export function randomUuid(random: Random): string {
  const bytes = randomBytes(random, 16);
  bytes[6] = (bytes[6] as number) & 0x0f | 0x40;
  bytes[8] = (bytes[8] as number) & 0x3f | 0x80;
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
