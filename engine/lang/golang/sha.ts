/**
 * SHA-1, SHA-256 and Adler-32 of bytes. Charts ask for a checksum on nearly
 * every pod, and loading the platform's whole cryptography for that takes longer
 * than rendering most charts.
 *
 * @module
 */

/** The first 32 bits of the fractional parts of roots of the first primes. */
function rootBits(count: number, root: (value: number) => number): Uint32Array {
  const bits = new Uint32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate++) {
    let isPrime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) if (candidate % factor === 0) isPrime = false;
    if (isPrime) bits[found++] = (root(candidate) % 1) * 2 ** 32;
  }
  return bits;
}

let constants: { readonly k: Uint32Array; readonly start: Uint32Array } | undefined;

/** Words of one block, for the rounds of both hashes. */
function blocks(bytes: Uint8Array): DataView {
  const length = (bytes.length + 9 + 63) & ~63;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(length - 4, bytes.length << 3);
  return view;
}

function hex(words: Uint32Array): string {
  return Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
}

function rotateRight(word: number, count: number): number {
  return (word >>> count) | (word << (32 - count));
}

/** Returns the SHA-256 of bytes in hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  constants ??= { k: rootBits(64, Math.cbrt), start: rootBits(8, Math.sqrt) };
  const { k, start } = constants;
  const state = start.slice();
  const view = blocks(bytes);
  const words = new Uint32Array(64);
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    for (let index = 0; index < 16; index++) words[index] = view.getUint32(offset + 4 * index);
    for (let index = 16; index < 64; index++) {
      const early = words[index - 15] as number;
      const late = words[index - 2] as number;
      const small0 = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
      const small1 = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
      words[index] = (words[index - 16] as number) + small0 + (words[index - 7] as number) + small1;
    }
    mix256(state, words, k);
  }
  return hex(state);
}

/** The rounds of one block. Charts hash little: this is made to run at once, before it is compiled. */
function mix256(state: Uint32Array, words: Uint32Array, k: Uint32Array): void {
  let a = state[0] as number, b = state[1] as number, c = state[2] as number, d = state[3] as number;
  let e = state[4] as number, f = state[5] as number, g = state[6] as number, h = state[7] as number;
  for (let index = 0; index < 64; index++) {
    const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + big1 + (g ^ (e & (f ^ g))) + (k[index] as number) + (words[index] as number)) | 0;
    const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = big0 + ((a & b) | (c & (a | b)));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

/** Returns the SHA-1 of bytes in hexadecimal. */
export function sha1Hex(bytes: Uint8Array): string {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const view = blocks(bytes);
  const words = new Uint32Array(80);
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    for (let index = 0; index < 80; index++) {
      words[index] = index < 16 ? view.getUint32(offset + 4 * index) : rotateRight(
        (words[index - 3] ?? 0) ^ (words[index - 8] ?? 0) ^ (words[index - 14] ?? 0) ^ (words[index - 16] ?? 0),
        31,
      );
    }
    mix1(state, words);
  }
  return hex(state);
}

function mix1(state: Uint32Array, words: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let index = 0; index < 80; index++) {
    const [chosen, constant] = index < 20
      ? [(b & c) | (~b & d), 0x5a827999]
      : index < 40
      ? [b ^ c ^ d, 0x6ed9eba1]
      : index < 60
      ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
      : [b ^ c ^ d, 0xca62c1d6];
    const next = (rotateRight(a, 27) + chosen + e + constant + (words[index] ?? 0)) | 0;
    [e, d, c, b, a] = [d, c, rotateRight(b, 2), a, next];
  }
  for (const [index, value] of [a, b, c, d, e].entries()) state[index] = (state[index] ?? 0) + value;
}

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
