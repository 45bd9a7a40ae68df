/**
 * HTTP requests over connections of this room: through the proxy that is to be
 * used, to servers that are who they should be.
 *
 * Redirects are answers like any other. Nothing is sent twice.
 *
 * @module
 */
import { Agent, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request as begin } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { type Authorities, givenAuthorities, systemAuthorities } from "./authorities.ts";
import { faultOf, type FaultPlace, NetworkFault } from "./fault.ts";
import { secured, type TlsSettings } from "./handshake.ts";
import { type NetworkVariables, type Proxy, type ProxyChoice, proxyFromUrl, proxyFromVariables } from "./proxy.ts";
import { openProxy, openTunnel, proxyAuthorization, type Secure } from "./tunnel.ts";
import { networkVariables } from "./variables.ts";
import { openSocket } from "./wire.ts";

/** One header; a name may come several times. */
export type Header = readonly [name: string, value: string];

/** Options of {@linkcode openHttp}. */
export interface HttpOptions {
  /** PEM text of the only authorities to trust; default: those of the system. */
  readonly ca?: string | undefined;
  /** True to take any certificate, for any name. */
  readonly insecure?: boolean | undefined;
  /** The name that the server's certificate must be for, when it is not the host's. */
  readonly serverName?: string | undefined;
  /** PEM text of our own certificate. */
  readonly certificate?: string | undefined;
  /** PEM text of its key. */
  readonly key?: string | undefined;
  /** Address of the proxy for every request; default: as the variables say. */
  readonly proxyUrl?: string | undefined;
  /** Environment variables; default: the process's own. */
  readonly variables?: NetworkVariables | undefined;
}

/** One request. */
export interface HttpRequest {
  readonly method: string;
  /** With scheme `http` or `https`; a name and password in it are not sent. */
  readonly url: string;
  readonly headers?: readonly Header[] | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** Ends the request, and an answer that is still coming. */
  readonly signal?: AbortSignal | undefined;
}

/** The beginning of an answer; its body is still to be read. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  /** The body as it comes, unpacked. It must be read to its end or destroyed. */
  readonly body: Readable;
}

/** Sends requests, and keeps connections for more of them. */
export interface HttpClient {
  /**
   * Sends a request.
   *
   * @throws NetworkFault when no answer comes; the signal's reason when it fired.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends kept connections, and what is still on its way. */
  close(): void;
}

/** A kept connection that was quiet for longer is closed: servers and what is before them end such ones, some without a word. */
const IDLE_MAX_MS = 30_000;
/** Heads of answers may be as long as Go allows. */
const HEAD_BYTES_MAX = 1_048_576;

/**
 * Makes a client; nothing is sent yet.
 *
 * @throws NetworkFault of kind `certificate` when `ca` holds no certificate; SkegError for a `proxyUrl` that is none.
 */
export function openHttp(options: HttpOptions = {}): HttpClient {
  const variables = options.variables ?? networkVariables();
  const given = options.ca === undefined ? undefined : givenAuthorities(options.ca);
  if (options.ca !== undefined && given === undefined) {
    throw new NetworkFault("certificate", "the certificate authority holds no certificate in PEM");
  }
  const choose = options.proxyUrl === undefined ? proxyFromVariables(variables) : proxyFromUrl(options.proxyUrl);
  const opener = new Opener(options, given, variables, choose);
  return {
    send: (request) => exchange(opener, choose, request),
    close: () => opener.close(),
  };
}

/** Opens connections: one agent for each scheme keeps them. */
class Opener {
  readonly #options: HttpOptions;
  readonly #given: Authorities | undefined;
  readonly #variables: NetworkVariables;
  readonly #choose: ProxyChoice;
  readonly #agents = new Map<string, Agent>();
  /** Connections that are being opened. */
  readonly #coming = new Set<Socket>();
  #system: Promise<Authorities> | undefined;
  #closed = false;

  constructor(
    options: HttpOptions,
    given: Authorities | undefined,
    variables: NetworkVariables,
    choose: ProxyChoice,
  ) {
    this.#options = options;
    this.#given = given;
    this.#variables = variables;
    this.#choose = choose;
  }

  agentFor({ protocol }: URL): Agent {
    let agent = this.#agents.get(protocol);
    if (agent === undefined) {
      agent = new Agent({ keepAlive: true, maxFreeSockets: 256, timeout: IDLE_MAX_MS });
      const createConnection = (options: FaultPlace, done: (error: unknown, socket?: Socket) => void): void => {
        this.#open(protocol, options.host, Number(options.port)).then((socket) => done(null, socket), done);
      };
      Object.assign(agent, { createConnection });
      this.#agents.set(protocol, agent);
    }
    return agent;
  }

  close(): void {
    this.#closed = true;
    for (const agent of this.#agents.values()) agent.destroy();
    for (const socket of this.#coming) socket.destroy();
  }

  async #open(protocol: string, host: string, port: number): Promise<Socket> {
    const place = host.includes(":") ? `[${host}]` : host;
    const proxy = this.#choose(`${protocol}//${place}:${port}`);
    const open = (): Promise<Socket> => this.#openPlain(protocol, { host, port, proxy });
    const socket = await open();
    if (protocol !== "https:") return socket;
    return await this.#track(socket, async () => secured(socket, await this.#tls(), { host, port, proxy }, open));
  }

  async #openPlain(protocol: string, place: FaultPlace): Promise<Socket> {
    const { host, port, proxy } = place;
    try {
      if (proxy === undefined) return await openSocket(host, port, place);
      const secure: Secure = async (socket, name, at) =>
        await secured(socket, { ...await this.#tls(), serverName: undefined }, { ...at, host: name }, () => {
          return openSocket(proxy.host, proxy.port, at);
        });
      // An HTTP proxy is told the whole address of what is not secure; everything else goes through a tunnel.
      const isForwarded = protocol === "http:" && proxy.scheme !== "socks5";
      return await (isForwarded ? openProxy(proxy, secure) : openTunnel(proxy, { host, port }, secure));
    } catch (error) {
      throw faultOf(error, place);
    }
  }

  /** Lets {@linkcode close} end a handshake. */
  async #track<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    this.#coming.add(socket);
    try {
      if (this.#closed) throw new NetworkFault("cut", "the client was closed");
      return await work();
    } finally {
      this.#coming.delete(socket);
    }
  }

  async #tls(): Promise<TlsSettings> {
    const { insecure = false, serverName, certificate, key } = this.#options;
    const authorities = insecure
      ? NO_AUTHORITIES
      : this.#given ?? await (this.#system ??= systemAuthorities(this.#variables));
    return { authorities, insecure, serverName, certificate, key };
  }
}

const NO_AUTHORITIES: Authorities = { pem: [], certificates: () => [] };

async function exchange(opener: Opener, choose: ProxyChoice, request: HttpRequest): Promise<HttpAnswer> {
  const { method, body, signal } = request;
  signal?.throwIfAborted();
  const url = new URL(request.url);
  const proxy = choose(url.href);
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const path = `${url.pathname}${url.search}`;
  const isForwarded = proxy !== undefined && url.protocol === "http:" && proxy.scheme !== "socks5";
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = begin({
    method,
    agent: opener.agentFor(url),
    host,
    port,
    path: isForwarded ? `http://${url.host}${path}` : path,
    headers: headersOf(request, url, isForwarded ? proxy : undefined),
    maxHeaderSize: HEAD_BYTES_MAX,
    ...(signal === undefined ? {} : { signal }),
  });
  sent.on("response", resolve);
  sent.on("error", reject);
  sent.end(body);
  try {
    return await answerOf(await promise, sent);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw faultOf(error, { host, port, proxy });
  }
}

function headersOf({ headers = [], body }: HttpRequest, url: URL, forwarder: Proxy | undefined): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = { Host: [url.host] };
  const named = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));
  const add = (name: string, value: string): void => {
    const known = named.get(name.toLowerCase()) ?? name;
    named.set(known.toLowerCase(), known);
    (fields[known] ??= []).push(value);
  };
  for (const [name, value] of headers) add(name, value);
  if (!named.has("accept-encoding")) add("Accept-Encoding", "gzip");
  if (body !== undefined) {
    add("Content-Length", String(typeof body === "string" ? new TextEncoder().encode(body).length : body.length));
  }
  const opens = forwarder === undefined ? undefined : proxyAuthorization(forwarder);
  if (opens !== undefined) add("Proxy-Authorization", opens);
  return Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values.length > 1 ? values : values[0]]),
  );
}

async function answerOf(message: IncomingMessage, sent: ClientRequest): Promise<HttpAnswer> {
  const headers = new Headers();
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    headers.append(message.rawHeaders[index] ?? "", message.rawHeaders[index + 1] ?? "");
  }
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) {
    sent.destroy();
    throw new NetworkFault("answer", `malformed HTTP status code ${JSON.stringify(String(status))}`);
  }
  return { status, statusText: message.statusMessage ?? "", headers, body: await unpacked(message, headers) };
}

/** The body of an answer that was packed because we said that we can unpack it. */
async function unpacked(message: IncomingMessage, headers: Headers): Promise<Readable> {
  if (headers.get("content-encoding")?.toLowerCase() !== "gzip") return message;
  headers.delete("content-encoding");
  headers.delete("content-length");
  const { createGunzip } = await import("node:zlib");
  const { pipeline } = await import("node:stream");
  const out = createGunzip();
  pipeline(message, out, () => {});
  return out;
}

/** The answer as the web's `Response`; its body comes as it is read. */
export function responseOf({ status, statusText, headers, body }: HttpAnswer): Response {
  const isEmpty = status === 204 || status === 205 || status === 304;
  if (isEmpty) body.resume();
  const stream = isEmpty ? null : Readable.toWeb(body) as ReadableStream<Uint8Array<ArrayBuffer>>;
  return new Response(stream, { status, statusText: /^[\x20-\x7e]*$/.test(statusText) ? statusText : "", headers });
}
