/**
 * Digests of the library. Loaded only when a template asks for one: the
 * runtime's own would load all of its cryptography with them.
 *
 * @module
 */
import { sha1 } from "npm:@noble/hashes@2.4.0/legacy.js";
import { sha256 } from "npm:@noble/hashes@2.4.0/sha2.js";

/** Returns the SHA-1 of bytes in hexadecimal. */
export function sha1Hex(bytes: Uint8Array): string {
  return sha1(bytes).toHex();
}

/** Returns the SHA-256 of bytes in hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  return sha256(bytes).toHex();
}
