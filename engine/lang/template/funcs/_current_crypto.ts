/**
 * Functions about keys and certificates as sprig 3 has them: for keys that are given, and for more kinds of keys.
 *
 * Source: sprig 3.3.0, `crypto.go`; Go 1.26, `crypto/x509`.
 *
 * @module
 */
import { goInt, type Int } from "../../golang/mod.ts";
import { Certificate, cryptoFuncs, decodedPair, explain, keys, type List, prepareKeys, request } from "./crypto.ts";
import { defineInContext } from "./_define.ts";
import type { CertificateRequest, IssueOptions, Signer } from "./_keys.ts";
import { decodePem, decodePemBlock } from "./_pem.ts";
import { randomBelow } from "./_random.ts";
import { type Func, type FuncContext, FuncError, type FuncTable } from "./func.ts";

type PrivateKey = Signer["key"];

/** A key that Go can read and not sign with. */
const DSA = "dsa";

/** Reads a key of any kind; {@linkcode DSA} for a DSA key. */
function readPrivateKey(pem: string): PrivateKey | typeof DSA {
  const block = decodePemBlock(pem);
  if (block === undefined) throw new FuncError("no PEM data in input");
  const { type, binary } = block;
  if (type === "PRIVATE KEY") return explain("decoding PEM as PKCS#8", () => keys().readPkcs8Key(binary));
  if (!type.endsWith(" PRIVATE KEY")) throw new FuncError(`no private key data in PEM block of type ${type}`);
  const kind = type.slice(0, -" PRIVATE KEY".length);
  switch (kind) {
    case "RSA":
      return explain("parsing RSA private key from PEM", () => keys().readKey(binary));
    case "EC":
      return explain("parsing EC private key from PEM", () => keys().readEcKey(binary));
    case "DSA":
      return DSA;
  }
  throw new FuncError(`invalid private key type ${kind}`);
}

/** Returns the key that a template gives; `undefined` for none. */
function givenKey(pem: string | undefined): PrivateKey | typeof DSA | undefined {
  return pem === undefined ? undefined : explain("parsing private key", () => readPrivateKey(pem));
}

function issue(
  { now, random }: FuncContext,
  wanted: CertificateRequest,
  key: PrivateKey | typeof DSA | undefined,
  signer?: Signer,
): Certificate {
  const fail = (why: string): never => {
    throw new FuncError(`error creating certificate: x509: ${why}`);
  };
  if (key === DSA) {
    return fail(
      signer === undefined
        ? "certificate private key does not implement crypto.Signer"
        : "unsupported public key type: *dsa.PublicKey",
    );
  }
  if (signer !== undefined && !keys().isKeyOf(signer)) fail("provided PrivateKey doesn't match parent's PublicKey");
  const options: IssueOptions = { nowMs: now().total() / 1_000_000n, random, key, hasKeyId: true };
  const { cert, key: own } = keys().makeCertificate(wanted, options, signer);
  return new Certificate(cert, own);
}

function readCertificate(pem: string, name: string): Omit<Signer, "key"> {
  const certificate = decodePem(pem);
  if (certificate === undefined) throw new FuncError("unable to decode certificate");
  return explain(`error parsing certificate: ${name}`, () => keys().readCertificate(certificate));
}

function signerOf(authority: unknown): Signer {
  const { cert, key: pem } = authority instanceof Certificate ? authority : new Certificate("", "");
  const certificate = readCertificate(cert, "decodedSignerCert.Bytes");
  const key = explain("error parsing private key", () => readPrivateKey(pem));
  if (key === DSA) {
    throw new FuncError("error creating certificate: x509: certificate private key does not implement crypto.Signer");
  }
  return { ...certificate, key };
}

type SelfSigned = [commonName: string, ips: List, names: List, days: Int, pem?: string];
type Signed = [commonName: string, ips: List, names: List, days: Int, authority: unknown, pem?: string];

function authority(context: FuncContext, commonName: string, days: Int, pem?: string): Certificate {
  const key = givenKey(pem);
  return issue(context, { ...request(commonName, null, null, days), isAuthority: true }, key);
}

function selfSigned(context: FuncContext, ...[commonName, ips, names, days, pem]: SelfSigned): Certificate {
  const key = givenKey(pem);
  return issue(context, request(commonName, ips, names, days), key);
}

function signed(context: FuncContext, ...[commonName, ips, names, days, by, pem]: Signed): Certificate {
  const key = givenKey(pem);
  const signer = signerOf(by);
  return issue(context, request(commonName, ips, names, days), key, signer);
}

function customCert(cert64: string, key64: string): Certificate {
  const pair = decodedPair(cert64, key64);
  readCertificate(pair.cert, "decodedCert.Bytes");
  explain("error parsing private key", () => readPrivateKey(pair.key));
  return pair;
}

/** A whole number from `min` to below `max`. */
function randomInt({ random }: FuncContext, min: Int, max: Int): Int {
  const size = Number(max.value - min.value);
  if (size <= 0) throw new FuncError("invalid argument to Intn");
  return goInt(min.value + BigInt(randomBelow(random, size)));
}

/** Declares a function that needs the platform's cryptography. */
const withKeys = (func: Func): Func => ({ ...func, load: () => prepareKeys() });

const LIST = "[]interface {}";
const CERT = "sprig.certificate";
const genPrivateKey = cryptoFuncs.genPrivateKey as Func;

/** The functions by name. */
export const currentCrypto: FuncTable = {
  buildCustomCert: withKeys({
    params: ["string", "string"],
    call: ([cert, key]) => customCert(cert as string, key as string),
  }),
  genCA: withKeys(defineInContext(["string", "int"], authority)),
  genCAWithKey: withKeys(defineInContext(["string", "int", "string"], authority)),
  genSelfSignedCert: withKeys(defineInContext(["string", LIST, LIST, "int"], selfSigned)),
  genSelfSignedCertWithKey: withKeys(defineInContext(["string", LIST, LIST, "int", "string"], selfSigned)),
  genSignedCert: withKeys(defineInContext(["string", LIST, LIST, "int", CERT], signed)),
  genSignedCertWithKey: withKeys(defineInContext(["string", LIST, LIST, "int", CERT, "string"], signed)),
  genPrivateKey: {
    ...genPrivateKey,
    call: (args, context) => args[0] === "ed25519" ? keys().generateEd25519() : genPrivateKey.call(args, context),
  },
  randInt: defineInContext(["int", "int"], randomInt),
};
