/**
 * Provenance files with weak signatures, for tests.
 *
 * @module
 */
import type { AnySecretKeyPacket, Config } from "npm:openpgp@6.3.2";
import { createHash } from "node:crypto";

/** Kind of weakness. */
export interface Weakness {
  /** Bits of the RSA key. */
  readonly bits: number;
  /** Hash algorithm of the signature. */
  readonly hash: "sha1" | "sha512";
}

/** Returns a provenance file, and the public key of its signer, in ASCII armour. */
export async function signBadly(
  name: string,
  archive: Uint8Array,
  { bits, hash }: Weakness,
): Promise<{ provenance: string; keyring: string }> {
  const { config, enums, generateKey, PacketList, Signature, SignaturePacket } = await import("npm:openpgp@6.3.2");
  const settings: Config = {
    ...config,
    minRSABits: 1024,
    rejectHashAlgorithms: new Set(),
    nonDeterministicSignaturesViaNotation: false,
  };
  const { privateKey } = await generateKey({
    type: "rsa",
    rsaBits: bits,
    userIDs: [{ name: "Will Weak", email: "will@example.com" }],
    format: "object",
    config: settings,
  });
  const digest = createHash("sha256").update(archive).digest("hex");
  const text = `name: web\nversion: 1.2.3\n\n...\nfiles:\n  ${name}: sha256:${digest}`;
  const signed = { text: null, getBytes: () => new TextEncoder().encode(text.replaceAll("\n", "\r\n")) };
  const packet = new SignaturePacket();
  packet.signatureType = enums.signature.text;
  packet.hashAlgorithm = enums.hash[hash];
  packet.publicKeyAlgorithm = privateKey.keyPacket.algorithm;
  // The type declaration lacks the last argument, which the package requires for signing.
  const sign = packet.sign.bind(packet) as unknown as (
    key: AnySecretKeyPacket,
    data: object,
    date: Date,
    detached: boolean,
    config: Config,
  ) => Promise<void>;
  await sign(privateKey.keyPacket as AnySecretKeyPacket, signed, new Date(), true, settings);
  const packets = new PacketList<typeof packet>();
  packets.push(packet);
  const armour = new Signature(packets).armor(settings).replaceAll("\r\n", "\n").trimEnd();
  return {
    provenance: `-----BEGIN PGP SIGNED MESSAGE-----\nHash: ${hash.toUpperCase()}\n\n${text}\n${armour}`,
    keyring: privateKey.toPublic().armor(settings),
  };
}
