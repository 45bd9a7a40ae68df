/**
 * Template functions about checksums, random text, keys, certificates and
 * ciphers. Exports `cryptoFuncs`, and `cryptoNeeds`: what must be loaded before
 * some of them are called.
 *
 * Answers to sprig 2.22.0, `crypto.go` and `strings.go`.
 *
 * @module
 */

import {
  adler32,
  binaryToBytes,
  decodeBase64,
  encodeBase64,
  type Field,
  formatValue,
  fromBinary,
  type Int,
  parseIp,
  type Slice,
  Struct,
  toBinary,
  toBytes,
} from "../../golang/mod.ts";
import { define, defineInContext, outOfRange, SIZE_MAX } from "./_define.ts";
import type { CertificateRequest, Signer } from "./_keys.ts";
import { decodePem } from "./_pem.ts";
import { type Random, randomBelow, randomUuid } from "./_random.ts";
import { elementsOf } from "./_values.ts";
import { type FuncContext, FuncError, type FuncNeeds, type FuncTable } from "./func.ts";

let digests: typeof import("./_digests.ts") | undefined;

async function prepareDigests(): Promise<void> {
  digests ??= await import("./_digests.ts");
}

/** Declares a function that gives the digest of a text. */
function digest(name: "sha1Hex" | "sha256Hex"): FuncTable[string] {
  return define(["string"], (text) => {
    if (digests === undefined) throw new Error("digests are used before they are loaded");
    return digests[name](toBytes(text));
  });
}

let loaded: typeof import("./_keys.ts") | undefined;

/** Loads the platform's cryptography. */
export async function prepareKeys(): Promise<void> {
  loaded ??= await import("./_keys.ts");
}

/** Returns what {@linkcode prepareKeys} has loaded. */
export function keys(): typeof import("./_keys.ts") {
  if (loaded === undefined) throw new Error("cryptography is used before it is loaded");
  return loaded;
}

/** Go's `sprig.certificate`: a certificate and its key as PEM. */
export class Certificate extends Struct {
  override readonly goType = "sprig.certificate";
  readonly cert: string;
  readonly key: string;

  constructor(cert: string, key: string) {
    super();
    this.cert = cert;
    this.key = key;
  }

  override fields(): readonly Field[] {
    return [{ name: "Cert", value: this.cert }, { name: "Key", value: this.key }];
  }

  override equals(other: unknown): boolean {
    return other instanceof Certificate && other.cert === this.cert && other.key === this.key;
  }
}

/** A list as functions get it. */
export type List = unknown[] | Slice | null;

/** Returns the texts of a list, or throws at the first element that is none. */
function textsOf(list: List, complaint: string): string[] {
  return (elementsOf(list) ?? []).map((item) => {
    if (typeof item === "string") return item;
    throw new FuncError(`${complaint}: ${formatValue(item)} is not a string`);
  });
}

function addressesOf(list: List): Uint8Array[] {
  const addresses: Uint8Array[] = [];
  for (const item of elementsOf(list) ?? []) {
    if (typeof item !== "string") throw new FuncError(`error parsing ip: ${formatValue(item)} is not a string`);
    const address = parseIp(item);
    if (address === undefined) throw new FuncError(`error parsing ip: ${item}`);
    addresses.push(address);
  }
  return addresses;
}

/** Returns what a certificate is to contain. */
export function request(commonName: string, ips: List, names: List, days: Int): CertificateRequest {
  const addresses = addressesOf(ips);
  const alternatives = textsOf(names, "error processing alternate dns name");
  return { commonName, addresses, names: alternatives, days: days.value, isAuthority: false };
}

function issue({ now, random }: FuncContext, wanted: CertificateRequest, signer?: Signer): Certificate {
  const nowMs = now().total() / 1_000_000n;
  const { cert, key } = keys().makeCertificate(wanted, { nowMs, random }, signer);
  return new Certificate(cert, key);
}

/** Reads a certificate and its key; `certName` and `keyName` are what the Go variables are called in errors. */
function readPair(cert: string, key: string, certName: string, keyName: string): Signer {
  const certificate = decodePem(cert);
  if (certificate === undefined) throw new FuncError("unable to decode certificate");
  const parsed = explain(`error parsing certificate: ${certName}`, () => keys().readCertificate(certificate));
  const keyBlock = decodePem(key);
  if (keyBlock === undefined) throw new FuncError("unable to decode key");
  return { ...parsed, key: explain(`error parsing prive key: ${keyName}`, () => keys().readKey(keyBlock)) };
}

/** Puts words before the errors of `body`. */
export function explain<T>(what: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof FuncError) throw new FuncError(`${what}: ${error.message}`);
    throw error;
  }
}

function signedCert(
  context: FuncContext,
  commonName: string,
  ips: List,
  names: List,
  days: Int,
  authority: unknown,
): Certificate {
  if (!(authority instanceof Certificate)) throw new FuncError("unable to decode certificate");
  const { cert, key } = authority;
  const signer = readPair(cert, key, "decodedSignerCert.Bytes", "decodedSignerKey.Bytes");
  return issue(context, request(commonName, ips, names, days), signer);
}

/** Returns a certificate and its key from their Base64. */
export function decodedPair(cert64: string, key64: string): Certificate {
  const decode = (text: string, what: string): string => {
    const { binary, fault } = decodeBase64(toBinary(text));
    if (fault !== undefined) throw new FuncError(`unable to decode base64 ${what}`);
    return fromBinary(binary);
  };
  const cert = decode(cert64, "certificate");
  return new Certificate(cert, decode(key64, "private key"));
}

function customCert(cert64: string, key64: string): Certificate {
  const pair = decodedPair(cert64, key64);
  readPair(pair.cert, pair.key, "decodedCert.Bytes", "decodedKey.Bytes");
  return pair;
}

/** Shapes of derived passwords; every letter names a set of characters. */
const SHAPES: Readonly<Record<string, readonly string[]>> = {
  maximum: ["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
  long: [
    ["CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv", "CvccCvcvCvcvno"],
    ["CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc", "CvcvCvcvnoCvcc", "CvcvCvcvCvccno"],
    ["CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno", "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno"],
    ["CvccnoCvcvCvcc", "CvccCvcvnoCvcc", "CvccCvcvCvccno"],
  ].flat(),
  medium: ["CvcnoCvc", "CvcCvcno"],
  short: ["Cvcn"],
  basic: ["aaanaaan", "aannaaan", "aaannaaa"],
  pin: ["nnnn"],
};

const LETTERS = "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
const SETS: Readonly<Record<string, string>> = {
  V: "AEIOU",
  C: "BCDFGHJKLMNPQRSTVWXYZ",
  v: "aeiou",
  c: "bcdfghjklmnpqrstvwxyz",
  a: LETTERS,
  n: "0123456789",
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: LETTERS + "0123456789!@#$%^&*()",
};

function derivePassword(counter: Int, type: string, password: string, user: string, site: string): string {
  const shapes = Object.hasOwn(SHAPES, type) ? SHAPES[type] ?? [] : undefined;
  if (shapes === undefined) return `cannot find password template ${type}`;
  const count = Number(BigInt.asUintN(32, counter.value));
  const seed = keys().passwordSeed(count, password, user, site);
  const shape = shapes[(seed[0] ?? 0) % shapes.length] ?? "";
  return Array.from(shape, (letter, index) => {
    const set = SETS[letter] ?? "";
    return set.charAt((seed[index + 1] ?? 0) % set.length);
  }).join("");
}

function decryptAes(password: string, text: string): string {
  if (text === "") return "";
  const encoded = toBinary(text);
  const { binary, fault } = decodeBase64(encoded);
  if (fault !== undefined) throw new FuncError(`illegal base64 data at input byte ${fault}`);
  // Go makes room for whole groups before it decodes, and cuts within that room.
  const capacity = Math.floor(encoded.length / 4) * 3;
  if (capacity < 16) throw outOfRange(`[:16] with capacity ${capacity}`);
  if (binary.length < 16) throw outOfRange(`[16:${binary.length}]`);
  return keys().decryptAes(password, binaryToBytes(binary));
}

function encryptAes({ random }: FuncContext, password: string, plain: string): string {
  if (plain === "") return "";
  const bytes = keys().encryptAes(password, plain, random);
  return encodeBase64(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const ALPHA = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const ASCII = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");

/** Random characters of a set, all equally likely; nothing for a negative count. */
function randomText(random: Random, count: number, set: string): string {
  if (count > SIZE_MAX) throw new FuncError("runtime error: makeslice: len out of range");
  let out = "";
  while (out.length < count) out += set.charAt(randomBelow(random, set.length));
  return out;
}

/** Letters and digits, at least one of them a digit. */
function randomAlphaNumeric(random: Random, count: number): string {
  const text = randomText(random, count, ALPHA + DIGITS);
  if (text === "" || /[0-9]/.test(text)) return text;
  const at = randomBelow(random, text.length);
  return text.slice(0, at) + randomText(random, 1, DIGITS) + text.slice(at + 1);
}

function random(set: string): FuncTable[string] {
  return defineInContext(["int"], ({ random }, count) => randomText(random, Number(count.value), set));
}

/** Functions about checksums, randomness, keys and ciphers, by name. */
export const cryptoFuncs: FuncTable = {
  sha1sum: digest("sha1Hex"),
  sha256sum: digest("sha256Hex"),
  adler32sum: define(["string"], (text) => String(adler32(toBytes(text)))),
  uuidv4: defineInContext([], ({ random }) => randomUuid(random)),
  randAlphaNum: defineInContext(["int"], ({ random }, count) => randomAlphaNumeric(random, Number(count.value))),
  randAlpha: random(ALPHA),
  randAscii: random(ASCII),
  randNumeric: random(DIGITS),
  genPrivateKey: define(["string"], (type) => keys().generateKey(type)),
  derivePassword: define(["uint32", "string", "string", "string", "string"], derivePassword),
  buildCustomCert: define(["string", "string"], customCert),
  genCA: defineInContext(
    ["string", "int"],
    (context, commonName, days) => issue(context, { ...request(commonName, null, null, days), isAuthority: true }),
  ),
  genSelfSignedCert: defineInContext(
    ["string", "[]interface {}", "[]interface {}", "int"],
    (context, commonName, ips, names, days) => issue(context, request(commonName, ips, names, days)),
  ),
  genSignedCert: defineInContext(
    ["string", "[]interface {}", "[]interface {}", "int", "sprig.certificate"],
    signedCert,
  ),
  encryptAES: defineInContext(["string", "string"], encryptAes),
  decryptAES: define(["string", "string"], decryptAes),
};

const HEAVY = [
  "genPrivateKey",
  "derivePassword",
  "buildCustomCert",
  "genCA",
  "genSelfSignedCert",
  "genSignedCert",
  "encryptAES",
  "decryptAES",
];

/** Digests, and the platform's cryptography. */
export const cryptoNeeds: FuncNeeds = {
  sha1sum: prepareDigests,
  sha256sum: prepareDigests,
  ...Object.fromEntries(HEAVY.map((name) => [name, prepareKeys])),
};
