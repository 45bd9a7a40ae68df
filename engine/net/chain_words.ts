/**
 * Error messages for problems of a server's certificate: Go's message, and a hint what to do.
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import type { ChainProblem } from "./chain.ts";
import { NetworkFault } from "./fault.ts";
import type { Proxy } from "./proxy.ts";

const UNKNOWN = "x509: certificate signed by unknown authority";

/** A command that makes a valid certificate. */
const MAKE_ONE =
  "openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -out server.crt " +
  "-extfile <(printf 'basicConstraints=CA:FALSE\\nsubjectAltName=DNS:NAME')";

/** Returns the fault for a {@linkcode ChainProblem}. */
export function chainFault({ kind, certificate }: ChainProblem, nowMs: number, proxy?: Proxy): NetworkFault {
  const [message, hint] = wordsOf(kind, certificate, nowMs);
  return new NetworkFault("certificate", message, { hint, proxy });
}

function wordsOf(kind: ChainProblem["kind"], certificate: X509Certificate, nowMs: number): [string, string] {
  const name = nameOf(certificate.subject);
  const issuer = nameOf(certificate.issuer);
  switch (kind) {
    case "unknown":
      return [
        UNKNOWN,
        certificate.checkIssued(certificate)
          ? `The server shows the certificate ${name}, which signed itself. If it is the right one, give it as the ` +
            "certificate authority."
          : `The certificate ${name} was signed by ${issuer}. Give the certificate of that authority as the ` +
            "certificate authority.",
      ];
    case "expired":
      return [
        `x509: certificate has expired or is not yet valid: current time ${time(nowMs)} is after ${
          time(Date.parse(certificate.validTo))
        }`,
        `The certificate ${name} has expired: renew it.`,
      ];
    case "not-yet":
      return [
        `x509: certificate has expired or is not yet valid: current time ${time(nowMs)} is before ${
          time(Date.parse(certificate.validFrom))
        }`,
        `The certificate ${name} is not valid yet: check the clocks of both machines.`,
      ];
    case "usage":
      return [
        "x509: certificate specifies an incompatible key usage",
        `The certificate ${name} is not for servers: its extendedKeyUsage must hold serverAuth.`,
      ];
    case "no-authority":
      return [
        `${UNKNOWN} (possibly because of "x509: invalid signature: parent certificate cannot sign this kind of ` +
        `certificate" while trying to verify candidate authority certificate ${JSON.stringify(name)})`,
        `The certificate ${name} signed the server's but may not sign others: its basicConstraints must be CA:TRUE.`,
      ];
    case "version":
      return [
        `x509: certificate ${name} is of X.509 version 1: make one of version 3, with subjectAltName`,
        "The runtime cannot check the signatures of such certificates, which openssl makes when it is given no " +
        `extensions. A good one: ${MAKE_ONE}`,
      ];
    case "malformed":
      return ["x509: malformed certificate", "The server sends a certificate that cannot be read: make a new one."];
    case "authority":
      return [
        `x509: certificate ${name} is an authority's and cannot be a server's`,
        "Give it itself as the certificate authority, or make a certificate for the server with " +
        `basicConstraints=CA:FALSE: ${MAKE_ONE}`,
      ];
    case "own":
      return [
        UNKNOWN,
        `The certificate authority that was given is the server's own certificate, but ${issuer} signed it. ` +
        "Give the certificate of that authority.",
      ];
  }
}

/** Returns the common name in quotes, or the whole name when there is none. */
function nameOf(subject: string): string {
  return JSON.stringify(/^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replaceAll("\n", ", "));
}

function time(ms: number): string {
  return Number.isNaN(ms) ? "unknown" : new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
