/**
 * Digests for templates, from a library: the runtime's own come with all of
 * its cryptography, which takes longer to load than most charts to render.
 * Imported when a template needs one.
 *
 * @module
 */
import { sha1 } from "npm:@noble/hashes@2.4.0/legacy.js";
import { sha256, sha512 } from "npm:@noble/hashes@2.4.0/sha2.js";

/** Returns the SHA-1 of bytes in hexadecimal. */
export function sha1Hex(bytes: Uint8Array): string {
  return sha1(bytes).toHex();
}

/** Returns the SHA-256 of bytes in hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  return sha256(bytes).toHex();
}

/** Returns the SHA-512 of bytes in hexadecimal. */
export function sha512Hex(bytes: Uint8Array): string {
  return sha512(bytes).toHex();
}
