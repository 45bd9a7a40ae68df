/**
 * Certificates for serving on this machine: a new authority, and a certificate for `localhost` that
 * it signs. Keys stay in memory.
 *
 * X.509 version 3 as RFC 5280 describes it. The runtime makes keys and signatures; it has no call
 * that makes a certificate.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import {
  derBits,
  derBoolean,
  derElement,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derTagged,
  derText,
  derTime,
  derToPem,
} from "../base/mod.ts";

/** A served sandbox's certificates, in PEM. */
export interface Certificates {
  /** The authority's certificate: what clients trust. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const YEAR_MS = 365 * 24 * 3600 * 1000;
const ECDSA_SHA256 = derSequence(derOid("1.2.840.10045.4.3.2"));

/** A distinguished name that has a common name (2.5.4.3) and nothing else. */
function nameOf(commonName: string): Uint8Array {
  return derSequence(derElement(0x31, derSequence(derOid("2.5.4.3"), derText(commonName))));
}

function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctets(value));
}

/** Bytes of an IP address. */
function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split(".").map(Number));
  // `::` means as many zero groups as are missing from eight.
  const [head = "", tail] = address.split("::");
  const groups = (part: string): string[] => part === "" ? [] : part.split(":");
  const [left, right] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return Uint8Array.from([...left, ...zeros, ...right].flatMap((group) => {
    const number = parseInt(group, 16);
    return [number >> 8, number & 255];
  }));
}

/** Names and addresses that the certificate is good for. */
function alternativeNames(hosts: readonly string[]): Uint8Array {
  // Context tag 7 of a GeneralName is an IP address in bytes, tag 2 a DNS name.
  const names = hosts.map((host) =>
    isIPv4(host) || isIPv6(host) ? derElement(0x87, addressBytes(host)) : derElement(0x82, Buffer.from(host, "ascii"))
  );
  return derSequence(...names);
}

/** A certificate to be made: `key` is the key it certifies, `signer` the authority's. */
interface Plan {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Uint8Array[];
}

function certificate(plan: Plan): string {
  // One hour back: the clocks of client and server may differ.
  const from = new Date(Date.now() - 3600_000);
  const serial = randomBytes(16);
  // A serial number is positive (RFC 5280, 4.1.2.2): the sign bit is cleared. One bit is set,
  // because DER writes no leading zero bytes.
  serial[0] = (serial[0] ?? 0) & 0x7f | 0x01;
  const body = derSequence(
    derTagged(0, derInteger(Uint8Array.of(2))),
    derInteger(serial),
    ECDSA_SHA256,
    nameOf(plan.issuer),
    derSequence(derTime(from), derTime(new Date(from.getTime() + YEAR_MS))),
    nameOf(plan.subject),
    plan.key.export({ type: "spki", format: "der" }),
    derTagged(3, derSequence(...plan.extensions)),
  );
  const signature = sign("sha256", body, plan.signer);
  return derToPem("CERTIFICATE", derSequence(body, ECDSA_SHA256, derBits(signature)));
}

// Extensions of RFC 5280, section 4.2.1.
const CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";
const EXTENDED_USAGE = "2.5.29.37";
const ALTERNATIVE_NAMES = "2.5.29.17";
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

/** Makes certificates for names and addresses, good for one year. */
export function makeCertificates(hosts: readonly string[]): Certificates {
  const authority = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const server = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const issuer = "skeg sandbox";
  return {
    authority: certificate({
      subject: issuer,
      issuer,
      key: authority.publicKey,
      signer: authority.privateKey,
      extensions: [
        extension(CONSTRAINTS, true, derSequence(derBoolean(true))),
        // Signing certificates and revocation lists.
        extension(KEY_USAGE, true, derBits(Uint8Array.of(0x06), 1)),
      ],
    }),
    certificate: certificate({
      subject: "skeg sandbox server",
      issuer,
      key: server.publicKey,
      signer: authority.privateKey,
      extensions: [
        extension(CONSTRAINTS, true, derSequence()),
        // Digital signatures.
        extension(KEY_USAGE, true, derBits(Uint8Array.of(0x80), 7)),
        extension(EXTENDED_USAGE, false, derSequence(derOid(SERVER_AUTHENTICATION))),
        extension(ALTERNATIVE_NAMES, false, alternativeNames(hosts)),
      ],
    }),
    key: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
