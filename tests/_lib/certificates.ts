/**
 * Certificates for tests, made on demand: valid ones, and ones with a single defect each.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
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
} from "../../engine/base/mod.ts";

/** A certificate and its key, in PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** Options of {@linkcode issue}. */
export interface IssueOptions {
  /** The common name; default `server`. */
  readonly commonName?: string;
  /** DNS names of the subjectAltName extension. */
  readonly dns?: readonly string[];
  /** IPv4 addresses of the subjectAltName extension. */
  readonly ips?: readonly string[];
  /** basicConstraints: true for an authority; absent: no such extension. */
  readonly isAuthority?: boolean;
  /** Extended key usages, dotted. */
  readonly usages?: readonly string[];
  /** 1 for a certificate without extensions; default 3. */
  readonly version?: 1 | 3;
  /** Default: an hour ago. */
  readonly from?: Date;
  /** Default: in an hour. */
  readonly to?: Date;
  /** The issuer that signs it; default: self-signed. */
  readonly by?: Issued;
  /** Default: an elliptic curve's. `rsa1024` is too short for most programs. */
  readonly algorithm?: "ec" | "rsa" | "rsa1024";
  /** Default `sha256`. */
  readonly digest?: "sha256" | "sha1";
}

const HOUR_MS = 3_600_000;
/** Client authentication, as an extended key usage. */
export const CLIENT_USAGE = "1.3.6.1.5.5.7.3.2";

const SIGNATURES: Readonly<Record<string, Uint8Array>> = {
  "ec sha256": derSequence(derOid("1.2.840.10045.4.3.2")),
  "ec sha1": derSequence(derOid("1.2.840.10045.4.1")),
  "rsa sha256": derSequence(derOid("1.2.840.113549.1.1.11"), derElement(0x05)),
  "rsa sha1": derSequence(derOid("1.2.840.113549.1.1.5"), derElement(0x05)),
};

/** Makes a certificate with a new key. */
export function issue(options: IssueOptions = {}): Issued {
  const pair = newPair(options.algorithm ?? "ec");
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const signer = options.by?.key ?? key;
  const kind = createPublicKey(signer).asymmetricKeyType === "ec" ? "ec" : "rsa";
  const digest = options.digest ?? "sha256";
  const algorithm = SIGNATURES[`${kind} ${digest}`] ?? derSequence();
  const subject = options.commonName ?? "server";
  const body = derSequence(
    ...(options.version === 1 ? [] : [derTagged(0, derInteger(Uint8Array.of(2)))]),
    derInteger(Uint8Array.of(1, ...randomBytes(7))),
    algorithm,
    options.by === undefined ? nameOf(subject) : subjectOf(options.by.cert),
    derSequence(
      derTime(options.from ?? new Date(Date.now() - HOUR_MS)),
      derTime(options.to ?? new Date(Date.now() + HOUR_MS)),
    ),
    nameOf(subject),
    pair.publicKey.export({ type: "spki", format: "der" }),
    ...(options.version === 1 ? [] : extensionsOf(options)),
  );
  return { cert: derToPem("CERTIFICATE", derSequence(body, algorithm, derBits(sign(digest, body, signer)))), key };
}

/** Makes a new certificate authority. */
export function authority(commonName = "test authority", options: IssueOptions = {}): Issued {
  return issue({ commonName, isAuthority: true, ...options });
}

/** Makes a certificate for this machine: `localhost`, 127.0.0.1 and `inside.example.com`. */
export function serverBy(by: Issued, options: IssueOptions = {}): Issued {
  return issue({ by, dns: ["localhost", "inside.example.com"], ips: ["127.0.0.1"], isAuthority: false, ...options });
}

function newPair(algorithm: "ec" | "rsa" | "rsa1024"): { publicKey: KeyObject; privateKey: KeyObject } {
  return algorithm === "ec"
    ? generateKeyPairSync("ec", { namedCurve: "prime256v1" })
    : generateKeyPairSync("rsa", { modulusLength: algorithm === "rsa" ? 2048 : 1024 });
}

function nameOf(commonName: string): Uint8Array {
  return derSequence(derElement(0x31, derSequence(derOid("2.5.4.3"), derText(commonName))));
}

/** Returns the subject of `cert` for use as an issuer: its common name, found by the identifier before it. */
function subjectOf(cert: string): Uint8Array {
  const der = Buffer.from(cert.replace(/-----[^-]+-----|\s+/g, ""), "base64");
  const at = der.lastIndexOf(Buffer.from(derOid("2.5.4.3")));
  const length = der[at + 6] ?? 0;
  return nameOf(der.subarray(at + 7, at + 7 + length).toString("utf8"));
}

function extensionsOf({ dns = [], ips = [], isAuthority, usages = [] }: IssueOptions): Uint8Array[] {
  const extension = (oid: string, critical: boolean, value: Uint8Array): Uint8Array =>
    derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctets(value));
  const names = [
    ...ips.map((ip) => derElement(0x87, Uint8Array.from(ip.split(".").map(Number)))),
    ...dns.map((name) => derElement(0x82, Buffer.from(name, "ascii"))),
  ];
  const all = [
    ...(isAuthority === undefined
      ? []
      : [extension("2.5.29.19", true, isAuthority ? derSequence(derBoolean(true)) : derSequence())]),
    ...(usages.length === 0 ? [] : [extension("2.5.29.37", false, derSequence(...usages.map(derOid)))]),
    ...(names.length === 0 ? [] : [extension("2.5.29.17", false, derSequence(...names))]),
  ];
  return all.length === 0 ? [] : [derTagged(3, derSequence(...all))];
}

/** Returns PEM texts: an authority, a certificate that it signed for this machine, and the certificate's key. */
export function testCertificate(): { ca: string; cert: string; key: string } {
  const by = authority();
  return { ca: by.cert, ...serverBy(by) };
}
