/**
 * The checksum Adler-32. It protects against accidents only.
 *
 * @module
 */

/** Returns the Adler-32 checksum of bytes. */
export function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return high * 65536 + low;
}
