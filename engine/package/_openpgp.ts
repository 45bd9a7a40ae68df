/**
 * The one door to the OpenPGP package, which is loaded when a signature is
 * made or checked.
 *
 * @module
 */
import type { PartialConfig } from "npm:openpgp@6.3.2";

/** Loads the package. */
export async function openpgp(): Promise<typeof import("npm:openpgp@6.3.2")> {
  return await import("npm:openpgp@6.3.2");
}

/**
 * What is accepted: as much as Helm 2 accepts, which is what GnuPG 1 made.
 * MD5 and RIPEMD stay refused.
 */
export async function settings(): Promise<PartialConfig> {
  const { enums } = await openpgp();
  return {
    minRSABits: 1024,
    rejectPublicKeyAlgorithms: new Set(),
    rejectHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd]),
    rejectMessageHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd]),
    preferredHashAlgorithm: enums.hash.sha512,
    nonDeterministicSignaturesViaNotation: false,
    showVersion: false,
    showComment: false,
  };
}
