/**
 * Whether a server's certificate leads to an authority that is trusted.
 *
 * The runtime's `node:tls` checks that too, and a connection needs both to
 * agree. It is not enough alone: certificates that its own checker cannot read,
 * such as those of X.509 version 1, it accepts when the names in them fit, and
 * anybody can write a name (`docs/decisions/kube-access.md`). Signatures are
 * checked by the runtime's `X509Certificate`.
 *
 * Source: Go 1.14, `crypto/x509` (`verify.go`).
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import { type CertificateFields, certificateFields, isForServers } from "./certificate_fields.ts";

/** What is wrong with a chain, and with which certificate of it. */
export interface ChainProblem {
  readonly kind:
    | "unknown" // no trusted authority signed it
    | "version" // it is not of X.509 version 3
    | "malformed" // it cannot be read
    | "expired"
    | "not-yet"
    | "usage" // it is not for servers
    | "no-authority" // the certificate that signed it may not sign others
    | "authority" // it is an authority's, and not one of the given ones
    | "own"; // it is itself given as authority, but another authority signed it
  readonly certificate: X509Certificate;
}

/** A chain is no longer than this. */
const DEPTH_MAX = 6;

/**
 * Looks for a way from the server's certificate to an authority.
 *
 * @param presented What the server sent, its own certificate first; at least one.
 * @param authorities The ones that are trusted, and no others.
 * @param nowMs Milliseconds since 1970.
 * @returns `undefined` when there is a way, else what stands in it.
 */
export function chainProblem(
  presented: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  nowMs: number,
): ChainProblem | undefined {
  const [leaf] = presented;
  if (leaf === undefined) throw new RangeError("a chain has at least one certificate");
  const isGiven = (certificate: X509Certificate): boolean => authorities.some((each) => same(each, certificate));
  // An old certificate anywhere switches the runtime's own check off, so none is let in.
  for (const certificate of presented) {
    const problem = certificate === leaf || !isGiven(certificate) ? formProblem(certificate) : undefined;
    if (problem !== undefined) return { kind: problem, certificate };
  }
  const late = dateProblem(leaf, nowMs);
  if (late !== undefined) return { kind: late, certificate: leaf };
  if (!isForServers(fieldsOf(leaf))) return { kind: "usage", certificate: leaf };
  const isLeafGiven = isGiven(leaf);
  // The runtime trusts it as well when it signed itself or may sign others.
  if (isLeafGiven && (leaf.checkIssued(leaf) || leaf.ca)) return undefined;
  if (leaf.ca) return { kind: "authority", certificate: leaf };
  // The leaf may be given beside its authority: kube-apiserver writes such a file when it makes its own certificate.
  const problem = climb([leaf], presented.slice(1, 1 + 2 * DEPTH_MAX), authorities, nowMs);
  return problem?.kind === "unknown" && isLeafGiven ? { kind: "own", certificate: leaf } : problem;
}

/** Looks for the issuer of the last certificate of `way`, among the authorities first. */
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

/** What keeps a certificate from signing others. */
function issuerProblem(issuer: X509Certificate, isTrusted: boolean, nowMs: number): ChainProblem["kind"] | undefined {
  const fields = fieldsOf(issuer);
  // Version 1 cannot say whether it is an authority; a trusted one need not.
  if (!issuer.ca && !(isTrusted && fields.version < 3)) return "no-authority";
  if (!isTrusted && !isForServers(fields)) return "usage";
  return dateProblem(issuer, nowMs);
}

function signed(issuer: X509Certificate, child: X509Certificate): boolean {
  try {
    return child.checkIssued(issuer) && child.verify(issuer.publicKey);
  } catch {
    // A key of a kind that the runtime does not know.
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
