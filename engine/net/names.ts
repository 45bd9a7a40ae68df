/**
 * Checks that a certificate is valid for the requested host name.
 *
 * Source: Go 1.14, `crypto/x509` (`VerifyHostname`): a certificate without
 * alternative names is matched by its common name.
 *
 * @module
 */
import type { checkServerIdentity, PeerCertificate } from "node:tls";
import { NetworkFault } from "./fault.ts";
import { parseIp } from "./ip.ts";
import type { Proxy } from "./proxy.ts";

/** Options of {@linkcode nameFault}. */
export interface NameOptions {
  /** The runtime's own comparison, which supports wildcards. */
  readonly check: typeof checkServerIdentity;
  readonly proxy: Proxy | undefined;
}

/** Returns the fault when the names of `certificate` do not include `host`, else `undefined`. */
export function nameFault(host: string, certificate: PeerCertificate, options: NameOptions): NetworkFault | undefined {
  const { check, proxy } = options;
  const isName = parseIp(host) === undefined;
  const { dns, ips, hasAlternatives } = namesOf(certificate);
  // If all alternative names are IP addresses, the runtime also checks the common name; Go does not.
  const isOnlyAddresses = hasAlternatives && dns.length === 0 && isName;
  if (!isOnlyAddresses && check(host, certificate) === undefined) return undefined;
  const common: string | string[] | undefined = hasAlternatives ? undefined : certificate.subject?.CN;
  const hint = `Reach the server by a name that its certificate is for, or get one with subjectAltName=${
    isName ? "DNS" : "IP"
  }:${host}. In a kubeconfig, tls-server-name can name the one to expect.`;
  return new NetworkFault("certificate", words(host, isName, isName ? dns.concat(common ?? []) : ips), {
    hint,
    proxy,
  });
}

function words(host: string, isName: boolean, names: readonly string[]): string {
  if (names.length > 0) return `x509: certificate is valid for ${names.join(", ")}, not ${host}`;
  return isName
    ? `x509: certificate is not valid for any names, but wanted to match ${host}`
    : `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
}

/** Parses the alternative names of a certificate from the runtime's text: `DNS:a.example, IP Address:10.0.0.1`. */
function namesOf({ subjectaltname }: PeerCertificate): { dns: string[]; ips: string[]; hasAlternatives: boolean } {
  const entries = (subjectaltname ?? "").split(", ");
  const after = (start: string): string[] =>
    entries.filter((entry) => entry.startsWith(start)).map((entry) => entry.slice(start.length));
  return { dns: after("DNS:"), ips: after("IP Address:"), hasAlternatives: Boolean(subjectaltname) };
}
