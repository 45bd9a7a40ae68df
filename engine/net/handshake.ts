/**
 * TLS handshake: encrypts a plain connection and verifies the server.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { X509Certificate } from "node:crypto";
import type { Authorities, CertificateClass } from "./authorities.ts";
import { type ChainProblem, chainProblem } from "./chain.ts";
import { chainFault } from "./chain_words.ts";
import { faultOf, NetworkFault, type Place } from "./fault.ts";
import { parseIp } from "./ip.ts";
import { nameFault } from "./names.ts";
import { discard, settled } from "./wire.ts";
import { codeOf } from "../base/mod.ts";

/** How long a handshake may take, as in Go's transports. */
const HANDSHAKE_MS = 10_000;

/** The trusted authorities, and the client's own certificate. */
export interface TlsSettings {
  /** The trusted authorities for the server's certificate. */
  readonly authorities: Authorities;
  /** True to accept any certificate for any name. */
  readonly insecure: boolean;
  /** The name that the certificate must have, when it differs from the host. */
  readonly serverName: string | undefined;
  /** PEM text of the client's certificate, for servers that ask for one. */
  readonly certificate: string | undefined;
  /** PEM text of its key. */
  readonly key: string | undefined;
}

/**
 * Returns the TLS connection over a plain one, with the server verified.
 *
 * @param opened A new connection, possibly through a proxy; destroyed on failure.
 * @param reopen Opens such a connection again, to find out why the runtime refused a certificate.
 * @throws NetworkFault with Go's message.
 */
export async function secured(
  opened: Socket,
  settings: TlsSettings,
  place: Place,
  reopen: () => Promise<Socket>,
): Promise<TLSSocket> {
  const { authorities, insecure, certificate, key } = settings;
  const expected = settings.serverName ?? place.host;
  const { checkServerIdentity: check } = await import("node:tls");
  const socket = await start(opened, expected, {
    ca: [...authorities.pem],
    rejectUnauthorized: !insecure,
    checkServerIdentity: (_host, theirs) =>
      insecure ? undefined : nameFault(expected, theirs, { check, proxy: place.proxy }),
    ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
  });
  try {
    await finished(socket, place);
  } catch (error) {
    if (place.signal?.aborted) throw place.signal.reason;
    throw await explained(error, settings, place, reopen);
  }
  if (insecure) return socket;
  const now = Date.now();
  const problem = problemOf(socket, authorities, now);
  if (problem === undefined && socket.authorized) return socket;
  discard(socket);
  throw problem === undefined ? unknownAuthority(place) : chainFault(problem, now, place.proxy);
}

async function start(socket: Socket, expected: string, options: ConnectionOptions): Promise<TLSSocket> {
  const { connect } = await import("node:tls");
  return connect({
    socket,
    host: expected,
    // SNI takes names only: servers do not choose a certificate by IP address.
    ...(parseIp(expected) === undefined ? { servername: expected } : {}),
    ALPNProtocols: ["http/1.1"],
    minVersion: "TLSv1.2",
    ...options,
  });
}

async function finished(socket: TLSSocket, place: Place): Promise<void> {
  const late = (): Error =>
    new NetworkFault("timeout", "net/http: TLS handshake timeout", {
      hint: "The server accepted the connection but sent nothing. Check that TLS is spoken on this port.",
      proxy: place.proxy,
    });
  await settled(socket, "secureConnect", { limitMs: HANDSHAKE_MS, late, signal: place.signal });
}

function unknownAuthority({ proxy }: Place): NetworkFault {
  return new NetworkFault("certificate", "x509: certificate signed by unknown authority", { proxy });
}

/** Returns the problem of the certificates that the server sent; `undefined` when there is none. */
function problemOf(socket: TLSSocket, authorities: Authorities, nowMs: number): ChainProblem | undefined {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) throw new NetworkFault("certificate", "tls: the server sent no certificate");
  const presented: X509Certificate[] = [];
  for (let each: X509Certificate | undefined = leaf; each !== undefined && presented.length < 16;) {
    presented.push(each);
    each = each.issuerCertificate;
  }
  return chainProblem(presented, authorities.certificates(leaf.constructor as CertificateClass), nowMs);
}

/** Returns a precise fault. The runtime has one code for most certificate problems, so the certificates are fetched again. */
async function explained(
  error: unknown,
  settings: TlsSettings,
  place: Place,
  reopen: () => Promise<Socket>,
): Promise<NetworkFault> {
  if (error instanceof NetworkFault) return error;
  const code = String(codeOf(error) ?? "");
  if (code === "ERR_SSL_UNSUPPORTED_PROTOCOL" && settings.certificate !== undefined) {
    return new NetworkFault("client-certificate", "tls: private key does not match public key", {
      hint:
        "The client certificate and its key do not belong together, or are of a kind that the runtime does not support.",
      proxy: place.proxy,
    });
  }
  if (!/CERT|UNABLE_TO|SIGNATURE/.test(code) || /^ERR_SSL_/.test(code)) return faultOf(error, place);
  const problem = await lookAgain(settings, place, reopen).catch(() => undefined);
  return problem ?? unknownAuthority(place);
}

/** Fetches the server's certificates, only to describe the problem: no request and no client certificate are sent. */
async function lookAgain(
  { authorities, serverName }: TlsSettings,
  place: Place,
  reopen: () => Promise<Socket>,
): Promise<NetworkFault | undefined> {
  const socket = await start(await reopen(), serverName ?? place.host, { rejectUnauthorized: false });
  await finished(socket, place);
  const now = Date.now();
  const problem = problemOf(socket, authorities, now);
  discard(socket);
  return problem === undefined ? undefined : chainFault(problem, now, place.proxy);
}
