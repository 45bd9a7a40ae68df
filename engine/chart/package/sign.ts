/**
 * Signs an archive: archive and key → the text of its provenance file.
 *
 * Source: Helm 2.17.0, `pkg/provenance/sign.go`.
 *
 * @module
 */
import { basename } from "node:path";
import { readFileSync } from "node:fs";
import type { AnySecretKeyPacket, Config, PrivateKey, SignaturePacket } from "npm:openpgp@6.3.2";
import { fileError, SkegError } from "../../../errors.ts";
import { loadArchive } from "../load/mod.ts";
import { findKey, loadKeyring } from "./keyring.ts";
import { allSettings, openpgp, settings, signingKey } from "./_openpgp.ts";
import { provenanceText, signedData } from "./provenance_text.ts";

/** Options of {@linkcode signArchive}. */
export interface SignOptions {
  /** Path of the keyring; it holds the private key. */
  readonly keyring: string;
  /** The name of the key's owner, or part of it. */
  readonly key: string;
  /** Called with the owner's name for a locked key; returns the passphrase. */
  readonly passphrase: (owner: string) => Promise<string>;
}

/**
 * Returns the provenance file of the archive at `path`: a clear-signed
 * OpenPGP message without a final line end, as Helm writes it.
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
  return await clearSign(text.trimEnd(), key);
}

/** Signs with the primary key, as Helm 2 does, or with a subkey when the primary key may not sign. */
async function clearSign(text: string, key: PrivateKey): Promise<string> {
  const signer = await signingKey(key, key.getKeyID()) ?? await signingKey(key);
  if (signer === undefined) {
    throw new SkegError("config", "provided key may not sign: it is revoked, or meant for something else");
  }
  const { enums, PacketList, Signature, SignaturePacket } = await openpgp();
  const packet = new SignaturePacket();
  packet.signatureType = enums.signature.text;
  packet.hashAlgorithm = enums.hash.sha512;
  packet.publicKeyAlgorithm = signer.keyPacket.algorithm;
  const config = await allSettings();
  // The type declaration lacks the last argument, which the package requires for signing.
  const sign = packet.sign.bind(packet) as unknown as Sign;
  await sign(signer.keyPacket as AnySecretKeyPacket, signedData(text), new Date(), true, config);
  const packets = new PacketList<SignaturePacket>();
  packets.push(packet);
  const shown = text.split("\n").map((line) => line.startsWith("-") ? `- ${line}` : line).join("\n");
  const armour = new Signature(packets).armor(config).replaceAll("\r\n", "\n").trimEnd();
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${shown}\n${armour}`;
}

type Sign = (
  key: AnySecretKeyPacket,
  data: object,
  date: Date,
  detached: boolean,
  config: Config,
) => Promise<void>;

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
