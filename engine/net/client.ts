/**
 * HTTP client: sends requests through the configured proxy, to servers whose
 * certificates are verified.
 *
 * Redirects are returned like any other answer. No request is sent twice.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { AnswerHead } from "./answer_parser.ts";
import { type Authorities, bothAuthorities, givenAuthorities, systemAuthorities } from "./authorities.ts";
import { type AnswerBody, exchange } from "./exchange.ts";
import { faultOf, NetworkFault, type Place } from "./fault.ts";
import { secured, type TlsSettings } from "./handshake.ts";
import { isLoopback, parseIp } from "./ip.ts";
import { Pool } from "./pool.ts";
import { type NetworkVariables, type Proxy, type ProxyChoice, proxyFromUrl, proxyFromVariables } from "./proxy.ts";
import { type Header, requestBytes } from "./request_head.ts";
import type { ProxiedPlace } from "./tunnel.ts";
import { UnpackedBody } from "./unpacked_body.ts";
import { networkVariables } from "./variables.ts";
import { openSocket } from "./wire.ts";

/** Options of {@linkcode openHttp}. */
export interface HttpOptions {
  /** PEM text of the only trusted authorities; default: those of the system. */
  readonly ca?: string | undefined;
  /** True to trust the authorities of the system besides `ca`. */
  readonly systemToo?: boolean | undefined;
  /** True to accept any certificate for any name. */
  readonly insecure?: boolean | undefined;
  /** The name that the server's certificate must have, when it differs from the host. */
  readonly serverName?: string | undefined;
  /** PEM text of the client's certificate. */
  readonly certificate?: string | undefined;
  /** PEM text of its key. */
  readonly key?: string | undefined;
  /** Address of the proxy for every request; default: chosen by the environment variables. */
  readonly proxyUrl?: string | undefined;
  /** Environment variables; default: the process's own. */
  readonly variables?: NetworkVariables | undefined;
}

/** One request. */
export interface HttpRequest {
  /** In capital letters. */
  readonly method: string;
  /** An `http` or `https` address; a name and password in it are not sent. */
  readonly url: string;
  /** Sent in this order, after `Host`. */
  readonly headers?: readonly Header[] | undefined;
  /** Text is sent as UTF-8. */
  readonly body?: string | Uint8Array | undefined;
  /** Aborts the request, and the answer while it is being received. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer whose body is not read yet. */
export interface HttpAnswer extends AnswerHead {
  /** The body, decompressed while it is received. Read it to its end, or cancel it. */
  readonly body: AnswerBody;
}

/** Sends requests, and keeps connections open for later ones. */
export interface HttpClient {
  /**
   * Sends a request.
   *
   * @throws NetworkFault when no answer arrives; the signal's reason when the signal fired.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes kept connections, and aborts running requests. */
  close(): void;
}

/**
 * Returns a client; sends nothing yet.
 *
 * @throws NetworkFault of kind `certificate` when `ca` holds no certificate; SkegError for an invalid `proxyUrl`.
 */
export function openHttp(options: HttpOptions = {}): HttpClient {
  const variables = options.variables ?? networkVariables();
  const given = options.ca === undefined ? undefined : givenAuthorities(options.ca);
  if (options.ca !== undefined && given === undefined) {
    throw new NetworkFault("certificate", "the certificate authority holds no certificate in PEM");
  }
  const { insecure = false, serverName, certificate, key, proxyUrl, systemToo = given === undefined } = options;
  const find = async (): Promise<Authorities> => {
    if (insecure) return NONE;
    const system = systemToo ? await systemAuthorities(variables) : undefined;
    return system === undefined || given === undefined ? given ?? system ?? NONE : bothAuthorities(given, system);
  };
  let authorities: Promise<Authorities> | undefined;
  const tls = async (): Promise<TlsSettings> => {
    return { authorities: await (authorities ??= find()), insecure, serverName, certificate, key };
  };
  return new Client(proxyUrl === undefined ? proxyFromVariables(variables) : proxyFromUrl(proxyUrl), tls);
}

const NONE: Authorities = { pem: [], certificates: () => [] };

class Client implements HttpClient {
  readonly #choose: ProxyChoice;
  readonly #tls: () => Promise<TlsSettings>;
  readonly #pool = new Pool();
  /** Aborts connections that are being opened. */
  readonly #closed = new AbortController();

  constructor(choose: ProxyChoice, tls: () => Promise<TlsSettings>) {
    this.#choose = choose;
    this.#tls = tls;
  }

  async send({ method, url: text, headers = [], body, signal }: HttpRequest): Promise<HttpAnswer> {
    signal?.throwIfAborted();
    const url = new URL(text);
    const proxy = this.#choose(text);
    const place = placeOf(url, proxy, signal);
    const forwarder = isForwarded(url, proxy) ? proxy : undefined;
    const path = `${url.pathname}${url.search}`;
    const opens = forwarder === undefined ? undefined : (await import("./tunnel.ts")).proxyAuthorization(forwarder);
    const bytes = requestBytes({
      method,
      target: forwarder === undefined ? path : `http://${url.host}${path}`,
      host: url.host,
      headers: opens === undefined ? headers : [...headers, ["Proxy-Authorization", opens]],
      body,
      // Within this machine, compressing takes longer than sending.
      mayPack: !isThisMachine(place.host),
    });
    try {
      const socket = this.#pool.take(url.origin) ?? await this.#open(url, place);
      const release = (mayStay: boolean): void => {
        if (mayStay) this.#pool.keep(url.origin, socket);
        else socket.destroy();
      };
      const answer = await exchange(socket, {
        method,
        bytes,
        signal,
        release,
        describe: (error) => faultOf(error, place),
      });
      return { ...answer.head, body: unpacked(answer.head.headers, answer.body) };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw faultOf(error, place);
    }
  }

  close(): void {
    this.#closed.abort(new NetworkFault("cut", "the client was closed"));
    this.#pool.close();
  }

  async #open(url: URL, given: Place): Promise<Socket> {
    const signals = given.signal === undefined ? [] : [given.signal];
    const place = { ...given, signal: AbortSignal.any([...signals, this.#closed.signal]) };
    const open = (): Promise<Socket> => this.#openPlain(url, place);
    const plain = await open();
    const socket = url.protocol === "https:" ? await secured(plain, await this.#tls(), place, open) : plain;
    this.#pool.add(socket);
    return socket;
  }

  /** Opens the connection for TLS or a plain request: to the host or its proxy, or a tunnel. */
  async #openPlain(url: URL, place: Place): Promise<Socket> {
    const { host, port, proxy } = place;
    if (proxy === undefined) return await openSocket(host, port, place);
    const secure = async (socket: Socket, to: ProxiedPlace): Promise<Socket> =>
      await secured(
        socket,
        { ...await this.#tls(), serverName: undefined },
        to,
        () => openSocket(to.host, to.port, to),
      );
    const { openProxy, openTunnel } = await import("./tunnel.ts");
    return await (isForwarded(url, proxy) ? openProxy : openTunnel)({ ...place, proxy }, secure);
  }
}

function isThisMachine(host: string): boolean {
  const ip = parseIp(host);
  return host === "localhost" || ip !== undefined && isLoopback(ip);
}

/** True if the request line carries the whole address for the proxy. Everything else goes through a tunnel. */
function isForwarded(url: URL, proxy: Proxy | undefined): proxy is Proxy {
  return proxy !== undefined && url.protocol === "http:" && proxy.scheme !== "socks5";
}

function placeOf({ hostname, port, protocol }: URL, proxy: Proxy | undefined, signal: AbortSignal | undefined): Place {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: Number(port) || (protocol === "https:" ? 443 : 80), proxy, signal };
}

/** Decompresses the body when the server compressed it. */
function unpacked(headers: Headers, body: AnswerBody): AnswerBody {
  if (headers.get("content-encoding")?.toLowerCase() !== "gzip") return body;
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new UnpackedBody(body);
}

/** Returns the answer as a web `Response`; its body is received while it is read. */
export function responseOf({ status, statusText, headers, body }: HttpAnswer): Response {
  const isEmpty = status === 204 || status === 205 || status === 304;
  if (isEmpty) body.cancel();
  return new Response(isEmpty ? null : body.stream(), {
    status,
    statusText: /^[\x20-\x7e]*$/.test(statusText) ? statusText : "",
    headers,
  });
}
