import { deepEqual, equal, match, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { binaryToBytes, fromBytes, goInt, type Struct } from "../../golang/mod.ts";
import { call } from "./_call.ts";
import { readSequence } from "./_der_read.ts";
import { decodePem } from "./_pem.ts";
import { cryptoFuncs, cryptoNeeds } from "./crypto.ts";
import { encodingFuncs } from "./encoding.ts";

for (const load of Object.values(cryptoNeeds)) await load();

const run = (name: string, ...args: unknown[]): unknown => call(cryptoFuncs, name, ...args);
const field = (certificate: unknown, name: string): string => String((certificate as Struct).field(name));
const base64 = (text: string): unknown => call(encodingFuncs, "b64enc", text);

Deno.test("genSignedCert makes a certificate that the authority vouches for", () => {
  const authority = run("genCA", "my-ca", goInt(365));
  const signed = run("genSignedCert", "web", ["10.0.0.1", "::1"], ["web.example"], goInt(10), authority);
  const root = new X509Certificate(field(authority, "Cert"));
  const leaf = new X509Certificate(field(signed, "Cert"));
  equal(root.subject, "CN=my-ca");
  equal(root.ca, true);
  equal(leaf.issuer, "CN=my-ca");
  equal(leaf.subject, "CN=web");
  equal(leaf.ca, false);
  equal(leaf.verify(root.publicKey), true);
  match(leaf.subjectAltName ?? "", /^DNS:web\.example, IP Address:10\.0\.0\.1, IP Address:/);
  const days = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86400000;
  equal(Math.round(days), 10);
  match(field(signed, "Key"), /^-----BEGIN RSA PRIVATE KEY-----\n/);
});

Deno.test("buildCustomCert hands back a pair it can read, and refuses others", () => {
  const pair = run("genCA", "ca", goInt(1));
  const built = run("buildCustomCert", base64(field(pair, "Cert")), base64(field(pair, "Key")));
  equal(field(built, "Cert"), field(pair, "Cert"));
  throws(() => run("buildCustomCert", "!", "!"), { message: "unable to decode base64 certificate" });
  throws(() => run("buildCustomCert", base64("x"), base64("x")), { message: "unable to decode certificate" });
  throws(() => run("buildCustomCert", base64(field(pair, "Cert")), base64("x")), { message: "unable to decode key" });
  throws(() => run("buildCustomCert", base64(field(pair, "Cert")), base64(String(run("genPrivateKey", "ecdsa")))), {
    message: "error parsing prive key: decodedKey.Bytes: " +
      "x509: failed to parse private key (use ParseECPrivateKey instead for this key format)",
  });
});

Deno.test("certificates refuse addresses and names that are none", () => {
  throws(() => run("genSelfSignedCert", "a", [goInt(5)], null, goInt(1)), {
    message: "error parsing ip: 5 is not a string",
  });
  throws(() => run("genSelfSignedCert", "a", ["x"], null, goInt(1)), { message: "error parsing ip: x" });
});

Deno.test("decryptAES undoes encryptAES, and two encryptions differ", () => {
  const first = run("encryptAES", "secret", "plain é");
  equal(first === run("encryptAES", "secret", "plain é"), false);
  equal(run("decryptAES", "secret", first), "plain é");
  throws(() => run("decryptAES", "k", "AAAA"), {
    message: "runtime error: slice bounds out of range [:16] with capacity 3",
  });
});

Deno.test("random text has the length and the characters that were asked for", () => {
  match(String(run("randAlphaNum", goInt(40))), /^(?=.*[0-9])[A-Za-z0-9]{40}$/);
  match(String(run("randAlpha", goInt(2000))), /^[A-Za-z]{2000}$/);
  match(String(run("randNumeric", goInt(5))), /^[0-9]{5}$/);
  match(String(run("randAscii", goInt(300))), /^[ -~]{300}$/);
  equal(run("randAlphaNum", goInt(-1)), "");
  match(String(run("uuidv4")), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

Deno.test("genPrivateKey names the kinds it does not know", () => {
  equal(run("genPrivateKey", "x"), "Unknown type x");
  match(String(run("genPrivateKey", "ecdsa")), /^-----BEGIN EC PRIVATE KEY-----\n/);
});

Deno.test("sha1sum and sha256sum agree with the runtime's digests", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
    const data = new Uint8Array(length).map((_, index) => index * 7 + length);
    const text = fromBytes(data);
    equal(run("sha1sum", text), createHash("sha1").update(data).digest("hex"));
    equal(run("sha256sum", text), createHash("sha256").update(data).digest("hex"));
  }
});

Deno.test("genPrivateKey makes RSA keys of 4096 bits, and genCA such of 2048, with the exponent 65537", () => {
  const pems = [String(run("genPrivateKey", "rsa")), field(run("genCA", "ca", goInt(1)), "Key")];
  const details = pems.map((pem) => {
    match(pem, /^-----BEGIN RSA PRIVATE KEY-----\n/);
    return createPrivateKey(pem).asymmetricKeyDetails;
  });
  deepEqual(details.map((detail) => detail?.modulusLength), [4096, 2048]);
  deepEqual(details.map((detail) => detail?.publicExponent), [65537n, 65537n]);
});

Deno.test("genPrivateKey writes a DSA key with numbers that fit each other", () => {
  const pem = String(run("genPrivateKey", "dsa"));
  match(pem, /^-----BEGIN DSA PRIVATE KEY-----\n/);
  const numbers = readSequence(binaryToBytes(decodePem(pem) ?? "")).map(({ tag, content }) => {
    equal(tag, 2);
    return BigInt(`0x${Buffer.from(content).toString("hex")}`);
  });
  const [version, p = 0n, q = 0n, g = 0n, open, secret = 0n] = numbers;
  deepEqual([numbers.length, version, p.toString(2).length, q.toString(2).length], [6, 0n, 2048, 256]);
  let power = 1n;
  for (const bit of secret.toString(2)) power = power * power * (bit === "1" ? g : 1n) % p;
  equal(power, open);
});
