/**
 * Keys, certificates, ciphers and derived passwords: everything that stands on
 * the platform's cryptography. Loaded only when a template asks for it.
 *
 * Answers to sprig 2.22.0, `crypto.go`, and Go 1.14's `crypto/x509`; for Helm 3, to sprig 3.3.0 and Go 1.26.
 *
 * @module
 */

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  scryptSync,
  sign,
} from "node:crypto";
import { binaryToBytes, fromBytes, toBytes } from "../../golang/mod.ts";
import {
  derBits,
  derBoolean,
  derElement,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derTagged,
  derTime,
} from "../../../base/mod.ts";
import { type DerElement, readDer, readSequence, TAG } from "./_der_read.ts";
import { encodePem } from "./_pem.ts";
import { randomBytes } from "./_random.ts";
import { FuncError } from "./func.ts";

function binaryOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** A new key of the named type, in the PEM form that is usual for it. */
export function generateKey(type: string): string {
  switch (type) {
    case "":
    case "rsa":
      return rsaPem(generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey);
    case "dsa":
      return dsaPem();
    case "ecdsa": {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return encodePem("EC PRIVATE KEY", binaryOf(privateKey.export({ type: "sec1", format: "der" })));
    }
    default:
      return `Unknown type ${type}`;
  }
}

/** A new Ed25519 key, which sprig has since version 3. */
export function generateEd25519(): string {
  return keyPem(generateKeyPairSync("ed25519").privateKey);
}

/** Writes a key in the form that is usual for it. */
function keyPem(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return rsaPem(key);
    case "ec":
      return encodePem("EC PRIVATE KEY", binaryOf(key.export({ type: "sec1", format: "der" })));
  }
  return encodePem("PRIVATE KEY", binaryOf(key.export({ type: "pkcs8", format: "der" })));
}

function rsaPem(key: KeyObject): string {
  return encodePem("RSA PRIVATE KEY", binaryOf(key.export({ type: "pkcs1", format: "der" })));
}

/** The traditional form of a DSA key: version, p, q, g, public and private number. */
function dsaPem(): string {
  const { privateKey, publicKey } = generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 });
  const [, algorithm, secret] = readSequence(privateKey.export({ type: "pkcs8", format: "der" }));
  const [, open] = readSequence(publicKey.export({ type: "spki", format: "der" }));
  const none = new Uint8Array();
  const [, parameters] = readSequence(algorithm?.whole ?? none);
  const numbers = [
    ...readSequence(parameters?.whole ?? none).map(({ whole }) => whole),
    // A bit string begins with the number of its unused bits.
    open?.content.subarray(1) ?? none,
    secret?.content ?? none,
  ];
  return encodePem("DSA PRIVATE KEY", binaryOf(derSequence(derInteger(Uint8Array.of(0)), ...numbers)));
}

/** The contents of a certificate. */
export interface CertificateRequest {
  /** Common name; raw text. */
  readonly commonName: string;
  /** Addresses of 4 or 16 bytes. */
  readonly addresses: readonly Uint8Array[];
  /** Host names. */
  readonly names: readonly string[];
  /** Days until it expires. */
  readonly days: bigint;
  /** May sign other certificates. */
  readonly isAuthority: boolean;
}

/** Who signs: a certificate and its key. */
export interface Signer {
  /** The certificate's subject, as DER. */
  readonly subject: Uint8Array;
  /** The certificate's key identifier; `undefined` for none. */
  readonly keyId: Uint8Array | undefined;
  /** The certificate's public key, as DER. */
  readonly publicKey: Uint8Array;
  /** The key. */
  readonly key: KeyObject;
}

/** How a key signs: the algorithm as DER, and the digest. */
interface Signature {
  readonly algorithm: Uint8Array;
  readonly digest: "sha256" | "sha384" | "sha512" | undefined;
}

const SHA256_WITH_RSA: Signature = {
  algorithm: derSequence(derOid("1.2.840.113549.1.1.11"), derElement(0x05)),
  digest: "sha256",
};

/** Signatures of elliptic curves; SHA-256 for the others. */
const WITH_CURVE: Readonly<Record<string, readonly [oid: string, digest: "sha384" | "sha512"]>> = {
  secp384r1: ["1.2.840.10045.4.3.3", "sha384"],
  secp521r1: ["1.2.840.10045.4.3.4", "sha512"],
};

/** Returns how a key signs certificates. */
function signatureOf(key: KeyObject): Signature {
  if (key.asymmetricKeyType === "ed25519") return { algorithm: derSequence(derOid("1.3.101.112")), digest: undefined };
  if (key.asymmetricKeyType !== "ec") return SHA256_WITH_RSA;
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
  const [oid, digest] = WITH_CURVE[curve] ?? ["1.2.840.10045.4.3.2", "sha256" as const];
  return { algorithm: derSequence(derOid(oid)), digest };
}

const publicDer = (key: KeyObject): Uint8Array => createPublicKey(key).export({ type: "spki", format: "der" });

/** True if the key belongs to the signer's certificate. */
export function isKeyOf({ publicKey, key }: Signer): boolean {
  return sameBytes(publicKey, publicDer(key));
}
const DAY_MS = 86400000n;

/** The time and the randomness of a certificate. */
export interface IssueOptions {
  /** The time now, in milliseconds since 1970. */
  readonly nowMs: bigint;
  /** Gives a number from 0 up to, not including, 1. */
  readonly random: () => number;
  /** The certificate's key; default: a new RSA key. */
  readonly key?: KeyObject | undefined;
  /** Gives certificates of authorities an identifier of their key, as Go does since 1.15. */
  readonly hasKeyId?: boolean | undefined;
}

/**
 * Makes a key and a certificate for it, signed by `signer` or by itself; both
 * as PEM. The runtime makes the key, whatever `random` is.
 */
export function makeCertificate(
  request: CertificateRequest,
  { nowMs, random, key, hasKeyId = false }: IssueOptions,
  signer?: Signer,
): { cert: string; key: string } {
  const privateKey = key ?? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const publicKey = publicDer(privateKey);
  const signing = signer?.key ?? privateKey;
  const { algorithm, digest } = signatureOf(signing);
  const subject = subjectOf(request.commonName);
  // The span is a Go duration: nanoseconds in an int64.
  const span = BigInt.asIntN(64, request.days * DAY_MS * 1000000n) / 1000000n;
  const isSelfSigned = signer === undefined || sameBytes(signer.subject, subject);
  const body = derSequence(
    derTagged(0, derInteger(Uint8Array.of(2))),
    derInteger(randomBytes(random, 16)),
    algorithm,
    signer?.subject ?? subject,
    derSequence(dateOf(nowMs), dateOf(nowMs + span)),
    subject,
    publicKey,
    derTagged(
      3,
      derSequence(...extensionsOf(request, {
        own: hasKeyId && request.isAuthority ? keyIdFor(publicKey) : undefined,
        signer: isSelfSigned ? undefined : signer?.keyId,
      })),
    ),
  );
  const certificate = derSequence(body, algorithm, derBits(sign(digest, body, signing)));
  return { cert: encodePem("CERTIFICATE", binaryOf(certificate)), key: keyPem(privateKey) };
}

/** The identifier that Go 1.25 and newer give a public key: the start of the SHA-256 of its bits. */
function keyIdFor(publicKey: Uint8Array): Uint8Array {
  // A bit string begins with the number of its unused bits.
  const bits = readSequence(publicKey)[1]?.content.subarray(1) ?? new Uint8Array();
  return createHash("sha256").update(bits).digest().subarray(0, 20);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** A name with nothing but a common name; no name at all when that is empty. */
function subjectOf(commonName: string): Uint8Array {
  if (commonName === "") return derSequence();
  if (!commonName.isWellFormed()) throw new FuncError("error creating certificate: asn1: string not valid UTF-8");
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName);
  const value = derElement(isPrintable ? 0x13 : 0x0c, toBytes(commonName));
  return derSequence(derElement(0x31, derSequence(derOid("2.5.4.3"), value)));
}

function dateOf(milliseconds: bigint): Uint8Array {
  return derTime(new Date(Number(milliseconds)));
}

function extension(oid: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  return derSequence(derOid(oid), ...(isCritical ? [derBoolean(true)] : []), derOctets(value));
}

/** Identifiers of keys that a certificate names. */
interface KeyIds {
  /** Of its own key. */
  readonly own: Uint8Array | undefined;
  /** Of the signer's key. */
  readonly signer: Uint8Array | undefined;
}

function extensionsOf(request: CertificateRequest, keyIds: KeyIds): Uint8Array[] {
  const { addresses, names, isAuthority, commonName } = request;
  // Digital signature and key encipherment; authorities also sign certificates.
  const usage = isAuthority ? derBits(Uint8Array.of(0xa4), 2) : derBits(Uint8Array.of(0xa0), 5);
  const list = [
    extension("2.5.29.15", true, usage),
    // Server and client authentication.
    extension("2.5.29.37", false, derSequence(derOid("1.3.6.1.5.5.7.3.1"), derOid("1.3.6.1.5.5.7.3.2"))),
    extension("2.5.29.19", true, derSequence(...(isAuthority ? [derBoolean(true)] : []))),
  ];
  const { own, signer } = keyIds;
  if (own !== undefined) list.push(extension("2.5.29.14", false, derOctets(own)));
  if (signer !== undefined) list.push(extension("2.5.29.35", false, derSequence(derElement(0x80, signer))));
  if (names.length + addresses.length > 0) {
    const alternatives = [
      ...names.map((name) => derElement(0x82, toBytes(name))),
      ...addresses.map((address) => derElement(0x87, address)),
    ];
    list.push(extension("2.5.29.17", commonName === "", derSequence(...alternatives)));
  }
  return list;
}

/** Reads the parts of a certificate that its signatures on others need. */
export function readCertificate(binary: string): Omit<Signer, "key"> {
  const [body] = readSequence(binaryToBytes(binary));
  if (body?.tag !== TAG.sequence) throw new FuncError("asn1: structure error: tags don't match");
  const parts = readDer(body.content);
  // The version is left out by certificates of version 1.
  const start = parts[0]?.tag === 0xa0 ? 1 : 0;
  const subject = parts[start + 4];
  if (subject?.tag !== TAG.sequence) throw new FuncError("asn1: structure error: tags don't match");
  const extensions = parts.find(({ tag }) => tag === 0xa3);
  return {
    subject: subject.whole,
    publicKey: parts[start + 5]?.whole ?? new Uint8Array(),
    keyId: extensions === undefined ? undefined : keyIdOf(extensions),
  };
}

function keyIdOf(extensions: DerElement): Uint8Array | undefined {
  const wanted = derOid("2.5.29.14");
  for (const { content } of readSequence(extensions.content)) {
    const [oid, ...rest] = readDer(content);
    const value = rest.at(-1);
    if (oid !== undefined && value !== undefined && sameBytes(oid.whole, wanted)) {
      return readDer(value.content)[0]?.content;
    }
  }
  return undefined;
}

/** Reads an RSA key in its traditional form. */
export function readKey(binary: string): KeyObject {
  const bytes = binaryToBytes(binary);
  const [, second, third] = readSequence(bytes);
  const use = (name: string): FuncError =>
    new FuncError(`x509: failed to parse private key (use ${name} instead for this key format)`);
  if (second?.tag === TAG.octetString) throw use("ParseECPrivateKey");
  if (second?.tag === TAG.sequence && third?.tag === TAG.octetString) throw use("ParsePKCS8PrivateKey");
  if (second?.tag !== TAG.integer) throw new FuncError("asn1: structure error: tags don't match");
  try {
    return createPrivateKey({ key: fromPkcs1(binary), format: "pem" });
  } catch {
    throw new FuncError("x509: private key contains zero or negative value");
  }
}

/** Reads a key of an elliptic curve in its traditional form. */
export function readEcKey(binary: string): KeyObject {
  return readAs(binary, "sec1", "x509: failed to parse EC private key");
}

/** Reads a key in the form that all kinds of keys have. */
export function readPkcs8Key(binary: string): KeyObject {
  return readAs(binary, "pkcs8", "asn1: structure error: tags don't match");
}

function readAs(binary: string, type: "sec1" | "pkcs8", failure: string): KeyObject {
  try {
    return createPrivateKey({ key: binaryToBytes(binary) as unknown as Buffer, format: "der", type });
  } catch {
    throw new FuncError(failure);
  }
}

function fromPkcs1(binary: string): string {
  return encodePem("RSA PRIVATE KEY", binary);
}

/** A key of 32 bytes: the password cut, or filled with zeros. */
function aesKey(password: string): Uint8Array {
  const key = new Uint8Array(32);
  key.set(toBytes(password).subarray(0, 32));
  return key;
}

/** Encrypts with AES-256-CBC; the random first block comes first. */
export function encryptAes(password: string, plain: string, random: () => number): Uint8Array {
  const first = randomBytes(random, 16);
  const cipher = createCipheriv("aes-256-cbc", aesKey(password), first);
  return Uint8Array.from([...first, ...cipher.update(toBytes(plain)), ...cipher.final()]);
}

/** Decrypts what {@linkcode encryptAes} made; padding that is none is not noticed unless it is too long. */
export function decryptAes(password: string, bytes: Uint8Array): string {
  const body = bytes.subarray(16);
  if (body.length % 16 !== 0) throw new FuncError("crypto/cipher: input not full blocks");
  if (body.length === 0) throw new FuncError("runtime error: index out of range [-1]");
  const cipher = createDecipheriv("aes-256-cbc", aesKey(password), bytes.subarray(0, 16));
  cipher.setAutoPadding(false);
  const plain = Uint8Array.from([...cipher.update(body), ...cipher.final()]);
  const end = plain.length - (plain.at(-1) ?? 0);
  if (end < 0) throw new FuncError(`runtime error: slice bounds out of range [:${end}]`);
  return fromBytes(plain.subarray(0, end));
}

/** The bytes that choose the characters of a derived password. */
export function passwordSeed(counter: number, password: string, user: string, site: string): Uint8Array {
  const scope = toBytes("com.lyndir.masterpassword");
  const counted = (text: string): Uint8Array[] => {
    const bytes = toBytes(text);
    return [uint32(bytes.length), bytes];
  };
  const salt = join([scope, ...counted(user)]);
  const key = scryptSync(toBytes(password), salt, 64, { N: 32768, r: 8, p: 2, maxmem: 2 ** 27 });
  return createHmac("sha256", key).update(join([scope, ...counted(site), uint32(counter)])).digest();
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
