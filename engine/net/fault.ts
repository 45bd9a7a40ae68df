/**
 * Why a connection or a request failed, in Go's words where Go has some.
 *
 * @module
 */
import { type Proxy, shownProxy } from "./proxy.ts";

/** The closed set of what can go wrong on the way; code branches on it. */
export type FaultKind =
  | "refused" // nothing listens there
  | "no-host" // the name has no address
  | "unreachable" // there is no way there
  | "timeout" // the other side did not answer in time
  | "cut" // the connection was closed before the answer was complete
  | "certificate" // the server's certificate is not trusted
  | "client-certificate" // the server does not take ours, or wants one
  | "tls" // the two sides cannot agree on how to encrypt
  | "answer" // what came is no HTTP answer
  | "proxy" // the proxy refused
  | "other";

/** Facts of a {@linkcode NetworkFault}. */
export interface FaultFacts {
  /** What is wrong in detail and what to do: whole sentences. */
  readonly hint?: string | undefined;
  /** The proxy that was used. */
  readonly proxy?: Proxy | undefined;
  /** True when it failed before the proxy had opened the way. */
  readonly isBeforeProxy?: boolean | undefined;
  readonly cause?: unknown;
}

/** A connection or request that failed. The message is what Go would say; it holds no headers and no bodies. */
export class NetworkFault extends Error {
  /** What went wrong. */
  readonly kind: FaultKind;
  /** What is wrong in detail and what to do, or `undefined`. */
  readonly hint: string | undefined;
  /** The proxy that was used, without what opens it; `undefined` for a direct connection. */
  readonly proxy: string | undefined;

  /** True when it failed before the proxy had opened the way: the message names that step, as Go's do. */
  readonly isBeforeProxy: boolean;

  /** Masks the proxy's address. */
  constructor(kind: FaultKind, message: string, { hint, proxy, isBeforeProxy = false, cause }: FaultFacts = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "NetworkFault";
    this.kind = kind;
    this.hint = hint;
    this.isBeforeProxy = isBeforeProxy;
    this.proxy = proxy === undefined ? undefined : `${shownProxy(proxy)} (from ${proxy.source})`;
  }

  /** What to do, with the proxy that was used, for messages that do not name it. */
  get advice(): string | undefined {
    const way = this.proxy === undefined ? undefined : `The request went through the proxy ${this.proxy}.`;
    return [way, this.hint].filter((text) => text !== undefined).join(" ") || undefined;
  }
}

/** Where a connection leads, and how. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** The proxy that it goes through. */
  readonly proxy?: Proxy | undefined;
  /** Gives up opening it. */
  readonly signal?: AbortSignal | undefined;
}

interface Known {
  readonly pattern: RegExp;
  readonly kind: FaultKind;
  readonly words: string | ((place: Place) => string);
  readonly hint?: string;
}

const OWN_CERTIFICATE = "Check client-certificate and client-key of the kubeconfig, or --cert-file and --key-file.";

/** By code, or by text where there is no code; the first that fits. */
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
    hint: "No TLS is spoken on this port; the address may have to begin with http://.",
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
    hint: "What listens there does not speak HTTP.",
  },
  { pattern: /before secure TLS connection was established/, kind: "cut", words: "EOF" },
  { pattern: /ECONNRESET|EPIPE|socket hang up|aborted|UnexpectedEof|EOF/, kind: "cut", words: "EOF" },
];

/** The fault for what the runtime's sockets threw; a fault stays as it is. */
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

/** `dial tcp HOST:PORT`, as Go begins what became of a connection. */
export function dialled({ host, port }: Place): string {
  return `dial tcp ${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Codes and messages of an error and its causes. */
function errorText(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error && parts.length < 8; at = at.cause) {
    parts.push(`${String((at as { code?: unknown }).code ?? "")} ${at.message}`);
    // Several addresses of one name were tried.
    if (at instanceof AggregateError && at.errors.length > 0) parts.push(errorText(at.errors[0]));
  }
  return parts.join(": ");
}
