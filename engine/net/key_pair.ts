/**
 * Whether a certificate and a key belong together.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from "node:crypto";

/** What is wrong with a pair in PEM, in Go's words; `undefined` when it can be used. */
export function keyPairProblem(certificate: string, key: string): string | undefined {
  if (!certificate.includes("-----BEGIN CERTIFICATE-----")) {
    return "tls: failed to find any PEM data in certificate input";
  }
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(key)) return "tls: failed to find any PEM data in key input";
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
      ? undefined
      : "tls: private key does not match public key";
  } catch {
    // What the runtime says may quote the key.
    return "tls: failed to parse private key";
  }
}
