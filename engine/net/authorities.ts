/**
 * The certificate authorities that are trusted: only the given ones, or those of
 * the system.
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
  /** PEM text, as the runtime's TLS functions take it. */
  readonly pem: readonly string[];
  /** Returns the same certificates, parsed on the first call. The caller passes the class, so `node:crypto` need not be loaded. */
  certificates(parser: CertificateClass): readonly X509Certificate[];
}

/** Usual paths of the system's bundle of authorities; the first existing file is used. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Returns the certificates of a PEM text. Other blocks are skipped, as in Go.
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
 * Returns the authorities of the system, found as Go finds them: SSL_CERT_FILE,
 * SSL_CERT_DIR, or the usual files. If there are none, the runtime's built-in
 * ones are used. Those from the runtime's own variables DENO_CERT,
 * NODE_EXTRA_CA_CERTS and DENO_TLS_CA_STORE are added.
 */
export async function systemAuthorities(variables: NetworkVariables): Promise<Authorities> {
  const texts = await systemTexts(variables);
  for (const name of ["DENO_CERT", "NODE_EXTRA_CA_CERTS"]) texts.push(await textOf(variables[name] ?? ""));
  const pem = texts.filter((text) => text !== "");
  const chosen = variables["DENO_TLS_CA_STORE"] !== undefined;
  if (chosen || pem.length === 0) pem.push(...await runtimeAuthorities());
  return authoritiesOf(pem);
}

/** Returns the union of two sets of authorities. */
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

/** Returns the authorities that DENO_TLS_CA_STORE selects: the runtime's built-in list, the system's, or both. */
async function runtimeAuthorities(): Promise<readonly string[]> {
  const { getCACertificates } = await import("node:tls");
  try {
    return getCACertificates("default");
  } catch {
    // Reading them needs a permission that the program may lack. Without it no authority is known and no server trusted.
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
