/**
 * Digests by which archives are verified.
 *
 * @module
 */
import type { RecordObject } from "../../../storage/mod.ts";

/** Returns the SHA-256 of bytes, in hexadecimal. */
export async function sha256(data: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(data))).toHex();
}

/** Returns the SHA-256 of an object's data: of its entries as JSON, sorted by key. */
export async function dataDigest({ data = {} }: RecordObject): Promise<string> {
  const entries = Object.keys(data).sort().map((key) => [key, data[key]]);
  return await sha256(new TextEncoder().encode(JSON.stringify(entries)));
}
