/**
 * Faults of connections and requests, with Go's message where Go has one.
 *
 * @module
 */
import { type Proxy, shownProxy } from "./proxy.ts";
import { codeOf } from "../base/mod.ts";

/** All kinds of faults; code branches on the kind. */
export type FaultKind =
  | "refused" // nothing listens there
  | "no-host" // the name has no address
  | "unreachable" // there is no route to the host
  | "timeout" // the other side did not answer in time
  | "cut" // the connection was closed before the answer was complete
  | "certificate" // the server's certificate is not trusted
  | "client-certificate" // the server refuses the client's certificate, or requires one
  | "tls" // the two sides cannot agree on how to encrypt
  | "answer" // the bytes received are not an HTTP answer
  | "proxy" // the proxy refused
  | "header" // a header cannot be sent
  | "other";

/** Facts of a {@linkcode NetworkFault}. */
export interface FaultFacts {
  /** Details and what to do, as whole sentences. */
  readonly hint?: string | undefined;
  /** The proxy that was used. */
  readonly proxy?: Proxy | undefined;
  /** True if the failure happened before the proxy had opened the tunnel. */
  readonly isBeforeProxy?: boolean | undefined;
  readonly cause?: unknown;
}

/** A connection or request that failed. The message is Go's; it contains no headers and no bodies. */
export class NetworkFault extends Error {
  /** Kind of the fault. */
  readonly kind: FaultKind;
  /** Details and what to do; `undefined` when there is nothing to add. */
  readonly hint: string | undefined;
  /** Address of the proxy that was used, without its credentials; `undefined` for a direct connection. */
  readonly proxy: string | undefined;

  /** True if the failure happened before the proxy had opened the tunnel. The message then names that step, as in Go. */
  readonly isBeforeProxy: boolean;

  /** Makes a fault; the credentials of `proxy` are masked. */
  constructor(kind: FaultKind, message: string, { hint, proxy, isBeforeProxy = false, cause }: FaultFacts = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "NetworkFault";
    this.kind = kind;
    this.hint = hint;
    this.isBeforeProxy = isBeforeProxy;
    this.proxy = proxy === undefined ? undefined : `${shownProxy(proxy)} (from ${proxy.source})`;
  }

  /** The hint, plus the proxy that was used when the message does not name it. */
  get advice(): string | undefined {
    const way = this.proxy === undefined ? undefined : `The request went through the proxy ${this.proxy}.`;
    return [way, this.hint].filter((text) => text !== undefined).join(" ") || undefined;
  }
}

/** The target of a connection, and how it is reached. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** The proxy on the way; absent for a direct connection. */
  readonly proxy?: Proxy | undefined;
  /** Aborts the opening of the connection. */
  readonly signal?: AbortSignal | undefined;
}

interface Known {
  readonly pattern: RegExp;
  readonly kind: FaultKind;
  readonly words: string | ((place: Place) => string);
  readonly hint?: string;
}

const OWN_CERTIFICATE = "Check client-certificate and client-key of the kubeconfig, or --cert-file and --key-file.";

/** Known errors, found by code, or by text where there is no code. The first match is used. */
const KNOWN: readonly Known[] = [
  { pattern: /ECONNREFUSED/, kind: "refused", words: (place) => `${dialled(place)}: connect: connection refused` },
  {
    pattern: /ENOTFOUND|EAI_|getaddrinfo/,
    kind: "no-host",
    words: ({ host }) => `dial tcp: lookup ${host}: no such host`,
  },
  {
    pattern: /EHOSTUNREACH|ENETUNREACH/,
    kind: "unreachable",
    words: (place) => `${dialled(place)}: connect: no route to host`,
  },
  { pattern: /ETIMEDOUT/, kind: "timeout", words: (place) => `${dialled(place)}: i/o timeout` },
  {
    pattern: /WRONG_VERSION_NUMBER|InvalidContentType/,
    kind: "tls",
    words: "http: server gave HTTP response to HTTPS client",
    hint: "The server on this port does not use TLS; the address may have to begin with http://.",
  },
  {
    pattern: /PROTOCOL_VERSION|PeerIncompatible|PeerMisbehaved|UnsupportedProtocolVersion/,
    kind: "tls",
    words: "remote error: tls: protocol version not supported",
    hint: "The server speaks TLS 1.1 or older only. Switch on TLS 1.2 or 1.3 there.",
  },
  {
    pattern: /CERTIFICATE_REQUIRED|SSLV3_ALERT_BAD_CERTIFICATE/,
    kind: "client-certificate",
    words: "remote error: tls: bad certificate",
    hint: `The server wants a client certificate. ${OWN_CERTIFICATE}`,
  },
  {
    pattern: /ALERT_UNKNOWN_CA/,
    kind: "client-certificate",
    words: "remote error: tls: unknown certificate authority",
    hint: `The server does not know the authority of the client certificate. ${OWN_CERTIFICATE}`,
  },
  {
    pattern: /ALERT_CERTIFICATE_EXPIRED/,
    kind: "client-certificate",
    words: "remote error: tls: expired certificate",
    hint: "The client certificate has expired: get a new one.",
  },
  {
    pattern: /ALERT_CERTIFICATE_(UNKNOWN|REVOKED)|ALERT_(UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/,
    kind: "client-certificate",
    words: "remote error: tls: bad certificate",
    hint: `The server refused the client certificate. ${OWN_CERTIFICATE}`,
  },
  {
    pattern: /HANDSHAKE_FAILURE/,
    kind: "tls",
    words: "remote error: tls: handshake failure",
    hint: `The server may want a client certificate. ${OWN_CERTIFICATE}`,
  },
  { pattern: /ALERT_UNRECOGNIZED_NAME/, kind: "tls", words: "remote error: tls: unrecognized name" },
  {
    pattern: /HPE_|Parse Error/,
    kind: "answer",
    words: "net/http: HTTP/1.x transport connection broken: malformed HTTP response",
    hint: "The server there does not speak HTTP.",
  },
  { pattern: /before secure TLS connection was established/, kind: "cut", words: "EOF" },
  { pattern: /ECONNRESET|EPIPE|socket hang up|aborted|UnexpectedEof|EOF/, kind: "cut", words: "EOF" },
];

/** Returns the fault for an error of the runtime's sockets; returns a fault unchanged. */
export function faultOf(error: unknown, place: Place): NetworkFault {
  if (error instanceof NetworkFault) return error;
  const text = errorText(error);
  const known = KNOWN.find(({ pattern }) => pattern.test(text));
  const { proxy } = place;
  if (known === undefined) {
    return new NetworkFault("other", error instanceof Error ? error.message : String(error), { proxy, cause: error });
  }
  const words = typeof known.words === "string" ? known.words : known.words(place);
  return new NetworkFault(known.kind, words, { hint: known.hint, proxy, cause: error });
}

/** Returns `dial tcp HOST:PORT`, the beginning of Go's connection errors. */
export function dialled({ host, port }: Place): string {
  return `dial tcp ${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Returns the codes and messages of an error and its causes. */
function errorText(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error && parts.length < 8; at = at.cause) {
    parts.push(`${String(codeOf(at) ?? "")} ${at.message}`);
    // Several addresses of one name were tried; the first error is enough.
    if (at instanceof AggregateError && at.errors.length > 0) parts.push(errorText(at.errors[0]));
  }
  return parts.join(": ");
}
