/**
 * The authorities that a server's certificate may come from: those that were
 * given, and no others; or those of the system.
 *
 * Source: Go 1.14, `crypto/x509` (`root_unix.go`, `root_linux.go`).
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import { certificateFields } from "./certificate_fields.ts";
import type { NetworkVariables } from "./proxy.ts";

/** The runtime's class of certificates. */
export type CertificateClass = new (pem: string) => X509Certificate;

/** Authorities to trust. */
export interface Authorities {
  /** PEM text, as the runtime's TLS takes it. */
  readonly pem: readonly string[];
  /** The same, parsed when it is first asked for. Whoever has a certificate has the class, without loading all of `node:crypto`. */
  certificates(parser: CertificateClass): readonly X509Certificate[];
}

/** Where systems keep the bundle of authorities; the first that is there counts. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The certificates of a PEM text. What is no certificate is passed over, as Go does.
 *
 * @returns `undefined` when the text holds no certificate at all.
 */
export function givenAuthorities(text: string): Authorities | undefined {
  const good = pemCertificates(text).filter((pem) => {
    const der = bytesOf(pem);
    return der !== undefined && certificateFields(der) !== undefined;
  });
  return good.length === 0 ? undefined : authoritiesOf(good);
}

/**
 * The authorities of the system, as Go finds them: SSL_CERT_FILE, SSL_CERT_DIR,
 * or the usual files. Where there are none, the ones that the runtime brings.
 * Those of DENO_CERT, NODE_EXTRA_CA_CERTS and DENO_TLS_CA_STORE, which are the
 * runtime's own variables, come on top.
 */
export async function systemAuthorities(variables: NetworkVariables): Promise<Authorities> {
  const texts = await systemTexts(variables);
  for (const name of ["DENO_CERT", "NODE_EXTRA_CA_CERTS"]) texts.push(await textOf(variables[name] ?? ""));
  const pem = texts.filter((text) => text !== "");
  const chosen = variables["DENO_TLS_CA_STORE"] !== undefined;
  if (chosen || pem.length === 0) pem.push(...await runtimeAuthorities());
  return authoritiesOf(pem);
}

/** The authorities of both. */
export function bothAuthorities(left: Authorities, right: Authorities): Authorities {
  return authoritiesOf([...left.pem, ...right.pem]);
}

function authoritiesOf(pem: readonly string[]): Authorities {
  let certificates: readonly X509Certificate[] | undefined;
  return {
    pem,
    certificates: (parser) =>
      certificates ??= pem.flatMap(pemCertificates).flatMap((each) => parsed(each, parser) ?? []),
  };
}

async function systemTexts(variables: NetworkVariables): Promise<string[]> {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = variables;
  const texts: string[] = [];
  for (const path of file ? [file] : BUNDLES) {
    const text = await textOf(path);
    if (text === "") continue;
    texts.push(text);
    break;
  }
  const { readdir } = await import("node:fs/promises");
  for (const folder of folders?.split(":") ?? []) {
    const names = await readdir(folder).catch(() => []);
    texts.push(...await Promise.all(names.sort().map((name) => textOf(`${folder}/${name}`))));
  }
  return texts;
}

async function textOf(path: string): Promise<string> {
  if (path === "") return "";
  const { readFile } = await import("node:fs/promises");
  return await readFile(path, "utf8").catch(() => "");
}

/** What DENO_TLS_CA_STORE chooses of the runtime's own list and the system's. */
async function runtimeAuthorities(): Promise<readonly string[]> {
  const { getCACertificates } = await import("node:tls");
  try {
    return getCACertificates("default");
  } catch {
    // It needs a right that the program may lack. Then no authority is known, and no server trusted.
    return [];
  }
}

function pemCertificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function bytesOf(pem: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(pem.replace(/-----[^-]+-----|\s+/g, ""));
  } catch {
    return undefined;
  }
}

function parsed(pem: string, parser: CertificateClass): X509Certificate | undefined {
  try {
    return new parser(pem);
  } catch {
    return undefined;
  }
}
