/**
 * The one door to the OpenPGP package, which is loaded when a signature is
 * made or checked.
 *
 * @module
 */
import type { Config, Key, KeyID, PartialConfig, Subkey } from "npm:openpgp@6.3.2";

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

/** All settings, ours over the package's own. */
export async function allSettings(): Promise<Config> {
  const { config } = await openpgp();
  return { ...config, ...await settings() };
}

/**
 * The key of `key` that may sign, or the one with `id` if that may.
 *
 * Helm 2: time plays no part, so a key that has run out counts as well. One
 * that is revoked, or that is not bound to its primary key, never does.
 */
export async function signingKey(key: Key, id?: KeyID): Promise<Key | Subkey | undefined> {
  const config = await allSettings();
  try {
    return await key.getSigningKey(id, null, undefined, config);
  } catch {
    return undefined;
  }
}
