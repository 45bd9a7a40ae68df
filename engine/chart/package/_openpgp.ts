/**
 * The only import of the OpenPGP package. It is loaded when a signature is made
 * or verified.
 *
 * @module
 */
import type { Config, Key, KeyID, PartialConfig, Subkey } from "npm:openpgp@6.3.2";

/** Loads the package. */
export async function openpgp(): Promise<typeof import("npm:openpgp@6.3.2")> {
  return await import("npm:openpgp@6.3.2");
}

/**
 * Returns settings that accept what Helm 2 accepts: signatures and keys as
 * GnuPG 1 made them. MD5 and RIPEMD are still refused.
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

/** Returns all settings: skeg's over the package's defaults. */
export async function allSettings(): Promise<Config> {
  const { config } = await openpgp();
  return { ...config, ...await settings() };
}

/**
 * Returns the primary key or subkey of `key` that may sign, or with `id` that one if it may sign.
 *
 * Helm 2 ignores the time, so an expired key is returned too. A key that is
 * revoked, or a subkey without a valid binding to its primary key, never is.
 */
export async function signingKey(key: Key, id?: KeyID): Promise<Key | Subkey | undefined> {
  const config = await allSettings();
  try {
    return await key.getSigningKey(id, null, undefined, config);
  } catch {
    return undefined;
  }
}
