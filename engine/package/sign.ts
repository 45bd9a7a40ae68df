/**
 * Signs an archive: archive and key → the text of its provenance file.
 *
 * Source: Helm 2.17.0, `pkg/provenance/sign.go`.
 *
 * @module
 */
import { basename } from "node:path";
import { readFileSync } from "node:fs";
import type { PrivateKey } from "npm:openpgp@6.3.2";
import { fileError, SkegError } from "../../errors.ts";
import { loadArchive } from "../chart/mod.ts";
import { findKey, loadKeyring } from "./keyring.ts";
import { openpgp, settings } from "./_openpgp.ts";
import { provenanceText } from "./provenance_text.ts";

/** Options of {@linkcode signArchive}. */
export interface SignOptions {
  /** Path of the keyring; it holds the private key. */
  readonly keyring: string;
  /** The name of the key's owner, or a part of it. */
  readonly key: string;
  /** Is asked for the passphrase of a locked key; gets the owner's name. */
  readonly passphrase: (owner: string) => Promise<string>;
}

/**
 * Returns the provenance file of the archive at `path`: a clear-signed
 * OpenPGP message, without a line end at the end, as Helm writes it.
 *
 * @throws kind `io`, `config` or `chart`.
 */
export async function signArchive(path: string, options: SignOptions): Promise<string> {
  const found = findKey(await loadKeyring(options.keyring), options.key);
  if (found === undefined) throw new SkegError("config", "private key not found");
  if (!found.key.isPrivate()) throw new SkegError("config", "provided key is not a private key");
  const key = await unlock(found.key, found.names[0] || "Unknown", options.passphrase);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError("open", path, error);
  }
  const text = provenanceText(loadArchive(bytes, path).metadata, basename(path), bytes);
  const { createCleartextMessage, sign } = await openpgp();
  const config = await settings();
  const keyID = await signingKeyID(key);
  const signed = await sign({
    message: await createCleartextMessage({ text: text.trimEnd() }),
    signingKeys: key,
    ...keyID === undefined ? {} : { signingKeyIDs: [keyID] },
    config,
  });
  return signed.replaceAll("\r\n", "\n").trimEnd();
}

/** Helm 2 signs with the primary key; one that may not sign leaves it to its subkeys. */
async function signingKeyID(key: PrivateKey): Promise<ReturnType<PrivateKey["getKeyID"]> | undefined> {
  const primary = key.getKeyID();
  const { config } = await openpgp();
  try {
    await key.getSigningKey(primary, new Date(), undefined, { ...config, ...await settings() });
    return primary;
  } catch {
    return undefined;
  }
}

async function unlock(
  key: PrivateKey,
  owner: string,
  ask: SignOptions["passphrase"],
): Promise<PrivateKey> {
  if (key.isDecrypted()) return key;
  const passphrase = await ask(owner);
  const { decryptKey } = await openpgp();
  try {
    return await decryptKey({ privateKey: key, passphrase, config: await settings() });
  } catch (error) {
    throw new SkegError("config", "openpgp: invalid data: private key checksum failure", { cause: error });
  }
}
