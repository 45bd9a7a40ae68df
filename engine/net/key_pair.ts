/**
 * Checks that a certificate and a key belong together.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from "node:crypto";

/** Returns Go's message for an unusable PEM pair; `undefined` when the pair can be used. */
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
    // The runtime's own message may quote the key, so it is not passed on.
    return "tls: failed to parse private key";
  }
}
