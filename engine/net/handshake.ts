/**
 * TLS: a plain connection becomes a secure one, whose server is who it should be.
 *
 * @module
 */
import { isIP, type Socket } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { X509Certificate } from "node:crypto";
import type { Authorities } from "./authorities.ts";
import { chainProblem } from "./chain.ts";
import { chainFault } from "./chain_words.ts";
import { faultOf, type FaultPlace, NetworkFault } from "./fault.ts";
import { nameFault } from "./names.ts";
import { HANDSHAKE_MS, settled } from "./wire.ts";

/** Who is trusted, and who we are. */
export interface TlsSettings {
  /** The authorities that a server's certificate may come from. */
  readonly authorities: Authorities;
  /** True to take any certificate, for any name. */
  readonly insecure: boolean;
  /** The name that the certificate must be for, when it is not the host's. */
  readonly serverName: string | undefined;
  /** PEM text of our own certificate, for servers that ask for one. */
  readonly certificate: string | undefined;
  /** PEM text of its key. */
  readonly key: string | undefined;
}

/**
 * Makes a connection secure.
 *
 * @param opened A new connection, perhaps through a proxy; it is destroyed when this fails.
 * @param reopen Opens such a connection once more: to find words for a certificate that the runtime refused.
 * @throws NetworkFault with Go's words.
 */
export async function secured(
  opened: Socket,
  settings: TlsSettings,
  place: FaultPlace,
  reopen: () => Promise<Socket>,
): Promise<TLSSocket> {
  const { authorities, insecure, certificate, key } = settings;
  const expected = settings.serverName ?? place.host;
  const socket = start(opened, expected, {
    ca: [...authorities.pem],
    rejectUnauthorized: !insecure,
    checkServerIdentity: (_host, theirs) => insecure ? undefined : nameFault(expected, theirs, place.proxy),
    ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
  });
  try {
    await settled(socket, "secureConnect", HANDSHAKE_MS, () => late(place));
  } catch (error) {
    throw await explained(error, settings, place, reopen);
  }
  if (insecure) return socket;
  const now = Date.now();
  const problem = chainProblem(presentedBy(socket), authorities.certificates(), now);
  if (problem === undefined && socket.authorized) return socket;
  socket.on("error", () => {});
  socket.destroy();
  throw problem === undefined ? unknownAuthority(place) : chainFault(problem, now, place.proxy);
}

function start(socket: Socket, expected: string, options: ConnectionOptions): TLSSocket {
  return connect({
    socket,
    host: expected,
    // An address is no name that a server could choose its certificate by.
    ...(isIP(expected) === 0 ? { servername: expected } : {}),
    ALPNProtocols: ["http/1.1"],
    minVersion: "TLSv1.2",
    ...options,
  });
}

function late(place: FaultPlace): NetworkFault {
  return new NetworkFault("timeout", "net/http: TLS handshake timeout", {
    hint: "The server took the connection and said nothing. Check that TLS is spoken on this port.",
    proxy: place.proxy,
  });
}

function unknownAuthority({ proxy }: FaultPlace): NetworkFault {
  return new NetworkFault("certificate", "x509: certificate signed by unknown authority", { proxy });
}

/** What the server sent, its own certificate first. */
function presentedBy(socket: TLSSocket): X509Certificate[] {
  const presented: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next !== undefined && presented.length < 16) {
    presented.push(next);
    next = next.issuerCertificate;
  }
  return presented;
}

/** The runtime has one code for most faults of certificates, so a second look is taken. */
async function explained(
  error: unknown,
  settings: TlsSettings,
  place: FaultPlace,
  reopen: () => Promise<Socket>,
): Promise<NetworkFault> {
  if (error instanceof NetworkFault) return error;
  const code = String((error as { code?: unknown }).code ?? "");
  if (code === "ERR_SSL_UNSUPPORTED_PROTOCOL" && settings.certificate !== undefined) {
    return new NetworkFault("client-certificate", "tls: private key does not match public key", {
      hint:
        "The client certificate and its key do not belong together, or are of a kind that the runtime does not know.",
      proxy: place.proxy,
    });
  }
  if (!/CERT|UNABLE_TO|SIGNATURE/.test(code) || /^ERR_SSL_/.test(code)) return faultOf(error, place);
  const problem = await lookAgain(settings, place, reopen).catch(() => undefined);
  return problem ?? unknownAuthority(place);
}

/** Fetches the server's certificates for the sake of words alone: nothing is sent, and nobody is told who we are. */
async function lookAgain(
  { authorities, serverName }: TlsSettings,
  place: FaultPlace,
  reopen: () => Promise<Socket>,
): Promise<NetworkFault | undefined> {
  const socket = start(await reopen(), serverName ?? place.host, { rejectUnauthorized: false });
  await settled(socket, "secureConnect", HANDSHAKE_MS, () => late(place));
  socket.on("error", () => {});
  const presented = presentedBy(socket);
  socket.destroy();
  const now = Date.now();
  const problem = presented.length === 0 ? undefined : chainProblem(presented, authorities.certificates(), now);
  return problem === undefined ? undefined : chainFault(problem, now, place.proxy);
}
