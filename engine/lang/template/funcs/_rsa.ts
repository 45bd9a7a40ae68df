/**
 * New RSA keys. The runtime's own generator takes three times as long, and
 * charts that make certificates wait for nothing else.
 *
 * As Go's `crypto/rsa`: primes from the system's source of randomness, a
 * number of exactly the wanted length, 65537 as the public exponent. How
 * primes are chosen and tested follows FIPS 186-5, appendices A.1.3 and B.3.1.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject, randomBytes } from "node:crypto";
import { derSequence } from "../../../base/mod.ts";
import { bytesToBigInt, derBigInt } from "./_der.ts";

/** The public exponent. */
const EXPONENT = 65537n;
/** Odd numbers that are looked through from one random start. */
const SPAN = 4096;
/** Rounds of Miller and Rabin with random bases: wrong less often than 2^-112 for a random number of 1024 bits. */
const ROUNDS = 5;
/** Small primes are below this. */
const SIEVE_MAX = 65536;

/** Bits of the exponent that are dealt with together. */
const WINDOW = 8;

/** Small primes that one division serves: their product is exact as a `number`. */
interface PrimeGroup {
  readonly primes: readonly number[];
  readonly product: bigint;
}

let smallPrimes: readonly PrimeGroup[] | undefined;

/** The odd primes below {@linkcode SIEVE_MAX}. */
function oddPrimes(): readonly number[] {
  const isComposite = new Uint8Array(SIEVE_MAX);
  const primes: number[] = [];
  for (let number = 3; number < SIEVE_MAX; number += 2) {
    if (isComposite[number] === 1) continue;
    primes.push(number);
    for (let multiple = number * number; multiple < SIEVE_MAX; multiple += 2 * number) isComposite[multiple] = 1;
  }
  return primes;
}

/**
 * Makes a private key.
 *
 * @param bits Length of the modulus: a multiple of 16, 512 at least.
 */
export function generateRsaKey(bits: number): KeyObject {
  for (;;) {
    const p = randomPrime(bits / 2);
    const q = randomPrime(bits / 2);
    const distance = p > q ? p - q : q - p;
    // Primes that are close to each other give the key away.
    if (distance >> BigInt(bits / 2 - 100) === 0n) continue;
    const order = (p - 1n) * (q - 1n) / greatestDivisor(p - 1n, q - 1n);
    const d = inverse(EXPONENT, order);
    if (d === undefined || d >> BigInt(bits / 2) === 0n) continue;
    const numbers = [0n, p * q, EXPONENT, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p) ?? 0n];
    const key = Buffer.from(derSequence(...numbers.map(derBigInt)));
    return createPrivateKey({ key, format: "der", type: "pkcs1" });
  }
}

/** A random prime of exactly so many bits, the two highest set, so that the product of two is as long as wanted. */
export function randomPrime(bits: number): bigint {
  smallPrimes ??= groups(oddPrimes());
  for (;;) {
    const start = bytesToBigInt(randomBytes(bits / 8)) | 1n | 3n << BigInt(bits - 2);
    for (const offset of sieved(start, smallPrimes)) {
      const candidate = start + BigInt(2 * offset);
      if (candidate >> BigInt(bits) !== 0n) break;
      if (candidate % EXPONENT !== 1n && passesFermat(candidate) && isPrime(candidate)) return candidate;
    }
  }
}

/** Groups of small primes, three or more each. */
function groups(primes: readonly number[]): PrimeGroup[] {
  const made: PrimeGroup[] = [];
  let members: number[] = [];
  let product = 1;
  for (const prime of primes) {
    if (product * prime > Number.MAX_SAFE_INTEGER) {
      made.push({ primes: members, product: BigInt(product) });
      members = [];
      product = 1;
    }
    members.push(prime);
    product *= prime;
  }
  return [...made, { primes: members, product: BigInt(product) }];
}

/** Offsets of the odd numbers from `start` that no small prime divides, in steps of two. */
function sieved(start: bigint, primeGroups: readonly PrimeGroup[]): number[] {
  const isComposite = new Uint8Array(SPAN);
  for (const { primes, product } of primeGroups) {
    const shared = Number(start % product);
    for (const prime of primes) {
      const rest = shared % prime;
      // start + 2·offset is divisible: offset = -rest/2 modulo the prime.
      const missing = rest === 0 ? 0 : prime - rest;
      for (let offset = missing % 2 === 0 ? missing / 2 : (missing + prime) / 2; offset < SPAN; offset += prime) {
        isComposite[offset] = 1;
      }
    }
  }
  const offsets: number[] = [];
  for (let offset = 0; offset < SPAN; offset++) if (isComposite[offset] === 0) offsets.push(offset);
  return offsets;
}

/**
 * Fermat's test by base 2, which sorts nearly all composites out: 2 to the
 * power of `candidate - 1` is 1. Multiplying by powers of two is shifting.
 */
function passesFermat(candidate: bigint): boolean {
  const bits = (candidate - 1n).toString(2);
  let at = bits.length % WINDOW || WINDOW;
  let result = 1n << BigInt(parseInt(bits.slice(0, at), 2));
  for (; at < bits.length; at += WINDOW) {
    for (let square = 1; square < WINDOW; square++) result = result * result % candidate;
    result = (result * result << BigInt(parseInt(bits.slice(at, at + WINDOW), 2))) % candidate;
  }
  return result === 1n;
}

/** Miller and Rabin's test of an odd number above 3, with random bases. */
function isPrime(candidate: bigint): boolean {
  const last = candidate - 1n;
  let twos = 0;
  let odd = last;
  for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
  const byteCount = Math.ceil(candidate.toString(16).length / 2);
  for (let round = 0; round < ROUNDS; round++) {
    const base = 2n + bytesToBigInt(randomBytes(byteCount)) % (candidate - 3n);
    let power = powerModulo(base, odd, candidate);
    if (power === 1n || power === last) continue;
    let isWitness = true;
    for (let at = 1; at < twos && isWitness; at++) {
      power = power * power % candidate;
      if (power === last) isWitness = false;
    }
    if (isWitness) return false;
  }
  return true;
}

/** `base` to the power of `exponent`, modulo `modulus`. */
export function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const bits = exponent.toString(2);
  let result = 1n;
  for (let at = 0; at < bits.length; at++) {
    result = result * result % modulus;
    if (bits.charCodeAt(at) === 0x31) result = result * base % modulus;
  }
  return result;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** The number whose product with `value` is 1 modulo `modulus`, if there is one. */
function inverse(value: bigint, modulus: bigint): bigint | undefined {
  let [rest, nextRest] = [modulus, value % modulus];
  let [factor, nextFactor] = [0n, 1n];
  while (nextRest !== 0n) {
    const quotient = rest / nextRest;
    [rest, nextRest] = [nextRest, rest - quotient * nextRest];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  if (rest !== 1n) return undefined;
  return factor < 0n ? factor + modulus : factor;
}
