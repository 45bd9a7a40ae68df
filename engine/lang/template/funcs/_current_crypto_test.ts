import { equal, match, throws } from "node:assert/strict";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { goInt, type Struct } from "../../golang/mod.ts";
import { call } from "./_call.ts";
import { currentCrypto } from "./_current_crypto.ts";
import { prepareKeys } from "./crypto.ts";

await prepareKeys();

const run = (name: string, ...args: unknown[]): unknown => call(currentCrypto, name, ...args);
const field = (certificate: unknown, name: string): string => String((certificate as Struct).field(name));
const pem = (certificate: unknown): X509Certificate => new X509Certificate(field(certificate, "Cert"));
const DAYS = goInt(10);

const KEYS: Readonly<Record<string, () => string>> = {
  rsa: () => field(run("genCA", "any", DAYS), "Key"),
  ec: () => String(run("genPrivateKey", "ecdsa")),
  ed25519: () => String(run("genPrivateKey", "ed25519")),
};

for (const [kind, make] of Object.entries(KEYS)) {
  Deno.test(`certificates with a given key of the kind ${kind} are for that key, and the authority vouches for them`, () => {
    const [caKey, key] = [make(), make()];
    const authority = run("genCAWithKey", "my-ca", DAYS, caKey);
    const signed = run("genSignedCertWithKey", "web", ["10.0.0.1"], ["web.example"], DAYS, authority, key);
    const [root, leaf] = [pem(authority), pem(signed)];
    equal(createPrivateKey(caKey).asymmetricKeyType, kind);
    equal(root.ca, true);
    equal(leaf.issuer, "CN=my-ca");
    equal(leaf.verify(createPublicKey(caKey)), true);
    equal(root.verify(createPublicKey(caKey)), true);
    equal(leaf.verify(createPublicKey(key)), false);
    const publicOf = (of: Parameters<typeof createPublicKey>[0]): string =>
      String(createPublicKey(of).export({ type: "spki", format: "pem" }));
    equal(publicOf(field(signed, "Key")), publicOf(key));
    const own = pem(run("genSelfSignedCertWithKey", "own", null, ["a.b"], DAYS, key));
    equal(own.verify(createPublicKey(key)), true);
    match(own.subjectAltName ?? "", /^DNS:a\.b$/);
  });
}

Deno.test("genSignedCert refuses an authority whose certificate is for another key", () => {
  const base64 = (text: string): string => btoa(text);
  const [one, two] = [run("genCA", "a", DAYS), run("genCA", "b", DAYS)];
  const mixed = run("buildCustomCert", base64(field(one, "Cert")), base64(field(two, "Key")));
  throws(() => run("genSignedCert", "c", null, null, DAYS, mixed), {
    message: "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey",
  });
});

Deno.test("genCAWithKey refuses keys that cannot sign", () => {
  throws(() => run("genCAWithKey", "a", DAYS, String(run("genPrivateKey", "dsa"))), {
    message: "error creating certificate: x509: certificate private key does not implement crypto.Signer",
  });
});
