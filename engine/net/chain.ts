/**
 * Checks that a server's certificate chain ends at a trusted authority.
 *
 * The runtime's `node:tls` checks that too, and a connection needs both checks
 * to pass. The runtime's check is not enough alone: it accepts certificates that
 * it cannot parse, such as X.509 version 1, when the issuer's name fits, and an
 * attacker can write any name (`docs/decisions/kube-access.md`). The runtime's
 * `X509Certificate` verifies the signatures.
 *
 * Source: Go 1.14, `crypto/x509` (`verify.go`).
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import { type CertificateFields, certificateFields, isForServers } from "./certificate_fields.ts";

/** A problem of a chain, and the certificate that has it. */
export interface ChainProblem {
  readonly kind:
    | "unknown" // no trusted authority signed it
    | "version" // it is not X.509 version 3
    | "malformed" // it cannot be parsed
    | "expired"
    | "not-yet"
    | "usage" // it is not for servers
    | "no-authority" // the certificate that signed it may not sign others
    | "authority" // it is an authority's certificate, but not one of the given ones
    | "own"; // it is itself one of the given authorities, but another authority signed it
  readonly certificate: X509Certificate;
}

/** Maximal length of a chain. */
const DEPTH_MAX = 6;

/**
 * Searches a chain from the server's certificate to an authority.
 *
 * @param presented The certificates that the server sent, its own first; at least one.
 * @param authorities The only trusted authorities.
 * @param nowMs Milliseconds since 1970.
 * @returns `undefined` when there is a chain, else the problem that prevents it.
 */
export function chainProblem(
  presented: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  nowMs: number,
): ChainProblem | undefined {
  const [leaf] = presented;
  if (leaf === undefined) throw new RangeError("a chain has at least one certificate");
  const isGiven = (certificate: X509Certificate): boolean => authorities.some((each) => same(each, certificate));
  // A single old certificate turns the runtime's own check off, so all of them are refused.
  for (const certificate of presented) {
    const problem = certificate === leaf || !isGiven(certificate) ? formProblem(certificate) : undefined;
    if (problem !== undefined) return { kind: problem, certificate };
  }
  const late = dateProblem(leaf, nowMs);
  if (late !== undefined) return { kind: late, certificate: leaf };
  if (!isForServers(fieldsOf(leaf))) return { kind: "usage", certificate: leaf };
  const isLeafGiven = isGiven(leaf);
  // The runtime also trusts a given certificate when it is self-signed or may sign others.
  if (isLeafGiven && (leaf.checkIssued(leaf) || leaf.ca)) return undefined;
  if (leaf.ca) return { kind: "authority", certificate: leaf };
  // The given list may hold the leaf and its authority: kube-apiserver writes such a file for its self-made certificate.
  const problem = climb([leaf], presented.slice(1, 1 + 2 * DEPTH_MAX), authorities, nowMs);
  return problem?.kind === "unknown" && isLeafGiven ? { kind: "own", certificate: leaf } : problem;
}

/** Searches the issuer of the last certificate of `way`, first among the authorities. */
function climb(
  way: readonly X509Certificate[],
  between: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  nowMs: number,
): ChainProblem | undefined {
  const child = way[way.length - 1] as X509Certificate;
  let nearest: ChainProblem | undefined;
  for (const authority of authorities) {
    if (!signed(authority, child)) continue;
    const problem = issuerProblem(authority, true, nowMs);
    if (problem === undefined) return undefined;
    nearest ??= { kind: problem, certificate: authority };
  }
  for (const issuer of way.length > DEPTH_MAX ? [] : between) {
    if (way.includes(issuer) || !signed(issuer, child)) continue;
    const problem = issuerProblem(issuer, false, nowMs);
    const above = problem === undefined
      ? climb([...way, issuer], between, authorities, nowMs)
      : { kind: problem, certificate: issuer };
    if (above === undefined) return undefined;
    if (above.kind !== "unknown") nearest ??= above;
  }
  return nearest ?? { kind: "unknown", certificate: child };
}

/** Returns the reason why a certificate may not sign others; `undefined` when it may. */
function issuerProblem(issuer: X509Certificate, isTrusted: boolean, nowMs: number): ChainProblem["kind"] | undefined {
  const fields = fieldsOf(issuer);
  // A version 1 certificate cannot state that it is an authority. A trusted one need not state it.
  if (!issuer.ca && !(isTrusted && fields.version < 3)) return "no-authority";
  if (!isTrusted && !isForServers(fields)) return "usage";
  return dateProblem(issuer, nowMs);
}

function signed(issuer: X509Certificate, child: X509Certificate): boolean {
  try {
    return child.checkIssued(issuer) && child.verify(issuer.publicKey);
  } catch {
    // The runtime does not support this kind of key.
    return false;
  }
}

function formProblem(certificate: X509Certificate): "version" | "malformed" | undefined {
  const fields = certificateFields(certificate.raw);
  if (fields === undefined) return "malformed";
  return fields.version === 3 ? undefined : "version";
}

function fieldsOf(certificate: X509Certificate): CertificateFields {
  return certificateFields(certificate.raw) ?? { version: 3, usages: [] };
}

function dateProblem({ validFrom, validTo }: X509Certificate, nowMs: number): "expired" | "not-yet" | undefined {
  if (!(nowMs >= Date.parse(validFrom))) return "not-yet";
  return nowMs <= Date.parse(validTo) ? undefined : "expired";
}

function same(left: X509Certificate, right: X509Certificate): boolean {
  return left.raw.equals(right.raw);
}
