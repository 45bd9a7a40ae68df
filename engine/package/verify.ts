/**
 * Verifies an archive against its provenance file and a keyring.
 *
 * Source: Helm 2.17.0, `pkg/downloader/chart_downloader.go` (`VerifyChart`),
 * `pkg/provenance/sign.go`.
 *
 * @module
 */
import { readFileSync, type Stats } from "node:fs";
import { basename, extname } from "node:path";
import type { Key, Signature, SignaturePacket, Subkey } from "npm:openpgp@6.3.2";
import { fileError, SkegError } from "../../errors.ts";
import { quote } from "../golang/mod.ts";
import { loadKeyring, type RingKey } from "./keyring.ts";
import { allSettings, openpgp, settings, signingKey } from "./_openpgp.ts";
import { digestOf, listedDigests, signedData } from "./provenance_text.ts";
import { stat } from "./save.ts";

/** Provenance files above this size are refused; real ones have some hundred bytes. */
const PROVENANCE_BYTES_MAX = 4 * 1024 * 1024;

/** What {@linkcode verifyArchive} found out. */
export interface Verification {
  /** Names of the signer's key. */
  readonly signedBy: readonly string[];
  /** True when that key has run out; Helm 2 takes it all the same. */
  readonly isExpired: boolean;
  /** The archive's digest, with `sha256:` before it. */
  readonly digest: string;
  /** The archive's name, as the provenance file lists it. */
  readonly fileName: string;
}

interface Signer {
  readonly names: readonly string[];
  readonly isExpired: boolean;
}

/**
 * Verifies that `path`, an archive, is what `path.prov` says, and that a key
 * of the keyring has signed that.
 *
 * @throws kind `io`, `config` or `chart`, with Helm's message.
 */
export async function verifyArchive(path: string, keyring: string): Promise<Verification> {
  if (stat(path).isDirectory()) throw new SkegError("chart", "unpacked charts cannot be verified");
  if (extname(path).toLowerCase() !== ".tgz") throw new SkegError("chart", "chart must be a tgz file");
  const provenance = `${path}.prov`;
  const info = within(`could not load provenance file ${provenance}`, () => stat(provenance));
  const ring = await ringOf(keyring);
  if (info.isDirectory()) throw new SkegError("chart", `${provenance} cannot be a directory`);
  const { signature, text } = await decode(provenance, info);
  const { names, isExpired } = await signer(signature, text, ring);
  const digest = digestOf(read(path));
  const name = basename(path);
  const digests = listedDigests(text);
  const listed = Object.hasOwn(digests, name) ? digests[name] : undefined;
  if (listed === undefined) {
    throw new SkegError("chart", `provenance does not contain a SHA for a file named ${quote(name)}`);
  }
  if (listed !== digest) {
    throw new SkegError("chart", `sha256 sum does not match for ${name}: ${quote(listed)} != ${quote(digest)}`);
  }
  return { signedBy: names, isExpired, digest, fileName: name };
}

async function ringOf(path: string): Promise<RingKey[]> {
  try {
    return await loadKeyring(path);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError(error.kind, `failed to load keyring: ${error.message}`, { cause: error });
  }
}

/** The signed message in a provenance file, whatever stands around it. */
async function decode(path: string, info: Stats): Promise<{ signature: Signature; text: string }> {
  if (info.size > PROVENANCE_BYTES_MAX) {
    throw new SkegError("chart", `provenance file ${path} is larger than ${PROVENANCE_BYTES_MAX} bytes`);
  }
  const content = within("failed to decode signature", () => new TextDecoder().decode(read(path)));
  const lines = content.replaceAll("\r\n", "\n").split("\n");
  const start = lines.indexOf("-----BEGIN PGP SIGNED MESSAGE-----");
  const middle = start < 0 ? -1 : lines.indexOf("-----BEGIN PGP SIGNATURE-----", start);
  const end = middle < 0 ? -1 : lines.indexOf("-----END PGP SIGNATURE-----", middle);
  if (end < 0) throw new SkegError("chart", "failed to decode signature: signature block not found");
  const { readCleartextMessage, readSignature } = await openpgp();
  const config = await settings();
  try {
    const message = await readCleartextMessage({ cleartextMessage: lines.slice(start, end + 1).join("\n"), config });
    const armour = lines.slice(middle, end + 1).join("\n");
    return { signature: await readSignature({ armoredSignature: armour, config }), text: message.getText() };
  } catch (error) {
    throw new SkegError("chart", "failed to decode signature: signature block not found", { cause: error });
  }
}

/** The key that signed the message; throws when no key of the ring did. */
async function signer(signature: Signature, text: string, ring: readonly RingKey[]): Promise<Signer> {
  const config = await allSettings();
  const data = signedData(text);
  const known = new Map<string, readonly Candidate[]>();
  for (const packet of signature.packets) {
    const id = packet.issuerKeyID.toHex();
    const candidates = known.get(id) ?? await candidatesOf(ring, packet);
    known.set(id, candidates);
    if (candidates.length === 0) continue;
    // Helm 2: the first signature that a known key may have made decides; further ones do not count.
    const type = packet.signatureType ?? -1;
    // `binary` and `text` of RFC 4880, section 5.2.1; all others sign keys.
    if (type !== 0 && type !== 1) {
      throw new SkegError("chart", `openpgp: unsupported feature: signature type: ${type}`);
    }
    let reason = "";
    for (const { key, names, signing } of candidates) {
      try {
        // Helm 2: when it was signed plays no part.
        await packet.verify(signing.keyPacket, type, data, null as unknown as Date, true, config);
        return { names, isExpired: await isExpired(key, signing) };
      } catch (error) {
        reason = reasonText(error, packet);
      }
    }
    throw new SkegError("chart", `openpgp: invalid signature: ${reason}`);
  }
  throw new SkegError("chart", "openpgp: signature made by unknown entity");
}

interface Candidate extends RingKey {
  /** The key itself, or its subkey. */
  readonly signing: Key | Subkey;
}

/** The keys of a ring that may have made a signature. */
async function candidatesOf(ring: readonly RingKey[], { issuerKeyID }: SignaturePacket): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const one of ring) {
    if (one.key.getKeys(issuerKeyID).length === 0) continue;
    const signing = await signingKey(one.key, issuerKeyID);
    if (signing !== undefined) candidates.push({ ...one, signing });
  }
  return candidates;
}

/** True when the key, or the subkey that signed, has run out by now. */
async function isExpired(key: Key, signing: Key | Subkey): Promise<boolean> {
  const ends = [await key.getExpirationTime(), await signing.getExpirationTime()];
  return ends.some((end) => end instanceof Date && end.getTime() < Date.now());
}

/** Numbers of RFC 4880, section 9.1. */
const ALGORITHMS: Readonly<Record<number, string>> = { 17: "DSA", 19: "ECDSA", 22: "EdDSA", 27: "EdDSA" };

function reasonText(reason: unknown, { publicKeyAlgorithm }: SignaturePacket): string {
  const text = reason instanceof Error ? reason.message : String(reason);
  if (text === "Signed digest did not match") return "hash tag doesn't match";
  if (text !== "Signature verification failed") return text;
  return `${ALGORITHMS[publicKeyAlgorithm ?? 0] ?? "RSA"} verification failure`;
}

function within<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError(error.kind, `${what}: ${error.message}`, { cause: error });
  }
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError("open", path, error);
  }
}
