/**
 * Verifies an archive against its provenance file and a keyring.
 *
 * Source: Helm 2.17.0, `pkg/downloader/chart_downloader.go` (`VerifyChart`),
 * `pkg/provenance/sign.go`.
 *
 * @module
 */
import { basename, extname } from "node:path";
import type { Key, Signature, SignaturePacket, Subkey } from "npm:openpgp@6.3.2";
import { SkegError } from "../../../errors.ts";
import { quote } from "../../lang/golang/mod.ts";
import { loadKeyring, type RingKey } from "./keyring.ts";
import { allSettings, openpgp, settings, signingKey } from "./_openpgp.ts";
import { digestOf, listedDigests, signedData } from "./provenance_text.ts";
import { stat } from "./save.ts";
import { readBytes } from "./_read.ts";

/** Larger provenance files are refused; real ones have some hundred bytes. */
const PROVENANCE_BYTES_MAX = 4 * 1024 * 1024;

/** The result of {@linkcode verifyArchive}. */
export interface Verification {
  /** Names of the signer's key. */
  readonly signedBy: readonly string[];
  /** True if that key has expired; Helm 2 accepts it. */
  readonly isExpired: boolean;
  /** Reasons not to rely on the signature, as parts of a sentence: `it is made with SHA-1`. Helm 2 accepts it. */
  readonly weaknesses: readonly string[];
  /** The archive's digest, with the prefix `sha256:`. */
  readonly digest: string;
  /** The archive's name in the provenance file. */
  readonly fileName: string;
}

/** A downloaded archive and its provenance file. */
export interface SignedArchive {
  /** Target path of the archive; its last part is the name that must be signed. */
  readonly path: string;
  /** The `.tgz`. */
  readonly archive: Uint8Array;
  /** The provenance file. */
  readonly provenance: Uint8Array;
}

/**
 * Verifies that the archive at `path` matches `path.prov`, and that a key of
 * the keyring has signed that file.
 *
 * @throws kind `io`, `config` or `chart`, with Helm's message.
 */
export async function verifyArchive(path: string, keyring: string): Promise<Verification> {
  if (stat(path).isDirectory()) throw new SkegError("chart", "unpacked charts cannot be verified");
  requireTgz(path);
  const provenance = `${path}.prov`;
  const info = within(`could not load provenance file ${provenance}`, () => stat(provenance));
  const ring = await ringOf(keyring);
  if (info.isDirectory()) throw new SkegError("chart", `${provenance} cannot be a directory`);
  refuseLarge(provenance, info.size);
  const text = within("failed to decode signature", () => readBytes(provenance));
  return await verifyWith(ring, { path, archive: () => readBytes(path), provenance: text });
}

/**
 * Verifies an archive before it is written to disk.
 *
 * @throws the same errors as {@linkcode verifyArchive}.
 */
export async function verifySigned(
  { path, archive, provenance }: SignedArchive,
  keyring: string,
): Promise<Verification> {
  requireTgz(path);
  const ring = await ringOf(keyring);
  refuseLarge(`${path}.prov`, provenance.length);
  return await verifyWith(ring, { path, archive: () => archive, provenance });
}

/** Verifies with a loaded keyring. Reads the archive last, so that a bad signature is reported before a missing file. */
async function verifyWith(
  ring: readonly RingKey[],
  { path, archive, provenance }: Omit<SignedArchive, "archive"> & { readonly archive: () => Uint8Array },
): Promise<Verification> {
  const { signature, text } = await decode(provenance);
  const { names, isExpired, weaknesses } = await signer(signature, text, ring);
  const digest = digestOf(archive());
  const name = basename(path);
  const digests = listedDigests(text);
  const listed = Object.hasOwn(digests, name) ? digests[name] : undefined;
  if (listed === undefined) {
    throw new SkegError("chart", `provenance does not contain a SHA for a file named ${quote(name)}`);
  }
  if (listed !== digest) {
    throw new SkegError("chart", `sha256 sum does not match for ${name}: ${quote(listed)} != ${quote(digest)}`);
  }
  return { signedBy: names, isExpired, weaknesses, digest, fileName: name };
}

function requireTgz(path: string): void {
  if (extname(path).toLowerCase() !== ".tgz") throw new SkegError("chart", "chart must be a tgz file");
}

function refuseLarge(provenance: string, sizeBytes: number): void {
  if (sizeBytes <= PROVENANCE_BYTES_MAX) return;
  throw new SkegError("chart", `provenance file ${provenance} is larger than ${PROVENANCE_BYTES_MAX} bytes`);
}

async function ringOf(path: string): Promise<RingKey[]> {
  try {
    return await loadKeyring(path);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError(error.kind, `failed to load keyring: ${error.message}`, { cause: error });
  }
}

/** Returns the signed message in a provenance file; text around it is ignored. */
async function decode(bytes: Uint8Array): Promise<{ signature: Signature; text: string }> {
  const content = new TextDecoder().decode(bytes);
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

interface Signer {
  readonly names: readonly string[];
  readonly isExpired: boolean;
  readonly weaknesses: readonly string[];
}

/** Returns the key that signed the message; throws when no key of the ring did. */
async function signer(signature: Signature, text: string, ring: readonly RingKey[]): Promise<Signer> {
  const config = await allSettings();
  const data = signedData(text);
  const known = new Map<string, readonly Candidate[]>();
  for (const packet of signature.packets) {
    // The package also lists packets of unknown versions, without any fields. Helm 2 skips them.
    if ((packet as Partial<SignaturePacket>).issuerKeyID === undefined) continue;
    const id = packet.issuerKeyID.toHex();
    const candidates = known.get(id) ?? await candidatesOf(ring, packet);
    known.set(id, candidates);
    if (candidates.length === 0) continue;
    // Helm 2: only the first signature with a known key's id is checked; further ones are ignored.
    const type = packet.signatureType ?? -1;
    // `binary` and `text` of RFC 4880, section 5.2.1; other types sign keys.
    if (type !== 0 && type !== 1) {
      throw new SkegError("chart", `openpgp: unsupported feature: signature type: ${type}`);
    }
    let reason = "";
    for (const { key, names, signing } of candidates) {
      try {
        // Helm 2 ignores the time of the signature.
        await packet.verify(signing.keyPacket, type, data, null as unknown as Date, true, config);
        return {
          names,
          isExpired: await isExpired(key, signing),
          weaknesses: await weaknessesOf(packet, signing),
        };
      } catch (error) {
        reason = reasonText(error, packet);
      }
    }
    throw new SkegError("chart", `openpgp: invalid signature: ${reason}`);
  }
  throw new SkegError("chart", "openpgp: signature made by unknown entity");
}

interface Candidate extends RingKey {
  /** The primary key or its subkey. */
  readonly signing: Key | Subkey;
}

/** Returns the keys of a ring that match the signature's key id. */
async function candidatesOf(ring: readonly RingKey[], { issuerKeyID }: SignaturePacket): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const one of ring) {
    if (one.key.getKeys(issuerKeyID).length === 0) continue;
    const signing = await signingKey(one.key, issuerKeyID);
    if (signing !== undefined) candidates.push({ ...one, signing });
  }
  return candidates;
}

/** True if the key, or the subkey that signed, has expired. */
async function isExpired(key: Key, signing: Key | Subkey): Promise<boolean> {
  const ends = [await key.getExpirationTime(), await signing.getExpirationTime()];
  return ends.some((end) => end instanceof Date && end.getTime() < Date.now());
}

/** Minimal modulus of RSA and DSA keys; shorter ones can be broken (NIST SP 800-131A). */
const KEY_BITS_MIN = 2048;

/** Returns reasons not to rely on a valid signature. MD5 and RIPEMD were refused before. */
async function weaknessesOf(packet: SignaturePacket, signing: Key | Subkey): Promise<string[]> {
  const { enums } = await openpgp();
  const found: string[] = [];
  if (packet.hashAlgorithm === enums.hash.sha1) found.push("it is made with SHA-1");
  const { algorithm, bits } = signing.getAlgorithmInfo();
  if (bits !== undefined && bits < KEY_BITS_MIN) {
    found.push(`its key has ${bits} bits (${algorithm.startsWith("rsa") ? "RSA" : "DSA"})`);
  }
  return found;
}

/** Names of public-key algorithms, by their number in RFC 4880, section 9.1. */
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
